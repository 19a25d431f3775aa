import { type ActualEvent, differenceTo, type Mismatch } from './compareRun.js';
import { drawBoth } from './drawBoth.js';
import { type Expectation, type ExpectedValues, keepsShape } from './expectation.js';
import { explain } from './explain.js';

/** Says what is not as expected, with both diagrams under each other and a mark at the first difference. */
export function failureMessage(
  mismatch: Mismatch,
  expectation: Expectation,
  actual: readonly ActualEvent[],
  values: ExpectedValues,
): string {
  const { events: expected, scale, lanes } = expectation;
  const drawn = actual.map((event) => ({ ...event, letter: letterFor(event, values) }));
  const picture = drawBoth({ expected, actual: drawn, index: mismatch.index, scale, lanes }, Object.keys(values));
  return `The events are not as expected. ${explain({ ...mismatch, actual: drawn[mismatch.index] }, scale)}\n\n${picture}`;
}

/** The letter that the test gave for such an event, or else that of the legend. */
function letterFor({ letter, event }: ActualEvent, values: ExpectedValues): string {
  if (letter === '|' || letter === '#') return letter;
  const given = Object.keys(values).filter((key) => key !== '#' && !Array.isArray(values[key]));
  const fits = (key: string): boolean =>
    (key === letter || !keepsShape(key, values[key])) && differenceTo(values[key], event) === undefined;
  return given.find(fits) ?? letter;
}
