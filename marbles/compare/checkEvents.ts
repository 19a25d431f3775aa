import { isObject } from '../../src/values/isObject.js';
import { LEGEND } from '../alphabet/legend.js';
import { createTimeline, endOf, type Timeline } from '../run/createTimeline.js';
import type { Run } from '../run/Run.js';
import { drawBoth } from './drawBoth.js';
import { type Expectation, type ExpectedEvent, type ExpectedValues, keepsShape } from './expectation.js';
import { type Difference, findDifference, tellDifference } from './findDifference.js';
import { preview } from './preview.js';
import { reasonsOf } from './reasonsOf.js';

/** Compares a run with an expectation. @returns What is wrong, with both diagrams; `undefined` when they match. */
export function checkEvents(run: Run, expectation: Expectation, values: ExpectedValues): string | undefined {
  const actual = actualEvents(createTimeline(run, expectation.scale));
  const mismatch = findMismatch(actual, expectation);
  return mismatch && failureMessage(mismatch, expectation, actual, values);
}

/** What is wrong, with both diagrams, one below the other, and a mark at the first difference. */
function failureMessage(
  mismatch: Mismatch,
  expectation: Expectation,
  actual: readonly ActualEvent[],
  values: ExpectedValues,
): string {
  const { events: expected, scale, lanes } = expectation;
  const drawn = actual.map((event) => ({ ...event, letter: letterFor(event, values) }));
  const problem = explain({ ...mismatch, actual: drawn[mismatch.index] }, scale);
  const both = { expected, actual: drawn, index: mismatch.index, scale, lanes, reasons: reasonsOf(drawn) };
  return `The events are not as expected. ${problem}\n\n${drawBoth(both, Object.keys(values))}`;
}

/** The test's own letter for such an event, or else that of the legend. */
function letterFor({ letter, event }: ActualEvent, values: ExpectedValues): string {
  if (letter === '|' || letter === '#') return letter;
  const given = Object.keys(values).filter((key) => key !== '#' && !Array.isArray(values[key]));
  const fits = (key: string): boolean =>
    (key === letter || !keepsShape(key, values[key])) && differenceTo(values[key], event) === undefined;
  return given.find(fits) ?? letter;
}

/** What is wrong, in a sentence or two. */
function explain(mismatch: Mismatch, scale: number): string {
  return sentence(mismatch, scale).replace(/^[a-z]/, (first) => first.toUpperCase());
}

function sentence({ kind, expected, actual, difference }: Mismatch, scale: number): string {
  const at = `At ${timeOf(expected, actual) * scale} ms`;
  const wanted = expected === undefined ? 'nothing more' : nameOf(expected);
  const came = actual === undefined ? 'nothing more' : describe(actual);
  switch (kind) {
    case 'missing':
      return `${at}: ${wanted} was expected, but nothing more came.`;
    case 'unexpected':
      return `${at}: nothing more was expected, but ${came} came.`;
    case 'time':
      return `${came} was expected at ${(expected?.frame ?? 0) * scale} ms, but came at ${(actual?.frame ?? 0) * scale} ms.`;
    case 'lane':
      if (expected?.lane === 'result') {
        return `${at}: ${came} came in the lane \`${actual?.lane ?? ''}\`, but no lane of the diagram has it there.`;
      }
      return `${at}: ${wanted} was expected in the lane \`${expected?.lane ?? ''}\`, but came in \`${actual?.lane ?? ''}\`.`;
    case 'value': {
      const told = difference === undefined ? '' : tellDifference(difference);
      return `${at}: ${came} came, but is not the \`${expected?.letter ?? ''}\` of the test: ${told}.`;
    }
    case 'event':
      return `${at}: ${wanted} was expected, but ${came} came${laterThan(expected, actual, scale)}.${hintFor(expected, actual)}`;
  }
}

/** The fields match but the letter does not: the test used a letter of the legend for an event of its own. */
function hintFor(expected: ExpectedEvent | undefined, actual: ActualEvent | undefined): string {
  if (expected?.value?.keepsShape !== true || actual === undefined) return '';
  if (differenceTo(expected.value.of, actual.event) !== undefined) return '';
  return ` \`${expected.letter}\` is a letter of the legend: for another event, use another letter or give a \`type\`.`;
}

function laterThan(expected: ExpectedEvent | undefined, actual: ActualEvent | undefined, scale: number): string {
  if (expected === undefined || actual === undefined || actual.frame <= expected.frame) return '';
  return ` at ${actual.frame * scale} ms`;
}

function timeOf(expected: ExpectedEvent | undefined, actual: ActualEvent | undefined): number {
  return Math.min(expected?.frame ?? Infinity, actual?.frame ?? Infinity);
}

function nameOf({ letter, value }: ExpectedEvent): string {
  if (letter === '|') return 'completion';
  if (letter === '#') return 'an error';
  const meaning = LEGEND[letter] ?? '';
  if (value === undefined) return `\`${letter}\` (${meaning})`;
  return `\`${letter}\` (${value.keepsShape ? `${meaning}, ` : ''}${preview(value.of)})`;
}

/** What came: its letter and type, its call or piece; of an error, the message. */
function describe({ letter, event }: ActualEvent): string {
  if (letter === '|') return 'completion';
  // The message may bring its own full stop.
  if (letter === '#') return `the error ${preview(event).replace(/\.$/, '')}`;
  if (!isObject(event)) return preview(event);
  const { type, name, id, delta } = event as { type?: unknown; name?: unknown; id?: unknown; delta?: unknown };
  const call = typeof name === 'string' && typeof id === 'string' ? ` of ${name} (${id})` : '';
  const piece = delta === undefined ? '' : ` ${preview(delta)}`;
  return `\`${letter}\` (${preview(type).replaceAll('"', '')}${call}${piece})`;
}

/** An event that came, or the end. */
interface ActualEvent {
  readonly frame: number;
  /** In milliseconds since the subscription. */
  readonly time: number;
  /** The letter of the legend, `|` or `#`. */
  readonly letter: string;
  readonly lane: string;
  /** The event; for `#`, the error. */
  readonly event: unknown;
}

/** The first difference between a run and its expectation. */
interface Mismatch {
  /** The number of the event, from 0. */
  readonly index: number;
  readonly expected: ExpectedEvent | undefined;
  readonly actual: ActualEvent | undefined;
  readonly kind: 'missing' | 'unexpected' | 'event' | 'time' | 'lane' | 'value';
  /** Where the event differs from the test's value. */
  readonly difference?: Difference;
}

/** All events, and the end. */
function actualEvents(timeline: Timeline): ActualEvent[] {
  const { marks, end } = timeline;
  const events = marks.map(({ lane, ...mark }) => ({ ...mark, lane: lane.label }));
  const last = endOf(timeline);
  if (end === undefined || last === undefined) return events;
  const event = end.kind === 'error' ? end.error : undefined;
  return [...events, { ...last, time: end.time, lane: 'result', event }];
}

/** The first difference; `undefined` when there is none. */
function findMismatch(
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
  // A wrong value at another time is another event.
  if (expected.frame !== actual.frame) return { kind: difference === undefined ? 'time' : 'event' };
  if (expected.lane !== undefined && expected.lane !== actual.lane) return { kind: 'lane' };
  return difference === undefined ? undefined : { kind: 'value', difference };
}

/** How an event differs from the test's value for its letter. */
function differenceTo(value: unknown, event: unknown): Difference | undefined {
  if (typeof value !== 'function') return findDifference(event, value, true);
  const isRight = (value as (event: unknown) => unknown)(event);
  return isRight === true ? undefined : { path: '', expected: value, found: event };
}
