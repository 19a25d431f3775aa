import { isPromiseLike } from '../../src/values/isPromiseLike.js';
import { createHelpers, type MarbleHelpers } from './createHelpers.js';
import { addHint, MarbleError } from './MarbleError.js';
import { MarbleScheduler } from './MarbleScheduler.js';
import { watchPromises } from './watchPromises.js';

/** What is said when a test has failed in which something waits for a promise. */
const HINT =
  'Something in this test waits for a promise, and no promise settles in its virtual time. With an asynchronous tool, guard, ' +
  'schema or client, take `marbleWithPromises` or `runMarbleWithPromises`.';

/**
 * Runs a marble test without a test framework: it throws when something is not as expected. {@link marble} is the same as a
 * test of its own.
 *
 * Everything timed in rxclaude and in rxjs runs on the test's clock, which stands still while the code runs: one character
 * of a diagram is one millisecond. When `run` returns, the clock goes on until nothing is left to be done; then what was
 * expected is looked at, and whether each request had a reply and each reply a request.
 *
 * @param run The test. It must not be asynchronous: for tools that return promises there is {@link runMarbleWithPromises}.
 * @throws MarbleError that shows both diagrams, when something is not as expected. Whatever `run` throws.
 * @example
 * ```ts
 * import { test } from 'node:test';
 * import { timeoutGuard } from 'rxclaude';
 * import { runMarble } from 'rxclaude/marbles';
 *
 * test('a reply that stalls is an error', () => {
 *   runMarble(({ reply, expectEvents }) => {
 *     const stalled = reply(' -s-o-t----------');
 *     const expected = '      -s-o-t----#';
 *
 *     expectEvents(stalled.pipe(timeoutGuard({ each: 5 }))).toBe(expected, { '#': { limit: 'each' } });
 *   });
 * });
 * ```
 */
export function runMarble(run: (helpers: MarbleHelpers) => void): void {
  const scheduler = new MarbleScheduler();
  const promises = watchPromises();
  try {
    scheduler.run((native) => {
      const test: (helpers: MarbleHelpers) => unknown = run;
      const returned = test(createHelpers(scheduler, native));
      if (isPromiseLike(returned)) {
        returned.then(undefined, () => undefined);
        throw new TypeError(
          'A marble test must not be asynchronous: nobody would wait for it. See marbleWithPromises.',
        );
      }
    });
    scheduler.session.finish();
  } catch (error) {
    if (promises.waited && error instanceof MarbleError) addHint(error, HINT);
    throw error;
  } finally {
    promises.stop();
  }
}
