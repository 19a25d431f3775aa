import type { ClaudeEvent } from '../../src/events/ClaudeEvent.js';
import type { RoundEvent } from '../../src/events/RoundEvent.js';
import type { Unplaced } from './placement.js';

/** Events of one letter, spread over time; see {@link spread}. */
export interface Spread<Value = ClaudeEvent | Unplaced> {
  /** The events, in order. */
  readonly spread: readonly Value[];
  /** The time from one event to the next, in milliseconds. */
  readonly milliseconds: number;
}

/** What a letter means the first time, the second time, and so on; see {@link inTurn}. */
export interface InTurn<Value = LetterValue> {
  /** The meanings, in order. The last one stays. */
  readonly inTurn: readonly Value[];
}

/** What a letter of a reply means at one place: an event, or several at once. */
export type LetterValue<Event extends RoundEvent = ClaudeEvent> = Event | Unplaced | readonly (Event | Unplaced)[];

/** What a letter of a reply can mean. */
export type ReplyValue<Event extends RoundEvent = ClaudeEvent> =
  LetterValue<Event> | Spread<Event | Unplaced> | InTurn<LetterValue<Event>>;

/** What the letters of a reply mean; `#` is the error. Other letters mean what the legend says. */
export type ReplyValues<Event extends RoundEvent = ClaudeEvent> = Readonly<Record<string, ReplyValue<Event> | Error>>;

/**
 * Spreads the events of one letter over time. What follows the letter in the diagram comes after the last of them.
 *
 * ```text
 * reply  --r|         r: spread(claude.message(claude.textBlock('Hi')), 3)
 * out    --s--o--t--c--e--m|
 * ```
 *
 * @param milliseconds The time from one event to the next; a whole number.
 */
export function spread<Value extends RoundEvent | Unplaced>(
  events: readonly Value[],
  milliseconds: number,
): Spread<Value> {
  return { spread: events, milliseconds };
}

/**
 * Gives a letter another meaning each time it occurs, in a reply or in an expectation. The last meaning stays.
 *
 * ```text
 * reply  s-o-t-t-c-e-m|      t: inTurn(claude.text('Hel'), claude.text('lo'))
 * ```
 */
export function inTurn<Values extends readonly LetterValue<RoundEvent>[]>(...values: Values): InTurn<Values[number]> {
  return { inTurn: values };
}
