import type { MessageCreateParamsStreaming } from '@anthropic-ai/sdk/resources/beta/messages/messages';
import { asyncScheduler, Observable } from 'rxjs';
import { checkCount } from '../errors/checkOption.js';
import type { ClaudeEvent } from '../events/ClaudeEvent.js';
import type { ResponseEvent } from '../events/RoundEvent.js';
import type { ClaudeRequest } from '../tools/ClaudeRequest.js';
import { withToolDefinitions } from '../tools/withToolDefinitions.js';
import { abortError, failOnAbort } from './abort.js';
import type { ClaudeClient, ClaudeStreamOptions } from './ClaudeClient.js';
import { createReplyOutlet } from './createReplyOutlet.js';
import { readReply } from './readReply.js';

/** Of one event, unless told otherwise: far more than the API sends. */
const MAX_EVENT_CHARS = 16_777_216;

/** How long a response may stay open after `message_stop`, in milliseconds: nothing more comes. */
const LONGEST_LINGERING = 1_000;

/**
 * Claude's reply to one request, as a cold Observable of its events: each subscription sends the request anew.
 *
 * ```text
 * subscribe  ^
 * out        --(Hs)-p-o-d-d-d-c-w-(m|)    H response, s message_start, p ping, o block start, d delta,
 *                                         c block stop, w message_delta, m message_stop
 * ```
 *
 * Every event passes as it was sent, `ping` and events that are newer than this library included. No event object is
 * changed after it was emitted. When the response has a `request-id` header, a `response` event with that id comes
 * first, together with the first event of the reply.
 *
 * Unsubscribing aborts the request at once, before the response headers and after them.
 *
 * @param client Anything with the SDK's `messages.create`; `client.beta` for the beta events.
 * @param request The SDK's create params without `stream`. Of `tools`, only API fields are sent.
 * @param options The SDK's request options. Its retries, timeouts and authentication do their work up to the response
 * headers. And `maxEventChars` (16 777 216), and `round` (1), the number that `response` carries.
 * @returns The events. Completes when the whole reply has come and the server has ended the response, or has not for a
 * second.
 * Errors with the SDK's `APIError` for a refused request and for an `error` event within the stream (then without a
 * `status`); with its `APIUserAbortError` when `options.signal` is aborted; with `TruncatedStreamError` when the
 * response ends, or breaks, before `message_stop`; with `UnexpectedResponseError` when it is no stream; with
 * `ProtocolError` when the events cannot be those of one message, or one has the name of an event that only
 * rxclaude adds; with `LimitError` when one is too large.
 * @throws OptionError at once when `maxEventChars` or `round` is no usable number.
 * @example
 * ```ts
 * import Anthropic from '@anthropic-ai/sdk';
 * import { claudeStream, textDeltas } from 'rxclaude';
 *
 * const client = new Anthropic();
 * const request = {
 *   model: 'claude-opus-5-5',
 *   max_tokens: 1024,
 *   messages: [{ role: 'user' as const, content: 'Why is the sky blue?' }],
 * };
 * claudeStream(client, request)
 *   .pipe(textDeltas())
 *   .subscribe((text) => process.stdout.write(text));
 * ```
 * @see {@link converse} for a whole conversation with tools.
 */
export function claudeStream(
  client: ClaudeClient,
  request: ClaudeRequest,
  options: ClaudeStreamOptions = {},
): Observable<ClaudeEvent | ResponseEvent> {
  const { maxEventChars = MAX_EVENT_CHARS, round = 1, ...requestOptions } = options;
  checkCount('claudeStream.maxEventChars', maxEventChars);
  checkCount('claudeStream.round', round);
  const reply = new Observable<ClaudeEvent | ResponseEvent>((subscriber) => {
    const controller = new AbortController();
    const outlet = createReplyOutlet(subscriber, round);
    let ended = false;
    let read = false;
    const complete = (): void => {
      subscriber.complete();
    };
    subscriber.add(() => {
      // A body that was read to its end leaves nothing to stop. A client of another kind may still hold the signal; an
      // error made for it would cost more than the abort.
      if (!read) controller.abort(ended ? 'The reply has ended.' : undefined);
    });
    readReply(() => client.messages.create(toParams(request), { ...requestOptions, signal: controller.signal }), {
      respond: (requestId) => {
        outlet.respond(requestId);
      },
      next: (event) => {
        outlet.next(event);
        if (event.type === 'message_stop') subscriber.add(asyncScheduler.schedule(complete, LONGEST_LINGERING));
      },
      error: (error) => {
        subscriber.error(error);
      },
      abort: (signal) => {
        subscriber.error(abortError(client, signal));
      },
      end: (facts) => {
        ended = true;
        read = facts !== undefined;
        outlet.end(facts);
      },
      add: (teardown) => {
        subscriber.add(teardown);
      },
      get closed() {
        return subscriber.closed;
      },
      maxEventChars,
    });
  });
  return reply.pipe(failOnAbort(client, options.signal));
}

function toParams(request: ClaudeRequest): MessageCreateParamsStreaming {
  // A copy of the list, for the client may write it to the wire later than now.
  const messages = [...request.messages];
  return { ...withToolDefinitions(request), messages, stream: true } as MessageCreateParamsStreaming;
}
