import type { ClaudeEvent } from '../../src/events/ClaudeEvent.js';
import type { RoundEvent } from '../../src/events/RoundEvent.js';
import type { Unplaced } from './placement.js';

/** Events that one letter stands for, and that come one after the other in time. */
export interface Spread<Value = ClaudeEvent | Unplaced> {
  readonly spread: readonly Value[];
  /** How long it is from one to the next, in milliseconds. */
  readonly milliseconds: number;
}

/** What a letter stands for the first time, the second time, and so on. */
export interface InTurn<Value = LetterValue> {
  readonly inTurn: readonly Value[];
}

/** What a letter of a reply stands for each time: an event, or several at once. */
export type LetterValue<Event extends RoundEvent = ClaudeEvent> = Event | Unplaced | readonly (Event | Unplaced)[];

/** What a letter of a reply may stand for. */
export type ReplyValue<Event extends RoundEvent = ClaudeEvent> =
  LetterValue<Event> | Spread<Event | Unplaced> | InTurn<LetterValue<Event>>;

/** What the letters of a reply stand for; `#` is the error. A letter that is left out has the meaning of the legend. */
export type ReplyValues<Event extends RoundEvent = ClaudeEvent> = Readonly<Record<string, ReplyValue<Event> | Error>>;

/**
 * Has the events of one letter come one after the other. What follows the letter in the diagram comes behind the last one.
 *
 * ```text
 * reply  --r|         r: spread(claude.message(claude.textBlock('Hi')), 3)
 * out    --s--o--t--c--e--m|
 * ```
 *
 * @param milliseconds From one event to the next; a whole number.
 */
export function spread<Value extends RoundEvent | Unplaced>(
  events: readonly Value[],
  milliseconds: number,
): Spread<Value> {
  return { spread: events, milliseconds };
}

/**
 * Gives a letter another meaning each time it is used, in a reply and in what is expected; the last one stays.
 *
 * ```text
 * reply  s-o-t-t-c-e-m|      t: inTurn(claude.text('Hel'), claude.text('lo'))
 * ```
 */
export function inTurn<Values extends readonly LetterValue<RoundEvent>[]>(...values: Values): InTurn<Values[number]> {
  return { inTurn: values };
}
