import type { Observable } from 'rxjs';
import { createOutlet } from './createOutlet.js';
import { isHead, type WirePart } from './playExchange.js';

/** Statuses whose responses can have no body. */
const WITHOUT_BODY: readonly number[] = [204, 205, 304];

/**
 * Plays a response as a `fetch` gives it: a promise of its head, and a body whose chunks come when they came.
 *
 * Cancelling the body, or aborting the signal, stops it at once.
 */
export function toResponse(wire: Observable<WirePart>, signal: AbortSignal | null | undefined): Promise<Response> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      subscription.unsubscribe();
      signal?.removeEventListener('abort', abort);
    };
    const abort = (): void => {
      stop();
      const reason = signal?.reason as Error;
      reject(reason);
      outlet.break(reason);
    };
    const outlet = createOutlet(stop);
    const subscription = wire.subscribe({
      next: (part) => {
        if (isHead(part)) resolve(new Response(WITHOUT_BODY.includes(part.status) ? null : outlet.body, part));
        else outlet.push(part);
      },
      error: (error: unknown) => {
        const failure = error as Error;
        signal?.removeEventListener('abort', abort);
        reject(failure);
        outlet.end(failure);
      },
      complete: () => {
        signal?.removeEventListener('abort', abort);
        outlet.end();
      },
    });
    if (!subscription.closed) signal?.addEventListener('abort', abort);
  });
}
