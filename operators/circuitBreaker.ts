import { Observable, tap, type MonoTypeOperatorFunction } from 'rxjs';
import type { Breaker } from './createBreaker.js';

/**
 * Fails at once, and subscribes to nothing, while a breaker that many streams share is open.
 *
 * ```text
 * breaker closed     in --a--b--|    out --a--b--|
 * breaker open       in              out #            # CircuitOpenError, which says when to try again
 * the probe          in --a--b--|    out --a--b--|    the breaker closes
 * others meanwhile   in              out #
 * ```
 *
 * A stream that is let through passes unchanged, errors included. The breaker decides at each subscription, so a retry
 * asks it again.
 *
 * Put it right after `claudeStream` and its `timeoutGuard`, and before `retryRound`: then each attempt counts, silence
 * counts too, and a probe that hangs ends. The probe keeps its place until it ends, not just until its first value.
 *
 * Gotcha: use a breaker at only one place in a pipeline. With two, the outer one would be the probe, and the inner one
 * would be refused because of it.
 *
 * @param breaker From {@link createBreaker}; share one among all streams that talk to the same service.
 * @returns An operator that mirrors its source. Unsubscribing unsubscribes from the source and frees the probe's place.
 * Errors with `CircuitOpenError` while the breaker is open, and with what `countsAsFailure` throws.
 * @example
 * ```ts
 * import { circuitBreaker, claudeStream, createBreaker, timeoutGuard } from 'rxclaude';
 * import type { ClaudeClient, ClaudeRequest } from 'rxclaude';
 *
 * declare const client: ClaudeClient;
 * declare const requests: ClaudeRequest[];
 *
 * const breaker = createBreaker();
 * const replies = requests.map((request) =>
 *   claudeStream(client, request).pipe(timeoutGuard({ each: 60_000 }), circuitBreaker(breaker)),
 * );
 * ```
 * @see {@link createBreaker}
 */
export function circuitBreaker<T>(breaker: Breaker): MonoTypeOperatorFunction<T> {
  return (source) =>
    new Observable((subscriber) => {
      const pass = breaker.enter();
      // A listener of `state$` may have unsubscribed when the probe began.
      if (!subscriber.closed) {
        source.pipe(tap({ error: pass.failed, complete: pass.completed })).subscribe(subscriber);
      }
      // Runs after the source is unsubscribed from, so that another stream takes its place only then.
      return pass.left;
    });
}
