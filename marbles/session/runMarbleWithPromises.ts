import { animationFrameScheduler, asapScheduler, asyncScheduler, type SchedulerLike, VirtualTimeScheduler } from 'rxjs';
import type { RunHelpers } from 'rxjs/testing';
import { createHelpers, type MarbleHelpers } from './createHelpers.js';
import { MarbleScheduler } from './MarbleScheduler.js';

/** The helpers of a marble test with promises. Time passes while the test awaits `flush()`. */
export interface PromiseMarbleHelpers extends Omit<MarbleHelpers, 'flush'> {
  /** Lets time pass until no work is left, and checks the expectations so far. */
  flush(): Promise<void>;
}

/** A marble test that may wait for promises. It may be asynchronous. */
export type RunWithPromises = (helpers: PromiseMarbleHelpers) => void | PromiseLike<void>;

/**
 * Runs a marble test that may wait for promises: of `async` tools and guards, asynchronous schemas, or a client that returns
 * promises, such as the SDK over the `fetch` of a `replay`. `marbleWithPromises` declares such a test.
 *
 * Time is as virtual as in `runMarble`, but before the clock moves on, every promise that can settle does so, in no time:
 * `await` takes no time, and `await firstValueFrom(timer(30))` takes 30 ms of the diagram. A real `setTimeout` takes real time,
 * and the clock does not wait for it.
 *
 * Meanwhile rxjs's schedulers use the test's clock. So two of these tests cannot run at the same time, and no other code that
 * uses rxjs should run meanwhile.
 *
 * @param run The test. It may be asynchronous.
 * @returns A promise. It rejects with a MarbleError when an expectation fails, and with whatever `run` throws.
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

/** rxjs's helpers read diagrams correctly only in its run mode, and a tool may use one at any time. */
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

/** The default clocks of rxjs and rxclaude. */
const CLOCKS: readonly SchedulerLike[] = [asyncScheduler, asapScheduler, animationFrameScheduler];

let redirected = false;

/**
 * A virtual clock that lets promises settle before it moves on.
 *
 * rxjs's run mode lasts only as long as synchronous code. So only the set-up runs in it; during the test, rxjs's clocks are
 * redirected to this one, which goes from one moment to the next.
 */
class PromiseScheduler extends MarbleScheduler {
  private settingUp = false;

  /** Does something in rxjs's run mode, in which no time passes. */
  setUp<T>(work: (helpers: RunHelpers) => T): T {
    if (this.settingUp) throw new Error('A marble test cannot be set up inside its own set-up.');
    this.settingUp = true;
    try {
      return this.run(work);
    } finally {
      this.settingUp = false;
    }
  }

  /** Time passes only in `settle`. */
  override flush(): void {
    if (!this.settingUp) throw new Error('In a marble test with promises, await the `flush` of the helpers.');
  }

  /** Lets time pass until no work is left, and waits for promises at each moment. */
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

  /** rxjs starts hot Observables in its own `flush`, which comes only at the end here. */
  private startHot(): void {
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- rxjs offers no other way to them
    const { hotObservables } = this;
    while (hotObservables.length > 0) hotObservables.shift()?.setup();
  }

  /** Makes rxjs's own schedulers use this clock. @returns A function that restores them. */
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

// Promises settle in real time only. Read here, before a test can install fake timers.
const { setImmediate: soon, setTimeout: later } = globalThis as {
  readonly setImmediate?: (work: () => void) => unknown;
  readonly setTimeout: (work: () => void, milliseconds: number) => unknown;
};

/** Waits until every promise that can settle has settled. */
function macrotask(): Promise<void> {
  return new Promise((resolve) => {
    if (soon === undefined) later(resolve, 0);
    else soon(resolve);
  });
}
