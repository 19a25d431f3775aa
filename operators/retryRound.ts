import { asyncScheduler, catchError, defer, EMPTY, of, repeat, tap, timer } from 'rxjs';
import type { MonoTypeOperatorFunction, Observable } from 'rxjs';
import { checkCount, checkFunction, checkMilliseconds, LONGEST_DELAY } from '../src/errors/checkOption.js';
import { isRetryable, retryAfter } from '../src/retry/isRetryable.js';
import { locate } from '../src/errors/locate.js';
import { toErrorFacts } from '../src/retry/toErrorFacts.js';
import type { RoundEvent } from '../src/events/RoundEvent.js';

/** When a round is retried, and after how long. */
export interface RetryPolicy {
  /** The number of the round, which `round_retry` carries. Default: 1. */
  readonly round?: number;
  /** How often a round is retried; 0 for never. Default: 2. */
  readonly retries?: number;
  /** The longest wait before the first retry, in milliseconds; it doubles for each further one. Default: 1 000. */
  readonly minDelay?: number;
  /** The limit of that doubling, in milliseconds. Default: 16 000. */
  readonly maxDelay?: number;
  /** The longest `retry-after` of a server that is obeyed, in milliseconds. Default: 60 000. */
  readonly maxRetryAfter?: number;
  /** Which errors are worth another attempt; attempts count from 1. Default: `isRetryable`. */
  readonly retryWhen?: (error: unknown, attempt: number) => boolean;
  /** A number from 0 up to 1, for the jitter. Default: `Math.random`. */
  readonly random?: () => number;
}

/**
 * Sends a round's request again when it failed in a way that may pass, even in the middle of the reply: an
 * `overloaded_error` among the events, a cut connection, a reply without its end, too long a silence.
 *
 * ```text
 * attempt 1   -s-t-#                   an overloaded_error in mid-stream
 * attempt 2          -s-t-t-m|
 * out         -s-t-R--s-t-t-m|         R round_retry, at once; then the wait
 * ```
 *
 * `round_retry` retracts: everything since the round began is void, and a view removes it. It says which attempt
 * failed, with what error, and how long the wait is.
 *
 * The wait is a random part of `minDelay`, twice that, and so on up to `maxDelay` (full jitter). A server's
 * `retry-after` replaces it, up to `maxRetryAfter`. A wrong request (4xx), a spend limit, an abort and a reply that
 * exceeds its `total` limit are never retried. The SDK's own retries, before the response begins, come before this
 * operator sees an error.
 *
 * Place: after `claudeStream`, `timeoutGuard`, `accumulateToolInput` and `validateWith`, and before `executeTools`,
 * which keeps the results of its idempotent tools. After `executeTools`, nothing is retried once a tool has started,
 * because it would run again.
 *
 * @param policy `retries` 2, `minDelay` 1 000 ms, `maxDelay` 16 000 ms, `maxRetryAfter` 60 000 ms, `retryWhen`, `random`,
 * and `round` 1, the number that `round_retry` carries.
 * @returns An operator that mirrors its source and subscribes to it again for each attempt. Errors with the error of
 * the last attempt. Unsubscribing unsubscribes from the source, or ends the wait.
 * @throws OptionError at once when an option is invalid.
 * @example
 * ```ts
 * import { accumulateToolInput, claudeStream, executeTools, retryRound, timeoutGuard, validateWith } from 'rxclaude';
 * import type { ClaudeClient, ClaudeRequest, Tool } from 'rxclaude';
 *
 * declare const client: ClaudeClient;
 * declare const request: ClaudeRequest;
 * declare const tools: Tool[];
 *
 * claudeStream(client, { ...request, tools }).pipe(
 *   timeoutGuard({ each: 60_000 }),
 *   accumulateToolInput(),
 *   validateWith(tools),
 *   retryRound({ retries: 4 }),
 *   executeTools(tools),
 * );
 * ```
 */
export function retryRound(policy: RetryPolicy = {}): MonoTypeOperatorFunction<RoundEvent> {
  const { retries = 2, minDelay = 1_000, maxDelay = 16_000, maxRetryAfter = 60_000 } = policy;
  const { round = 1, retryWhen = isRetryable, random = Math.random } = policy;
  checkCount('retryRound.round', round);
  checkCount('retryRound.retries', retries, 0);
  checkFunction('retryRound.retryWhen', retryWhen);
  checkFunction('retryRound.random', random);
  checkMilliseconds('retryRound.minDelay', minDelay);
  checkMilliseconds('retryRound.maxDelay', maxDelay);
  checkMilliseconds('retryRound.maxRetryAfter', maxRetryAfter);

  const delayBefore = (error: unknown, attempt: number): number => {
    const asked = retryAfter(error, asyncScheduler.now());
    if (asked !== undefined) return Math.min(asked, maxRetryAfter, LONGEST_DELAY);
    return Math.round(random() * Math.min(minDelay * 2 ** (attempt - 1), maxDelay, LONGEST_DELAY));
  };

  return (source) =>
    defer(() => {
      let attempt = 0;
      let toolStarted = false;
      /** The time until the next attempt; `undefined` when there is none. */
      let wait: number | undefined;
      const begin = defer(() => {
        attempt += 1;
        wait = undefined;
        return source;
      });
      const retry = (error: unknown): Observable<RoundEvent> => {
        locate(error, { attempt });
        if (attempt > retries || toolStarted || !retryWhen(error, attempt)) throw error;
        wait = delayBefore(error, attempt);
        return of({ type: 'round_retry', round, attempt, error: toErrorFacts(error), delay: wait });
      };
      return begin.pipe(
        tap(({ type }) => {
          if (type === 'tool_start') toolStarted = true;
        }),
        catchError(retry),
        repeat({ delay: () => (wait === undefined ? EMPTY : timer(wait)) }),
      );
    });
}
