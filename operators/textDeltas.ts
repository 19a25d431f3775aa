import { Observable, type OperatorFunction } from 'rxjs';
import type { RoundEvent } from '../src/events/RoundEvent.js';
import { relay } from './internal/relay.js';

/**
 * The pieces of Claude's text as they arrive, and nothing else.
 *
 * ```text
 * in   -s-o-a-b-c-w-(m|)    s, o, c, w, m are left out; a, b text deltas
 * out  -----a-b-----|       'Hel', 'lo'
 * ```
 *
 * @returns An operator from events to pieces of text; thinking is left out. Errors of the source pass through.
 * Unsubscribing unsubscribes from it.
 * @example
 * ```ts
 * import type { Observable } from 'rxjs';
 * import { textDeltas } from 'rxclaude';
 * import type { RoundEvent } from 'rxclaude';
 *
 * declare const events$: Observable<RoundEvent>;
 *
 * events$.pipe(textDeltas()).subscribe((text) => process.stdout.write(text));
 * ```
 * @see {@link accumulateMessage} for the whole message so far.
 */
export function textDeltas(): OperatorFunction<RoundEvent, string> {
  return (source) =>
    new Observable((subscriber) => {
      relay(source, subscriber, {
        next: (event) => {
          if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') {
            subscriber.next(event.delta.text);
          }
        },
      });
    });
}
