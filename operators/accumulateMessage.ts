import { defer, filter, map, type OperatorFunction } from 'rxjs';
import type { ClaudeMessage } from '../src/events/ClaudeEvent.js';
import type { RoundEvent } from '../src/events/RoundEvent.js';
import { createMessageAccumulator } from '../src/message/createMessageAccumulator.js';

/**
 * Claude's reply as it grows: a new message whenever an event changed it.
 *
 * ```text
 * in   -s-o-d-d-c-w-(m|)    s message_start, o block starts, d delta, c block stops, w message_delta, m message_stop
 * out  -1-2-3-4---5-|       each a whole message; 5 is the final one
 * ```
 *
 * Each message is immutable, and unchanged content blocks are the same objects as in the message before, so a view can
 * compare by identity. The last one equals the SDK's `finalMessage()`, with one difference: the `input` of a tool is
 * `{}` until its text is complete, and stays so when that text is not JSON; it is never repaired.
 *
 * Over several rounds it shows one message after another. Events that are not part of a message are left out.
 *
 * @returns An operator from events to messages. Errors of the source pass through. Unsubscribing unsubscribes from it.
 * Errors with `ProtocolError` when the events are not those of a message.
 * @example
 * ```ts
 * import type { Observable } from 'rxjs';
 * import { accumulateMessage } from 'rxclaude';
 * import type { RoundEvent } from 'rxclaude';
 *
 * declare const events$: Observable<RoundEvent>;
 * declare function render(content: readonly unknown[]): void;
 *
 * events$.pipe(accumulateMessage()).subscribe(({ content }) => render(content));
 * ```
 * @see {@link textDeltas} when only the text matters.
 */
export function accumulateMessage(): OperatorFunction<RoundEvent, ClaudeMessage> {
  return (source) =>
    defer(() => {
      const accumulator = createMessageAccumulator();
      return source.pipe(
        map((event) => (accumulator.take(event) ? accumulator.message() : undefined)),
        filter((message) => message !== undefined),
      );
    });
}
