import { asyncScheduler, Observable, type MonoTypeOperatorFunction, type SchedulerAction, type Subscriber } from 'rxjs';
import { checkMilliseconds } from '../src/errors/checkOption.js';
import { TimeoutGuardError, type TimeoutLimit } from '../src/errors/TimeoutGuardError.js';
import { relay } from './internal/relay.js';

/** The limits of `timeoutGuard`, in milliseconds. Each is off when left out, or `Infinity`. */
export interface TimeoutGuardOptions {
  /** The longest wait for the first value, counted from the subscription. Default: `each`. */
  readonly first?: number;
  /** The longest silence between two values, and between the last one and the end. */
  readonly each?: number;
  /** The longest time from the subscription to the end. */
  readonly total?: number;
}

/**
 * Fails a stream that is silent for too long or does not end.
 *
 * ```text
 * in                  ---a--b------------
 * timeoutGuard(each 8 ms)
 * out                 ---a--b-------#      # TimeoutGuardError, limit 'each'
 * ```
 *
 * Put it right behind `claudeStream`, where only Claude's silence counts and not the time that a tool takes; a `ping`
 * counts as a sign of life. Put it behind `converse` or `resumeConversation` to bound a whole conversation.
 *
 * The limits are kept with rxjs's `asyncScheduler`, so they run in virtual time inside `TestScheduler.run`.
 *
 * @param options The limits, in milliseconds: `first`, `each`, `total`.
 * @returns An operator that mirrors its source. Unsubscribing clears the timers.
 * Errors with {@link TimeoutGuardError}, which says which limit ran out; the source is unsubscribed from first.
 * @throws OptionError at once when a limit is no usable number.
 * @example
 * ```ts
 * import { claudeStream, timeoutGuard } from 'rxclaude';
 * import type { ClaudeClient, ClaudeRequest } from 'rxclaude';
 *
 * declare const client: ClaudeClient;
 * declare const request: ClaudeRequest;
 *
 * claudeStream(client, request).pipe(timeoutGuard({ first: 30_000, each: 60_000 })).subscribe();
 * ```
 */
export function timeoutGuard<T>(options: TimeoutGuardOptions): MonoTypeOperatorFunction<T> {
  const { each = Infinity, first = each, total = Infinity } = options;
  checkMilliseconds('timeoutGuard.first', first);
  checkMilliseconds('timeoutGuard.each', each);
  checkMilliseconds('timeoutGuard.total', total);
  return (source) =>
    new Observable((subscriber) => {
      const watch = watchSilence(subscriber, first, each);
      after(total, subscriber, () => {
        fail(subscriber, 'total', total);
      });
      relay(source, subscriber, {
        next: (value) => {
          watch.heard();
          subscriber.next(value);
        },
      });
    });
}

/**
 * Watches the time between values. A value only notes the time, which is cheaper than to start a timer anew each time;
 * the timer, when it fires, waits for what is left since the last value.
 */
function watchSilence(subscriber: Subscriber<unknown>, first: number, each: number): { heard(): void } {
  let since = asyncScheduler.now();
  let limit: TimeoutLimit = 'first';

  function expire(this: SchedulerAction<void>): void {
    const left = since + each - asyncScheduler.now();
    if (limit === 'each' && left > 0) this.schedule(undefined, left);
    else fail(subscriber, limit, limit === 'first' ? first : each);
  }

  let waiting = after(first, subscriber, expire);
  return {
    heard() {
      since = asyncScheduler.now();
      if (limit === 'each') return;
      limit = 'each';
      waiting?.unsubscribe();
      waiting = after(each, subscriber, expire);
    },
  };
}

function after(milliseconds: number, subscriber: Subscriber<unknown>, work: (this: SchedulerAction<void>) => void) {
  if (milliseconds === Infinity) return undefined;
  const waiting = asyncScheduler.schedule(work, milliseconds);
  subscriber.add(waiting);
  return waiting;
}

function fail(subscriber: Subscriber<unknown>, limit: TimeoutLimit, milliseconds: number): void {
  subscriber.error(new TimeoutGuardError(limit, milliseconds));
}
