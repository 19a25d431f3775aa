import { endOf, type Timeline } from '../run/createTimeline.js';
import type { Expectation, ExpectedEvent } from './expectation.js';
import { type Difference, findDifference } from './findDifference.js';

/** One thing that came. */
export interface ActualEvent {
  readonly frame: number;
  /** In milliseconds since the subscription. */
  readonly time: number;
  /** The letter of the legend, `|` or `#`. */
  readonly letter: string;
  readonly lane: string;
  /** The event; behind `#` the error. */
  readonly event: unknown;
}

/** The first thing that is not as expected. */
export interface Mismatch {
  /** Which of the events it is, counted from 0. */
  readonly index: number;
  readonly expected: ExpectedEvent | undefined;
  readonly actual: ActualEvent | undefined;
  readonly kind: 'missing' | 'unexpected' | 'event' | 'time' | 'lane' | 'value';
  /** Where the event is not what the test gave. */
  readonly difference?: Difference;
}

/** All that came, the end included. */
export function actualEvents(timeline: Timeline): ActualEvent[] {
  const { marks, end } = timeline;
  const events = marks.map(({ lane, ...mark }) => ({ ...mark, lane: lane.label }));
  const last = endOf(timeline);
  if (end === undefined || last === undefined) return events;
  const event = end.kind === 'error' ? end.error : undefined;
  return [...events, { ...last, time: end.time, lane: 'result', event }];
}

/** The first event that is not as expected; `undefined` when all are. */
export function findMismatch(
  actual: readonly ActualEvent[],
  { events: expected }: Pick<Expectation, 'events'>,
): Mismatch | undefined {
  const count = Math.max(actual.length, expected.length);
  for (let index = 0; index < count; index++) {
    const mismatch = compare(expected[index], actual[index]);
    if (mismatch !== undefined) return { index, expected: expected[index], actual: actual[index], ...mismatch };
  }
  return undefined;
}

function compare(
  expected: ExpectedEvent | undefined,
  actual: ActualEvent | undefined,
): Pick<Mismatch, 'kind' | 'difference'> | undefined {
  if (actual === undefined) return { kind: 'missing' };
  if (expected === undefined) return { kind: 'unexpected' };
  const { value, letter } = expected;
  const isEnd = letter === '|' || letter === '#';
  if (value === undefined || value.keepsShape || isEnd) {
    if (actual.letter !== letter) return { kind: 'event' };
  } else if (actual.letter === '|' || actual.letter === '#') return { kind: 'event' };
  const difference = value === undefined ? undefined : differenceTo(value.of, actual.event);
  // At another time, what is not the right event is another one.
  if (expected.frame !== actual.frame) return { kind: difference === undefined ? 'time' : 'event' };
  if (expected.lane !== undefined && expected.lane !== actual.lane) return { kind: 'lane' };
  return difference === undefined ? undefined : { kind: 'value', difference };
}

/** How an event differs from what the test gave for its letter. */
export function differenceTo(value: unknown, event: unknown): Difference | undefined {
  if (typeof value !== 'function') return findDifference(event, value, true);
  const holds = (value as (event: unknown) => unknown)(event);
  return holds === true ? undefined : { path: '', expected: value, found: event };
}
