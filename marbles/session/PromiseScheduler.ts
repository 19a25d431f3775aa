import { animationFrameScheduler, asapScheduler, asyncScheduler, type SchedulerLike, VirtualTimeScheduler } from 'rxjs';
import type { RunHelpers } from 'rxjs/testing';
import { MarbleScheduler } from './MarbleScheduler.js';

/** What rxjs and rxclaude take their time from, unless told otherwise. */
const CLOCKS: readonly SchedulerLike[] = [asyncScheduler, asapScheduler, animationFrameScheduler];

let redirected = false;

/**
 * A virtual clock that lets promises settle before it moves on.
 *
 * rxjs's own run mode ends with the synchronous code that it was begun by. So here only what is set up runs in it; then the
 * clocks of rxjs are led to this one for as long as the test lasts, and it goes from one moment to the next.
 */
export class PromiseScheduler extends MarbleScheduler {
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
