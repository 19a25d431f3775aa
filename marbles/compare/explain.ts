import { isObject } from '../../src/values/isObject.js';
import { LEGEND } from '../alphabet/legend.js';
import { type ActualEvent, differenceTo, type Mismatch } from './compareRun.js';
import type { ExpectedEvent } from './expectation.js';
import { preview } from './preview.js';
import { tellDifference } from './tellDifference.js';

/** What is not as expected, in a sentence or two. */
export function explain(mismatch: Mismatch, scale: number): string {
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
        return `${at}: ${came} came in the lane \`${actual?.lane ?? ''}\`, but no lane of the diagram has it at that place.`;
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

/** The fields are right, and the letter is not: whoever meant another event has taken a letter of the legend for it. */
function hintFor(expected: ExpectedEvent | undefined, actual: ActualEvent | undefined): string {
  if (expected?.value?.keepsShape !== true || actual === undefined) return '';
  if (differenceTo(expected.value.of, actual.event) !== undefined) return '';
  return ` \`${expected.letter}\` is a letter of the legend: for another event take another letter, or give a \`type\`.`;
}

function laterThan(expected: ExpectedEvent | undefined, actual: ActualEvent | undefined, scale: number): string {
  if (expected === undefined || actual === undefined || actual.frame <= expected.frame) return '';
  return `, and that at ${actual.frame * scale} ms`;
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

/** What came: its letter, its type and what tells it from others of its kind; of an error, its message. */
function describe({ letter, event }: ActualEvent): string {
  if (letter === '|') return 'completion';
  // Its own full stop would end our sentence.
  if (letter === '#') return `the error ${preview(event).replace(/\.$/, '')}`;
  if (!isObject(event)) return preview(event);
  const { type, name, id, delta } = event as { type?: unknown; name?: unknown; id?: unknown; delta?: unknown };
  const call = typeof name === 'string' && typeof id === 'string' ? ` of ${name} (${id})` : '';
  const piece = delta === undefined ? '' : ` ${preview(delta)}`;
  return `\`${letter}\` (${preview(type).replaceAll('"', '')}${call}${piece})`;
}
