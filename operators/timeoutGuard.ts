import {
  asyncScheduler,
  Observable,
  type MonoTypeOperatorFunction,
  type SchedulerAction,
  type Subscription,
} from 'rxjs';
import { checkMilliseconds } from '../src/errors/checkOption.js';
import type { TimeoutLimit } from '../src/errors/ErrorTable.js';
import { RxClaudeError } from '../src/errors/RxClaudeError.js';
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

const WORDS: Record<TimeoutLimit, string> = {
  first: 'No event within',
  each: 'No further event within',
  total: 'The stream did not end within',
};

/**
 * Fails a stream that is silent for too long or does not end.
 *
 * ```text
 * in                  ---a--b------------
 * timeoutGuard({ each: 8 })
 * out                 ---a--b-------#      # TimeoutGuardError, limit 'each'
 * ```
 *
 * Put it right after `claudeStream`, where only Claude's silence counts, not the time that tools take; a `ping` counts
 * as a sign of life. To limit a whole conversation, use the `deadline` of `resumeConversation` and `converse`: it ends
 * with a `conversation_end`, so the history is not lost. After a conversation, this operator just fails, as after any
 * other stream.
 *
 * Its timers use rxjs's `asyncScheduler`, so they run in virtual time inside `TestScheduler.run`.
 *
 * @param options The limits, in milliseconds: `first`, `each`, `total`.
 * @returns An operator that mirrors its source. Unsubscribing clears the timers.
 * Errors with `TimeoutGuardError`, which says which limit ran out; the source is unsubscribed from first.
 * @throws OptionError at once when a limit is invalid.
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
  checkMilliseconds('timeoutGuard.first', options.first);
  checkMilliseconds('timeoutGuard.each', options.each);
  checkMilliseconds('timeoutGuard.total', options.total);
  const limits = { first, each, total };
  return (source) =>
    new Observable((subscriber) => {
      const fail = (limit: TimeoutLimit): void => {
        link.unsubscribe();
        subscriber.error(ranOut(limit, limits[limit]));
      };
      const watch = watchSilence(subscriber, limits, fail);
      after(total, subscriber, () => {
        fail('total');
      });
      const link = relay(source, subscriber, {
        next: (value) => {
          watch.heard();
          subscriber.next(value);
        },
      });
    });
}

function ranOut(limit: TimeoutLimit, milliseconds: number): RxClaudeError<'TimeoutGuardError'> {
  const message = `${WORDS[limit]} ${String(milliseconds)} ms. Send the request again, or raise \`${limit}\`.`;
  return new RxClaudeError('TimeoutGuardError', message, { limit, milliseconds });
}

/**
 * Watches the time between values. A value only records the time, which is cheaper than restarting a timer; when the
 * timer fires, it waits for the time left since the last value.
 */
function watchSilence(
  subscription: Subscription,
  { first, each }: Record<TimeoutLimit, number>,
  fail: (limit: TimeoutLimit) => void,
): { heard(): void } {
  let since = asyncScheduler.now();
  let limit: TimeoutLimit = 'first';

  function expire(this: SchedulerAction<void>): void {
    // The machine's clock may be set back; that must not lengthen the wait.
    const left = Math.min(since + each - asyncScheduler.now(), each);
    if (limit === 'each' && left > 0) this.schedule(undefined, left);
    else fail(limit);
  }

  let waiting = after(first, subscription, expire);
  return {
    heard() {
      since = asyncScheduler.now();
      if (limit === 'each') return;
      limit = 'each';
      waiting?.unsubscribe();
      waiting = after(each, subscription, expire);
    },
  };
}

function after(
  milliseconds: number,
  subscription: Subscription,
  work: (this: SchedulerAction<void>) => void,
): Subscription | undefined {
  if (milliseconds === Infinity) return undefined;
  const waiting = asyncScheduler.schedule(work, milliseconds);
  subscription.add(waiting);
  return waiting;
}
