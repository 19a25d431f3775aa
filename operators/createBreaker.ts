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
  /** Which errors are failures. Default: those that another attempt could heal, such as an overloaded API. */
  readonly countsAsFailure?: (error: unknown) => boolean;
}

/** A circuit breaker, for any number of streams to share. */
export interface Breaker {
  /**
   * The state now, and each change of it. Never ends, and holds no timer: `Open` becomes `HalfOpen` not when the time is
   * up, but when a stream comes after that.
   */
  readonly state$: Observable<BreakerState>;
  /**
   * Lets a stream begin. `circuitBreaker` does this at each subscription.
   *
   * @throws CircuitOpenError when the stream must not begin.
   */
  enter(): BreakerPass;
}

/** For a stream that was let through, to say how it ended. Only the first word counts. */
interface BreakerPass {
  readonly completed: () => void;
  readonly failed: (error: unknown) => void;
  readonly left: () => void;
}

/**
 * Makes a circuit breaker: after some failures in a row it lets nobody through for a while, then one, the probe.
 *
 * ```text
 * streams  -x--x--x--r---r---p----c    three fail, two are refused, the probe begins at p and completes at c
 * state$   01--2--O----------H----0    0, 1, 2 `Closed` after so many failures, O `Open`, H `HalfOpen`
 * ```
 *
 * While `Closed`, a failure counts, and a stream that completes has them counted anew. The probe closes the breaker when
 * it completes, and also when it is refused: an error that is no failure but has the API's `status` shows that the API is
 * up. A failure opens it again for the whole time. Whatever else ends the probe says nothing, such as unsubscribing or an
 * abort: then the next stream is the probe.
 *
 * How a stream ends makes a difference only as long as the breaker has stayed in the state in which it let the stream
 * through. What began while `Closed` runs on when it opens. A `CircuitOpenError` of another breaker is no failure.
 *
 * @param options `failures` (5), `openFor` (30 000 ms) and `countsAsFailure`.
 * @throws OptionError at once when an option is no usable number.
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
  const state = createCell(CLOSED);
  /** Goes up when the breaker opens, probes or closes, so that a pass from before is known. */
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
      ? 'is half open, and the one stream that was let through has not ended yet. Try again soon'
      : `is open after too many failures. Try again in ${String(retryIn)} ms`;
  return new RxClaudeError('CircuitOpenError', `Nothing was sent: the circuit ${why}.`, { retryAt, retryIn });
}

/** A value that changes, for all to see. */
interface Cell<T> {
  readonly value: T;
  /** The value at the subscription, and each change. Never ends. */
  readonly value$: Observable<T>;
  set(value: T): void;
}

/**
 * Makes a cell. Unlike a `BehaviorSubject`, it shows its changes to everyone in one order, even when someone who is shown
 * a change makes the next one: that waits until all have seen the first.
 */
function createCell<T>(initial: T): Cell<T> {
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
