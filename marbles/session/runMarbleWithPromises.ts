import type { RunHelpers } from 'rxjs/testing';
import { createHelpers, type MarbleHelpers } from './createHelpers.js';
import { PromiseScheduler } from './PromiseScheduler.js';

/** What a marble test with promises works with: as in any other, but time passes while it is waited for. */
export interface PromiseMarbleHelpers extends Omit<MarbleHelpers, 'flush'> {
  /** Lets time pass until nothing is left to be done, and looks at what was expected so far. */
  flush(): Promise<void>;
}

/**
 * Runs a marble test in which promises may take part: tools that are `async`, asynchronous schemas, a client that answers
 * with promises, such as the SDK over a `fetch` that replays. {@link marbleWithPromises} is the same as a test of its own.
 *
 * Time is as virtual as in {@link runMarble}. But before the clock moves from one moment to the next, every promise that
 * can settle does, and takes no time: `await` costs nothing, and `await firstValueFrom(timer(30))` costs 30 ms of the
 * diagram. A real `setTimeout` still takes real time, which the clock does not wait for.
 *
 * While it runs, rxjs's schedulers follow the test's clock. So two of these cannot run at the same time, and other code
 * that uses rxjs should not run beside one.
 *
 * @param run The test. It may be asynchronous.
 * @returns A promise that is rejected with a MarbleError when something is not as expected.
 * @example
 * ```ts
 * import { converse, defineTool, jsonSchema } from 'rxclaude';
 * import { claude, marbleWithPromises } from 'rxclaude/marbles';
 * import { firstValueFrom, timer } from 'rxjs';
 *
 * const lookUp = defineTool({
 *   name: 'look_up',
 *   description: 'Looks something up.',
 *   input: jsonSchema({ type: 'object' }),
 *   run: async () => {
 *     await firstValueFrom(timer(5));
 *     return 'found';
 *   },
 * });
 * const request = { model: 'claude-test', max_tokens: 100, messages: [{ role: 'user' as const, content: 'Hi' }] };
 *
 * marbleWithPromises('a tool that returns a promise', ({ reply, scriptClaude, expectEvents }) => {
 *   const calling = reply('   s---k-i-c-wm|', { k: claude.toolUse('toolu_1', 'look_up').start });
 *   const client = scriptClaude(calling, 's-(em|)');
 *   const expected = '     (Bs)k-[iI]-[cK]-[wS]m---[WEBs]-(emEC|)';
 *
 *   expectEvents(converse(client, { ...request, tools: [lookUp] })).toBe(expected);
 * });
 * ```
 */
export async function runMarbleWithPromises(
  run: (helpers: PromiseMarbleHelpers) => void | PromiseLike<void>,
): Promise<void> {
  const scheduler = new PromiseScheduler();
  const restore = scheduler.redirect();
  try {
    const helpers = scheduler.setUp((native) => createHelpers(scheduler, inRunMode(scheduler, native)));
    await run({
      ...helpers,
      expectEvents: (...args) => scheduler.setUp(() => helpers.expectEvents(...args)),
      flush: () => scheduler.settle(),
    });
    await scheduler.settle();
    scheduler.session.finish();
  } finally {
    restore();
  }
}

/** rxjs's helpers read diagrams as they should in run mode only, and a tool may ask for one at any time. */
function inRunMode(scheduler: PromiseScheduler, native: RunHelpers): RunHelpers {
  return {
    ...native,
    cold: ((...args: Parameters<RunHelpers['cold']>) =>
      scheduler.setUp(() => native.cold(...args))) as RunHelpers['cold'],
    hot: ((...args: Parameters<RunHelpers['hot']>) => scheduler.setUp(() => native.hot(...args))) as RunHelpers['hot'],
    time: (marbles) => scheduler.setUp(() => native.time(marbles)),
    expectObservable: (...args: Parameters<RunHelpers['expectObservable']>) => {
      const expectation = scheduler.setUp(() => native.expectObservable(...args));
      const toBe: typeof expectation.toBe = (...told) => {
        scheduler.setUp(() => {
          expectation.toBe(...told);
        });
      };
      return { ...expectation, toBe };
    },
    expectSubscriptions: (logs) => {
      const expectation = scheduler.setUp(() => native.expectSubscriptions(logs));
      return {
        toBe: (marbles) => {
          scheduler.setUp(() => {
            expectation.toBe(marbles);
          });
        },
      };
    },
  };
}
