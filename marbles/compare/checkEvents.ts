import { createTimeline } from '../run/createTimeline.js';
import type { Run } from '../run/Run.js';
import { actualEvents, findMismatch } from './compareRun.js';
import type { Expectation, ExpectedValues } from './expectation.js';
import { failureMessage } from './failureMessage.js';

/** Compares a run with what is expected of it. @returns What is wrong, with both as pictures; `undefined` when nothing is. */
export function checkEvents(run: Run, expectation: Expectation, values: ExpectedValues): string | undefined {
  const actual = actualEvents(createTimeline(run, expectation.scale));
  const mismatch = findMismatch(actual, expectation);
  return mismatch && failureMessage(mismatch, expectation, actual, values);
}
