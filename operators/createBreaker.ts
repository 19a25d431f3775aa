import { asyncScheduler, Observable, type Subscriber } from 'rxjs';
import { admit, CLOSED, settle, type BreakerState, type Ending } from '../src/retry/breakerState.js';
import { checkCount, checkMilliseconds } from '../src/errors/checkOption.js';
import { isRetryable } from '../src/retry/isRetryable.js';
import { RxClaudeError } from '../src/errors/RxClaudeError.js';
import { isObject } from '../src/values/isObject.js';

/** When a breaker opens, and for how long. */
export interface BreakerOptions {
  /** How many failures in a row open it. Default: 5. */
  readonly failures?: number;
  /** How long it stays open, in milliseconds. Default: 30 000. */
  readonly openFor?: number;
  /** Which errors are failures. Default: those that another attempt could fix, such as an overloaded API. */
  readonly countsAsFailure?: (error: unknown) => boolean;
}

/** A circuit breaker, for any number of streams to share. */
export interface Breaker {
  /**
   * The current state and each change. It never ends and has no timer: `Open` becomes `HalfOpen` not when the time is
   * up, but when the next stream begins after that.
   */
  readonly state$: Observable<BreakerState>;
  /**
   * Lets a stream begin. `circuitBreaker` calls it at each subscription.
   *
   * @throws CircuitOpenError when the stream must not begin.
   */
  enter(): BreakerPass;
}

/** Reports how a stream that was let through ended. Only the first call counts. */
interface BreakerPass {
  readonly completed: () => void;
  readonly failed: (error: unknown) => void;
  readonly left: () => void;
}

/**
 * Makes a circuit breaker: after some failures in a row it refuses all streams for a while, then lets one through, the
 * probe.
 *
 * ```text
 * streams  -x--x--x--r---r---p----c    three fail, two are refused, the probe begins at p and completes at c
 * state$   01--2--O----------H----0    0, 1, 2 `Closed` after so many failures, O `Open`, H `HalfOpen`
 * ```
 *
 * While `Closed`, failures are counted, and a stream that completes resets the count. The probe closes the breaker when
 * it completes, and also when it is refused: an error that is not a failure but has the API's `status` shows that the
 * API is up. A failure opens it again for the whole time. Any other end of the probe, such as unsubscribing or an
 * abort, says nothing: then the next stream is the probe.
 *
 * The end of a stream counts only if the breaker is still in the state in which it let the stream through. Streams that
 * began while `Closed` keep running when it opens. A `CircuitOpenError` of another breaker is not a failure.
 *
 * @param options `failures` (5), `openFor` (30 000 ms) and `countsAsFailure`.
 * @throws OptionError at once when an option is invalid.
 * @example
 * ```ts
 * import { createBreaker } from 'rxclaude';
 *
 * const breaker = createBreaker({ failures: 3, openFor: 10_000 });
 * breaker.state$.subscribe((state) => {
 *   if (state._tag === 'Open') console.warn('Claude is away until', new Date(state.until));
 * });
 * ```
 * @see {@link circuitBreaker}
 */
export function createBreaker(options: BreakerOptions = {}): Breaker {
  const { failures = 5, openFor = 30_000, countsAsFailure = isRetryable } = options;
  checkCount('createBreaker.failures', failures);
  checkMilliseconds('createBreaker.openFor', openFor);
  const limits = { failures, openFor };
  const state = createVariable(CLOSED);
  /** Increases when the breaker opens, probes or closes, so that older passes are recognized. */
  let era = 0;

  const move = (next: BreakerState): void => {
    if (next === state.value) return;
    if (next._tag !== state.value._tag) era++;
    state.set(next);
  };
  const endingBy = (error: unknown): Ending => {
    if (RxClaudeError.is(error, 'CircuitOpenError')) return 'left';
    if (countsAsFailure(error)) return 'failed';
    return isObject(error) && typeof error['status'] === 'number' ? 'refused' : 'left';
  };

  return {
    state$: state.value$,
    enter() {
      const now = asyncScheduler.now();
      const admitted = admit(state.value, now, limits);
      if (admitted === undefined) throw refusal(state.value, now);
      move(admitted);
      const since = era;
      let ended = false;
      const end = (ending: Ending): void => {
        if (ended || era !== since) return;
        ended = true;
        move(settle(state.value, ending, asyncScheduler.now(), limits));
      };
      return {
        completed: () => {
          end('completed');
        },
        failed: (error) => {
          end(endingBy(error));
        },
        left: () => {
          end('left');
        },
      };
    },
  };
}

function refusal(state: BreakerState, now: number): RxClaudeError<'CircuitOpenError'> {
  const retryAt = state._tag === 'Open' ? state.until : now;
  const retryIn = retryAt - now;
  const why =
    retryIn === 0
      ? 'is half open until its probe ends. Try again soon'
      : `is open after too many failures. Try again in ${String(retryIn)} ms`;
  return new RxClaudeError('CircuitOpenError', `Nothing was sent: the circuit ${why}.`, { retryAt, retryIn });
}

/** A value that can be observed. */
interface Variable<T> {
  readonly value: T;
  /** The value at the subscription, then each change. Never ends. */
  readonly value$: Observable<T>;
  set(value: T): void;
}

/**
 * Makes a variable. Unlike a `BehaviorSubject`, it emits its changes to all subscribers in one order, even when a
 * subscriber makes another change meanwhile: that waits until all have seen the first.
 */
function createVariable<T>(initial: T): Variable<T> {
  const subscribers = new Set<Subscriber<T>>();
  const changes: T[] = [];
  let value = initial;
  let shown = initial;

  return {
    get value() {
      return value;
    },
    value$: new Observable((subscriber) => {
      subscribers.add(subscriber);
      subscriber.next(shown);
      return () => {
        subscribers.delete(subscriber);
      };
    }),
    set(next) {
      value = next;
      if (changes.push(next) > 1) return;
      for (const change of changes) {
        shown = change;
        for (const subscriber of [...subscribers]) subscriber.next(change);
      }
      changes.length = 0;
    },
  };
}
