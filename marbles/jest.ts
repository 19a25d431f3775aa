import type { MarbleMatchers } from './matchers/marbleMatchers.js';

export { marbleMatchers, type MarbleMatchers, type MatcherResult } from './matchers/marbleMatchers.js';

/* eslint-disable @typescript-eslint/no-namespace, @typescript-eslint/no-empty-object-type, @typescript-eslint/no-unused-vars --
   Jest keeps its types in a namespace, and a declaration that merges with one of them has its parameters and no members. */
declare global {
  namespace jest {
    interface Matchers<R, T> extends MarbleMatchers<R> {}
  }
}
