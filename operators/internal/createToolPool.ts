import { finalize, Observable, Subscription, takeUntil } from 'rxjs';
import type { AddedEvent } from '../../src/events/RoundEvent.js';
import type { Unwanted } from '../../src/tools/createCallQueue.js';
import { runTool, type StopRequest, type ToolRun } from './runTool.js';
import { whenUnsubscribed } from './whenUnsubscribed.js';

/** A call as the pool takes it. */
type PooledRun = Omit<ToolRun, 'stop$'>;

/** The tools that run at present, and what they tell. */
export interface ToolPool {
  /** How many tools run. */
  readonly size: number;
  start(run: PooledRun): void;
  /** Stops those among the calls that still run, and answers them. */
  stop(unwanted: Unwanted): void;
  /** Asks all tools to stop, and answers those that have not within their grace. */
  stopAll(request: StopRequest): void;
  /** Stops all tools and says nothing. */
  abandon(): void;
}

/** A tool that runs. */
interface Running {
  readonly subscription: Subscription;
  ask: (request: StopRequest) => void;
}

/** What is told of a pool. */
export interface PoolHandlers {
  /** A tool tells something. */
  event(event: AddedEvent, run: PooledRun): void;
  /** A tool is done and has let go of all that it holds. */
  free(): void;
  error(error: unknown): void;
}

/** Makes an empty pool. */
export function createToolPool(handlers: PoolHandlers): ToolPool {
  const running = new Map<PooledRun, Running>();

  return {
    get size() {
      return running.size;
    },
    start(run) {
      const subscription = new Subscription();
      const entry: Running = { subscription, ask: ignore };
      const stop$ = new Observable<StopRequest>((asked) => {
        entry.ask = (request) => {
          asked.next(request);
        };
      });
      running.set(run, entry);
      runTool({ ...run, stop$ })
        .pipe(
          takeUntil(whenUnsubscribed(subscription)),
          finalize(() => {
            subscription.unsubscribe();
            if (running.delete(run)) handlers.free();
          }),
        )
        .subscribe({
          next: (event) => {
            handlers.event(event, run);
          },
          error: (error: unknown) => {
            handlers.error(error);
          },
        });
    },
    stop({ calls, reason }) {
      for (const [{ call }, { ask }] of [...running]) {
        if (calls.includes(call)) ask({ why: reason, grace: 0 });
      }
    },
    stopAll(request) {
      for (const { ask } of [...running.values()]) ask(request);
    },
    abandon() {
      const all = [...running.values()];
      running.clear();
      for (const { subscription } of all) subscription.unsubscribe();
    },
  };
}

function ignore(): void {
  // Until the tool is under way, there is nothing to stop.
}
