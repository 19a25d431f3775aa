// Who imports this has Vitest. The import is only there for the compiler to find what is added to below.
import type {} from 'vitest';
import type { MarbleMatchers } from './matchers/marbleMatchers.js';

export { marbleMatchers, type MarbleMatchers, type MatcherResult } from './matchers/marbleMatchers.js';

declare module 'vitest' {
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type -- a declaration that merges has no members
  interface Matchers<T> extends MarbleMatchers<T> {}
}
