import { it } from 'vitest';
import type { MarbleMatchers } from './matchers/marbleMatchers.js';
import { marbleFor, type MarbleTests } from './session/marbleFor.js';

export { marbleMatchers, type MarbleMatchers, type MatcherResult } from './matchers/marbleMatchers.js';

/** `marble` and `marbleWithPromises` for Vitest, with its globals on or off. */
export const { marble, marbleWithPromises }: MarbleTests = marbleFor(it);

declare module 'vitest' {
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type -- a declaration that merges has no members
  interface Matchers<T> extends MarbleMatchers<T> {}
}
