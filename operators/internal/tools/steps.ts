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

/** What comes of a running tool: values on the way, then its outcome. */
export type Output =
  | { readonly kind: 'progress'; readonly value: unknown }
  | { readonly kind: 'outcome'; readonly outcome: ToolResultEvent['outcome'] };

/** What a tool shows, whatever it returned: one result for a value or a promise; for many values see {@link lastAsResult}. */
export function toOutputs(value: unknown): Observable<Output> {
  if (isObservable(value)) return lastAsResult(value);
  if (isAsyncIterable(value)) return lastAsResult(fromAsyncIterable(value));
  if (isGenerator(value)) return lastAsResult(fromGenerator(value));
  if (isPromiseLike(value)) return fromPromise(value);
  return of({ kind: 'outcome', outcome: returned(value) });
}

/**
 * Tells the last value of a source, its result, from those before it, its progress.
 *
 * ```text
 * in   --a--b--(c|)
 * out  --a--b--(C|)    a, b progress, C result
 * ```
 *
 * A value is progress as soon as a further one comes, or when the source does not end in the same tick. So a value that
 * turns out to be the last only later is both. A source without values has the result `undefined`.
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

/** What a promise brings may be a source of values itself. */
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

/** Like rxjs's `from`, but leaves the iterator in the tick of the unsubscription, and takes what it returns, too. */
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

/** The values that a generator yields, and the one that it returns. */
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

/** A generator is made to be run through; other iterables, such as arrays and maps, are values. */
function isGenerator(value: unknown): value is Generator {
  return isObject(value) && typeof value['next'] === 'function' && Symbol.iterator in value;
}

/** Cancels a call. Its signal is made when somebody asks for it: most tools do not. */
export interface Abort {
  readonly signal: AbortSignal;
  readonly aborted: boolean;
  /** Aborts the signal with a `DOMException`; only the first time counts. */
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

/** Gives its source so much time and no more: then it leaves the source and goes on with another one. */
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

/** Room for a number of runs at a time; the others wait in line. */
export interface Places {
  /**
   * Calls `start` once there is a place, at once or later.
   *
   * @returns Leaves the line.
   */
  take(start: (giveBack: () => void) => void): () => void;
  /**
   * Starts nothing while `change` runs. Where it tells many runs to leave, each has heard of it before a place that
   * another one frees is given away.
   */
  hold(change: () => void): void;
}

/** Makes room for `count` at a time. */
export function createPlaces(count: number): Places {
  const line = new Set<(giveBack: () => void) => void>();
  let free = count;
  let busy = false;

  // A loop, not a recursion: a run may end while it is started, and give back its place to the next.
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
 * Subscribes to its source once there is a place, and gives it back after the source has released all that it holds. A
 * failure is told first, for nothing may be started after it.
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
