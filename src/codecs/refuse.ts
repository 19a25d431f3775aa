import type { CheckedText } from './createTextCodec.js';

/** Refuses a text, and tells Claude what was expected instead. */
export function refuse(expected: string): CheckedText {
  return { _tag: 'Left', left: `expected ${expected}` };
}
