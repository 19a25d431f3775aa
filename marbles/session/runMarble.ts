import { isPromiseLike } from '../../src/values/isPromiseLike.js';
import { createHelpers, type MarbleHelpers } from './createHelpers.js';
import { addHint, MarbleError } from './MarbleError.js';
import { MarbleScheduler } from './MarbleScheduler.js';

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
    scheduler.session.streams.unsubscribe();
  }
}

/** Says whether something has waited for a promise. */
interface PromiseWatch {
  readonly waited: boolean;
  /** Ends the watch. */
  stop(): void;
}

/** What all asynchronous generators have their methods from. */
const GENERATOR = Object.getPrototypeOf(async function* () {}.prototype) as object;

/** How code that has no `await` of its own waits for what is asynchronous. */
const WAITS: readonly (readonly [of: object, method: string])[] = [
  [Promise.prototype, 'then'],
  [GENERATOR, 'next'],
];

/**
 * Watches whether anything waits for a promise or for an asynchronous generator. Virtual time is over before either has
 * a value, so what waits in it waits for ever, and nothing else tells.
 */
function watchPromises(): PromiseWatch {
  let waited = false;
  const note = (): void => {
    waited = true;
  };
  const restore = WAITS.map(([of, method]) => spyOn(of, method, note));
  return {
    get waited() {
      return waited;
    },
    stop() {
      for (const each of restore) each();
    },
  };
}

/** Notes each call of a method. @returns What ends that. */
function spyOn(of: object, method: string, note: () => void): () => void {
  const own = Object.getOwnPropertyDescriptor(of, method);
  const original = own?.value as ((this: unknown, ...args: unknown[]) => unknown) | undefined;
  if (own?.configurable !== true || original === undefined) return () => undefined;
  const value = function (this: unknown, ...args: unknown[]): unknown {
    note();
    return original.apply(this, args);
  };
  Object.defineProperty(of, method, { ...own, value });
  return () => {
    Object.defineProperty(of, method, own);
  };
}
