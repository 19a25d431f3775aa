import { runMarble } from '../../../marbles/index.js';
import type { MarbleHelpers } from '../../../marbles/index.js';

/** What a marble test fails with; it fails itself when that does not. */
export function failureOf(run: (helpers: MarbleHelpers) => void): Error {
  try {
    runMarble(run);
  } catch (error) {
    return error as Error;
  }
  throw new Error('The marble test passed.');
}

/** The message of that failure, without trailing spaces. */
export function messageOf(run: (helpers: MarbleHelpers) => void): string {
  return failureOf(run).message.trimEnd();
}
