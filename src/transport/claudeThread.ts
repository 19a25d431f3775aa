import { catchError, defer, tap, type Observable } from 'rxjs';
import type { RoundRequest } from '../events/RoundRequest.js';
import { isObject } from '../values/isObject.js';
import type { ClaudeClient, ClaudeStreamOptions } from './ClaudeClient.js';
import { claudeStream } from './claudeStream.js';
import { createThread, type Thread } from './createThread.js';
import { headerEntries } from './headers.js';
import type { RoundSource, SourceEvent } from './Source.js';

const HEADER = 'anthropic-beta';
const BETA = 'message-threads-2026-08-12';

/** The thread of one conversation. */
interface OfConversation {
  readonly id: string;
  readonly thread: Thread;
}

/**
 * A source for {@link converse} over the API's message threads (beta): the server keeps what it was sent, and each round
 * sends only what is new.
 *
 * ```text
 * round 1  create    q            the whole request
 * round 2  continue  r            the results alone, without system and tools
 * round 3  continue  r  404       the thread has expired ...
 *          create    qarar        ... so the whole history is sent
 * ```
 *
 * The full history stays here, and the caller sees none of it: when the server has lost the thread, refuses to continue
 * it, or knows no threads at all, the same round is sent again with the whole history, before any event was emitted. In a
 * conversation whose server has no threads, or loses them twice in a row, it asks for none any more.
 *
 * One source serves any number of conversations, also at the same time: it tells them apart by their `id`. What it knows
 * of a conversation it keeps with the messages that were sent, and forgets with them. A request whose messages are not
 * those objects any more, such as copies, begins a new thread.
 *
 * @param client As for {@link claudeStream}; `client.beta` for the beta events. If the client has betas in its default
 * headers, put them into the request's `betas`, because its header is replaced.
 * @param options As for {@link claudeStream}; the number of the round comes with each request.
 * @returns A function from the request of a round to its events. Errors and unsubscribing are those of
 * {@link claudeStream}.
 * @example
 * ```ts
 * import Anthropic from '@anthropic-ai/sdk';
 * import { claudeThread, converse } from 'rxclaude';
 * import type { ClaudeRequest } from 'rxclaude';
 *
 * declare const request: ClaudeRequest;
 *
 * const thread = claudeThread(new Anthropic().beta);
 *
 * converse(thread, request).subscribe((event) => console.log(event.type));
 * ```
 */
export function claudeThread(client: ClaudeClient, options: ClaudeStreamOptions = {}): RoundSource {
  const threads = new WeakMap<object, OfConversation>();

  /** The thread of a conversation. It moves on to the last message of its newest request. */
  const threadOf = (id: string, messages: RoundRequest['messages']): Thread => {
    const known = messages.findLast((message) => threads.get(message)?.id === id);
    const found = (known && threads.get(known)) ?? { id, thread: createThread() };
    const last = messages.at(-1);
    if (known !== undefined) threads.delete(known);
    if (isObject(last)) threads.set(last, found);
    return found.thread;
  };

  return (request, { id, round }) => {
    const send = (thread: Thread): Observable<SourceEvent> =>
      defer(() => {
        const params = thread.toSend(request);
        const asked = thread.threaded ? withBeta(options, request.betas) : options;
        return claudeStream(client, params, { ...asked, round });
      }).pipe(
        tap((event) => {
          thread.take(event);
        }),
        catchError((error: unknown) => {
          if (thread.recovers(error)) return send(thread);
          throw error;
        }),
      );
    return defer(() => send(threadOf(id, request.messages)));
  };
}

/**
 * Asks for the threads beta besides the caller's own. That is a header, for only a header works with every client; it
 * takes the place of one that the client sends with every request.
 */
function withBeta(options: ClaudeStreamOptions, betas: readonly string[] = []): ClaudeStreamOptions {
  const entries = headerEntries(options.headers);
  const given = entries.filter(([name]) => name === HEADER);
  const others = given.length === 0 ? betas : given.flatMap(([, value]) => value?.split(/ *, */) ?? []);
  const asked = new Set([...others, BETA]);
  const headers = [...entries.filter(([name]) => name !== HEADER), [HEADER, [...asked].join()]];
  return { ...options, headers };
}
