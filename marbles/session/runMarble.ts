import { isPromiseLike } from '../../src/values/isPromiseLike.js';
import { createHelpers, type MarbleHelpers } from './createHelpers.js';
import { addHint, MarbleError } from './MarbleError.js';
import { MarbleScheduler } from './MarbleScheduler.js';

/** The hint of a test that failed while something waited for a promise. */
const HINT =
  'Something in this test waits for a promise, and no promise settles in virtual time. For an asynchronous tool, guard, schema ' +
  'or client, use `marbleWithPromises` or `runMarbleWithPromises`.';

/**
 * Runs a marble test inside any test of any framework: it throws when the test fails. `marble` declares such a test.
 *
 * All timers of rxclaude and rxjs run on the test's clock, which stands still while code runs: one character of a diagram is
 * one millisecond. When `run` returns, the clock goes on until no work is left. Then the kit checks what the test expects, and
 * that each request had a reply and each reply a request. At last it unsubscribes from the test's streams.
 *
 * @param run The test. It must not be asynchronous; for promises, take `runMarbleWithPromises`.
 * @throws MarbleError with both diagrams when an expectation fails; whatever `run` throws.
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
          'A marble test must not be asynchronous. For promises, use `marbleWithPromises` or `runMarbleWithPromises`.',
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

/** Knows whether something has waited for a promise. */
interface PromiseWatch {
  readonly waited: boolean;
  /** Ends the watch. */
  stop(): void;
}

/** The prototype of all asynchronous generators. */
const GENERATOR = Object.getPrototypeOf(async function* () {}.prototype) as object;

/** The methods by which code waits without `await`. */
const WAITS: readonly (readonly [of: object, method: string])[] = [
  [Promise.prototype, 'then'],
  [GENERATOR, 'next'],
];

/**
 * Watches whether code waits for a promise or for an asynchronous generator. Virtual time ends before either has a value, so
 * that code waits for ever, and nothing else shows it.
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

/** Calls `note` at each call of a method. @returns A function that restores the method. */
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
