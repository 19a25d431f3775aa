import { Observable, type OperatorFunction } from 'rxjs';
import type { RoundEvent } from '../src/events/RoundEvent.js';
import { relay } from './internal/relay.js';

/** How `textDeltas` marks a retry. */
export interface TextDeltasOptions {
  /** Emitted when a retry voids emitted text, because plain text cannot be taken back. Default: a line break. */
  readonly retryMark?: string;
}

/**
 * The pieces of Claude's text as they arrive, and nothing else.
 *
 * ```text
 * in   -s-o-a-b-c-w-(m|)    s, o, c, w, m are left out; a, b text deltas
 * out  -----a-b-----|       'Hel', 'lo'
 * ```
 *
 * Gotcha: when a round is retried, its emitted text is void, and the new text comes after a line break. To avoid that,
 * use {@link snapshots} or {@link accumulateMessage}, which replace what they showed.
 *
 * @param options `retryMark`, a line break.
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
export function textDeltas({ retryMark = '\n' }: TextDeltasOptions = {}): OperatorFunction<RoundEvent, string> {
  return (source) =>
    new Observable((subscriber) => {
      /** Whether text was emitted that a retry would void. */
      let emitted = false;
      relay(source, subscriber, {
        next: (event) => {
          if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') {
            emitted = true;
            subscriber.next(event.delta.text);
          } else if (event.type === 'round_retry') {
            if (emitted) subscriber.next(retryMark);
            emitted = false;
          } else if (event.type === 'round_start') emitted = false;
        },
      });
    });
}
