import { TestScheduler, type RunHelpers } from 'rxjs/testing';

/** What a test framework with globals brings: Jest, Vitest with `globals`, Jasmine. */
interface TestGlobals {
  readonly it: (name: string, run: () => void) => void;
  readonly expect: (actual: unknown) => { readonly toEqual: (expected: unknown) => void };
}

/**
 * A test in virtual time: one line per marble test, with the diagrams where they are easy to compare.
 *
 * Everything timed in rxclaude runs on the test's clock: one character of a diagram is one millisecond.
 *
 * @param name What the test is called.
 * @param run The test, with rxjs's `hot`, `cold`, `time`, `expectObservable` and `expectSubscriptions`.
 * @example
 * ```ts
 * import { ofType } from 'rxclaude';
 * import { marble, messageStart, messageStop } from 'rxclaude/marbles';
 *
 * marble('keeps only the events of one type', ({ hot, expectObservable }) => {
 *   const values = { s: messageStart(), m: messageStop() };
 *   const source = hot(' -s-m-|', values);
 *   const expected = '   ---m-|';
 *
 *   expectObservable(source.pipe(ofType('message_stop'))).toBe(expected, values);
 * });
 * ```
 */
export function marble(name: string, run: (helpers: RunHelpers) => void): void {
  const { it, expect } = globalThis as unknown as TestGlobals;
  it(name, () => {
    new TestScheduler((actual, expected) => {
      expect(actual).toEqual(expected);
    }).run(run);
  });
}
