import { catchError, defer, tap, type Observable } from 'rxjs';
import { createThread } from './createThread.js';
import type { ClaudeEvent } from '../events/ClaudeEvent.js';
import type { RoundRequest } from '../events/RoundRequest.js';
import type { ClaudeClient, ClaudeStreamOptions } from './ClaudeClient.js';
import { claudeStream } from './claudeStream.js';
import { headerEntries } from './headers.js';

const HEADER = 'anthropic-beta';
const BETA = 'message-threads-2026-08-12';

/**
 * `claudeStream` for the rounds of one conversation, over the API's message threads (beta): the server keeps what it was
 * sent, and each round sends only what is new.
 *
 * ```text
 * round 1  create    q            the whole request
 * round 2  continue  r            the results alone, without system and tools
 * round 3  continue  r  404       the thread has expired ...
 *          create    qarar        ... so the whole history is sent
 * ```
 *
 * The full history stays here, and the caller sees none of it: when the server has lost the thread, refuses to continue
 * it, or knows no threads at all, the same round is sent again with the whole history, before any event was emitted. A
 * server that has no threads, or loses them twice in a row, is asked no more.
 *
 * @param client As for {@link claudeStream}; `client.beta` for the beta events. Betas that the client itself asks for in
 * its default headers belong into the request's `betas`, for its header is replaced.
 * @param options As for {@link claudeStream}.
 * @returns What makes a round's events of its request: for one conversation, its rounds in order. Errors and
 * unsubscribing are those of {@link claudeStream}.
 * @example
 * ```ts
 * import Anthropic from '@anthropic-ai/sdk';
 * import { accumulateToolInput, claudeThread, executeTools, resumeConversation, validateWith } from 'rxclaude';
 * import type { ClaudeRequest, Tool } from 'rxclaude';
 * import { defer, of } from 'rxjs';
 *
 * declare const request: ClaudeRequest;
 * declare const tools: readonly Tool[];
 *
 * const conversation$ = defer(() => {
 *   const thread = claudeThread(new Anthropic().beta);
 *   return of(request).pipe(
 *     resumeConversation((next) =>
 *       thread(next).pipe(accumulateToolInput(), validateWith(tools), executeTools(tools)),
 *     ),
 *   );
 * });
 * ```
 * @see {@link converse}, whose option `threads` does this.
 */
export function claudeThread(
  client: ClaudeClient,
  options: ClaudeStreamOptions = {},
): (request: RoundRequest) => Observable<ClaudeEvent> {
  const thread = createThread();

  const send = (request: RoundRequest): Observable<ClaudeEvent> =>
    defer(() => {
      const params = thread.toSend(request);
      return claudeStream(client, params, thread.threaded ? withBeta(options, request.betas) : options);
    }).pipe(
      tap((event) => {
        thread.see(event);
      }),
      catchError((error: unknown) => {
        if (thread.recovers(error)) return send(request);
        throw error;
      }),
    );
  return send;
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
