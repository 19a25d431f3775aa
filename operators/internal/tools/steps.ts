import {
  asyncScheduler,
  identity,
  isObservable,
  Observable,
  of,
  type MonoTypeOperatorFunction,
  type Subscriber,
  type Subscription,
} from 'rxjs';
import type { ToolResultEvent } from '../../../src/events/RoundEvent.js';
import { returned } from '../../../src/tools/result/toToolResult.js';
import { isAsyncIterable } from '../../../src/values/isAsyncIterable.js';
import { isObject } from '../../../src/values/isObject.js';
import { isPromiseLike } from '../../../src/values/isPromiseLike.js';
import { pump } from '../../../src/values/pump.js';
import { createRelay, relay } from '../relay.js';

/** The output of a running tool: progress, then its outcome. */
export type Output =
  | { readonly kind: 'progress'; readonly value: unknown }
  | { readonly kind: 'outcome'; readonly outcome: ToolResultEvent['outcome'] };

/** The outputs of a tool, whatever it returned: one result for a value or a promise, {@link lastAsResult} for many. */
export function toOutputs(value: unknown): Observable<Output> {
  if (isObservable(value)) return lastAsResult(value);
  if (isAsyncIterable(value)) return lastAsResult(fromAsyncIterable(value));
  if (isGenerator(value)) return lastAsResult(fromGenerator(value));
  if (isPromiseLike(value)) return fromPromise(value);
  return of({ kind: 'outcome', outcome: returned(value) });
}

/**
 * Separates the last value of a source, its result, from those before it, its progress.
 *
 * ```text
 * in   --a--b--(c|)
 * out  --a--b--(C|)    a, b progress, C result
 * ```
 *
 * A value is progress as soon as another one comes, or when the source does not end in the same tick. So a value that
 * turns out later to be the last is both. A source without values has the result `undefined`.
 */
function lastAsResult(source: Observable<unknown>): Observable<Output> {
  return new Observable((subscriber) => {
    let held: Output | undefined;
    let last: unknown;
    let release: Subscription | undefined;
    const showHeld = (): void => {
      release?.unsubscribe();
      const output = held;
      held = undefined;
      if (output !== undefined) subscriber.next(output);
    };
    subscriber.add(() => release?.unsubscribe());
    relay(source, subscriber, {
      next: (value) => {
        showHeld();
        held = { kind: 'progress', value };
        last = value;
        release = asyncScheduler.schedule(showHeld);
      },
      complete: () => {
        subscriber.next({ kind: 'outcome', outcome: returned(last) });
        subscriber.complete();
      },
    });
  });
}

/** A promise may resolve to a source of values. */
function fromPromise(promise: PromiseLike<unknown>): Observable<Output> {
  return new Observable((subscriber) => {
    Promise.resolve(promise).then(
      (value) => {
        if (!subscriber.closed) toOutputs(value).subscribe(subscriber);
      },
      (error: unknown) => {
        subscriber.error(error);
      },
    );
  });
}

/** Like rxjs's `from`, but closes the iterator in the tick of the unsubscription, and emits what it returns, too. */
function fromAsyncIterable(iterable: AsyncIterable<unknown>): Observable<unknown> {
  return new Observable((subscriber) =>
    pump(iterable, {
      next: (value) => {
        subscriber.next(value);
      },
      error: (error) => {
        subscriber.error(error);
      },
      complete: (last) => {
        end(subscriber, last);
      },
    }),
  );
}

/** The values that a generator yields, then the one that it returns. */
function fromGenerator(generator: Generator): Observable<unknown> {
  return new Observable((subscriber) => {
    while (!subscriber.closed) {
      const result: IteratorResult<unknown, unknown> = generator.next();
      if (result.done === true) end(subscriber, result.value);
      else subscriber.next(result.value);
    }
    generator.return(undefined);
  });
}

function end(subscriber: Subscriber<unknown>, last: unknown): void {
  if (last !== undefined) subscriber.next(last);
  subscriber.complete();
}

/** Generators are run; other iterables, such as arrays and maps, are values. */
function isGenerator(value: unknown): value is Generator {
  return isObject(value) && typeof value['next'] === 'function' && Symbol.iterator in value;
}

/** Cancels a call. Its signal is made only when it is read: most tools do not read it. */
export interface Abort {
  readonly signal: AbortSignal;
  readonly aborted: boolean;
  /** Aborts the signal with a `DOMException`; only the first call counts. */
  abort(message: string, name?: 'AbortError' | 'TimeoutError'): void;
}

export function createAbort(): Abort {
  let controller: AbortController | undefined;
  let reason: readonly [message: string, name: string] | undefined;
  const pass = (): void => {
    if (reason !== undefined) controller?.abort(new DOMException(...reason));
  };
  return {
    get signal() {
      if (controller === undefined) {
        controller = new AbortController();
        pass();
      }
      return controller.signal;
    },
    get aborted() {
      return reason !== undefined;
    },
    abort(message, name = 'AbortError') {
      reason ??= [message, name];
      pass();
    },
  };
}

/** Limits the time of its source: after that it unsubscribes from it and continues with another. */
export function withinTime<T>(milliseconds: number, otherwise: () => Observable<T>): MonoTypeOperatorFunction<T> {
  if (milliseconds === Infinity) return identity;
  return (source) =>
    new Observable((subscriber) => {
      const link = relay(source, subscriber);
      if (link.closed) return;
      const giveUp = (): void => {
        link.unsubscribe();
        otherwise().subscribe(subscriber);
      };
      link.add(asyncScheduler.schedule(giveUp, milliseconds));
    });
}

/** Places for a number of concurrent runs; others wait in line. */
export interface Places {
  /**
   * Calls `start` once there is a place, at once or later.
   *
   * @returns Leaves the line.
   */
  take(start: (giveBack: () => void) => void): () => void;
  /**
   * Starts nothing while `change` runs. When it stops many runs, all of them stop before a freed place is given to the
   * next in line.
   */
  hold(change: () => void): void;
}

/** Makes `count` places. */
export function createPlaces(count: number): Places {
  const line = new Set<(giveBack: () => void) => void>();
  let free = count;
  let busy = false;

  // A loop, not a recursion: a run may end while it starts, and free its place for the next.
  const serve = (): void => {
    if (busy) return;
    busy = true;
    for (const start of line) {
      if (free === 0) break;
      line.delete(start);
      free -= 1;
      start(giveBack);
    }
    busy = false;
  };
  const giveBack = (): void => {
    free += 1;
    serve();
  };

  return {
    take(start) {
      line.add(start);
      serve();
      return () => line.delete(start);
    },
    hold(change) {
      const before = busy;
      busy = true;
      try {
        change();
      } finally {
        busy = before;
      }
      serve();
    },
  };
}

/**
 * Subscribes to its source once there is a place, and gives the place back after the source has released everything. An
 * error is emitted before that, because nothing may start after it.
 */
export function inTurn<T>(places: Places): MonoTypeOperatorFunction<T> {
  return (source) =>
    new Observable((subscriber) => {
      const link = createRelay<T, T>(subscriber, {
        error: (error) => {
          places.hold(() => {
            subscriber.error(error);
          });
        },
      });
      const leave = places.take((giveBack) => {
        source.subscribe(link);
        subscriber.add(giveBack);
      });
      subscriber.add(leave);
    });
}
