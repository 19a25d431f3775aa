import { animationFrameScheduler, asapScheduler, asyncScheduler, type SchedulerLike, VirtualTimeScheduler } from 'rxjs';
import type { RunHelpers } from 'rxjs/testing';
import { createHelpers, type MarbleHelpers } from './createHelpers.js';
import { MarbleScheduler } from './MarbleScheduler.js';

/** What a marble test with promises works with: as in any other, but time passes while it is waited for. */
export interface PromiseMarbleHelpers extends Omit<MarbleHelpers, 'flush'> {
  /** Lets time pass until nothing is left to be done, and looks at what was expected so far. */
  flush(): Promise<void>;
}

/** A marble test in which promises may take part. It may be asynchronous. */
export type RunWithPromises = (helpers: PromiseMarbleHelpers) => void | PromiseLike<void>;

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
export async function runMarbleWithPromises(run: RunWithPromises): Promise<void> {
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
    scheduler.session.streams.unsubscribe();
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

/** What rxjs and rxclaude take their time from, unless told otherwise. */
const CLOCKS: readonly SchedulerLike[] = [asyncScheduler, asapScheduler, animationFrameScheduler];

let redirected = false;

/**
 * A virtual clock that lets promises settle before it moves on.
 *
 * rxjs's own run mode ends with the synchronous code that it was begun by. So here only what is set up runs in it; then the
 * clocks of rxjs are led to this one for as long as the test lasts, and it goes from one moment to the next.
 */
class PromiseScheduler extends MarbleScheduler {
  private settingUp = false;

  /** Does something in rxjs's run mode, without letting time pass. */
  setUp<T>(work: (helpers: RunHelpers) => T): T {
    if (this.settingUp) throw new Error('A marble test cannot be set up within itself.');
    this.settingUp = true;
    try {
      return this.run(work);
    } finally {
      this.settingUp = false;
    }
  }

  /** Time passes only where it is waited for. */
  override flush(): void {
    if (!this.settingUp) throw new Error('In a marble test with promises, flush is awaited.');
  }

  /** Lets time pass until nothing is left to be done, and waits for promises at each moment. */
  async settle(): Promise<void> {
    for (;;) {
      this.startHot();
      await macrotask();
      const [next] = this.actions;
      if (next === undefined) break;
      this.maxFrames = next.delay;
      VirtualTimeScheduler.prototype.flush.call(this);
    }
    super.flush();
  }

  /** rxjs starts hot Observables only where it compares as well, which is too early here. */
  private startHot(): void {
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- there is no other way to them
    const { hotObservables } = this;
    while (hotObservables.length > 0) hotObservables.shift()?.setup();
  }

  /** Has rxjs's own schedulers take their time from this clock. @returns What gives them back their own. */
  redirect(): () => void {
    if (redirected) throw new Error('Two marble tests with promises cannot run at the same time.');
    redirected = true;
    const restore = CLOCKS.map((clock) => replace(clock, this));
    return () => {
      redirected = false;
      for (const each of restore) each();
    };
  }
}

function replace(clock: SchedulerLike, by: SchedulerLike): () => void {
  const before = (['schedule', 'now'] as const).map(
    (name) => [name, Object.getOwnPropertyDescriptor(clock, name)] as const,
  );
  Object.assign(clock, { schedule: by.schedule.bind(by), now: () => by.now() });
  return () => {
    for (const [name, own] of before) {
      if (own === undefined) Reflect.deleteProperty(clock, name);
      else Object.defineProperty(clock, name, own);
    }
  };
}

// Real time is what is wanted here, for promises settle in no other; taken before a test can put a fake in its place.
const { setImmediate: soon, setTimeout: later } = globalThis as {
  readonly setImmediate?: (work: () => void) => unknown;
  readonly setTimeout: (work: () => void, milliseconds: number) => unknown;
};

/** Waits until every promise that can settle by itself has. */
function macrotask(): Promise<void> {
  return new Promise((resolve) => {
    if (soon === undefined) later(resolve, 0);
    else soon(resolve);
  });
}
