import { defer, of, type Observable } from 'rxjs';
import { accumulateToolInput } from '../operators/accumulateToolInput.js';
import { executeTools } from '../operators/executeTools.js';
import { resumeConversation } from '../operators/resumeConversation.js';
import { timeoutGuard, type TimeoutGuardOptions } from '../operators/timeoutGuard.js';
import { validateWith } from '../operators/validateWith.js';
import { checkCount, checkMilliseconds } from './errors/checkOption.js';
import type { ClaudeEvent } from './events/ClaudeEvent.js';
import type { RoundRequest } from './events/RoundRequest.js';
import type { RoundEndEvent, RoundEvent } from './events/RoundEvent.js';
import type { ClaudeRequest } from './tools/ClaudeRequest.js';
import type { ClaudeClient, RequestOptions } from './transport/ClaudeClient.js';
import { failOnAbort } from './transport/failOnAbort.js';
import { claudeStream } from './transport/claudeStream.js';
import { claudeThread } from './transport/claudeThread.js';

/** The options of `converse`. */
export interface ConverseOptions {
  /** How many tools may run at the same time. Default: 8. */
  readonly concurrency?: number;
  /** The most requests that are made. Default: 10. */
  readonly maxRounds?: number;
  /** Asked after each round that would lead to another one; `true` ends the conversation there. Default: never. */
  readonly stopWhen?: (end: RoundEndEvent) => boolean;
  /**
   * How long Claude may be silent in a round, in milliseconds: until the first event (`first`, default 120 000, the
   * SDK's own retries included), between two events (`each`, default 120 000; a `ping` counts), and how long its reply may take in all
   * (`total`, default no limit). The time that tools take does not count.
   */
  readonly timeout?: TimeoutGuardOptions;
  /**
   * Whether to use the API's message threads (beta): each round sends only what is new, and the server keeps the rest.
   * Where it does not, the whole history is sent, unseen. For `client.beta`; betas among the client's default headers
   * belong into the request's `betas` then. Default: `false`.
   */
  readonly threads?: boolean;
  /** The SDK's options for each request, such as `headers` or `maxRetries`. Its `signal` stops the conversation. */
  readonly requestOptions?: RequestOptions;
}

/** In milliseconds. Generous: hidden thinking and buffered tool input are silent for long, but for a `ping` at times. */
const LONGEST_SILENCE = 120_000;

/**
 * Holds a conversation with Claude: streams its replies, runs the tools that it calls, and goes on round after round
 * until Claude is done.
 *
 * ```text
 * out  Bs-K-w-m-W-(EB)s-t-w-m-(EC|)   B round_start, s message_start, K tool_call, W tool_result, t text,
 *                                     E round_end, C conversation_end
 * ```
 *
 * It is the standard pipeline in one call: `claudeStream`, `timeoutGuard`, `accumulateToolInput`,
 * `validateWith` and `executeTools` make a round; `resumeConversation` repeats it. Cold: each subscription is a
 * conversation of its own. Unsubscribing stops everything at once: the request, and every tool that runs.
 *
 * @param client Anything with the SDK's `messages.create`; `client.beta` for the beta events.
 * @param request The SDK's create params without `stream`; its `tools` are offered to Claude and run here.
 * @param options `concurrency`, `maxRounds`, `stopWhen`, `timeout`, `threads`, `requestOptions`.
 * @returns All events of all rounds. The last one is `conversation_end`, with the reason, the complete `messages`, the
 * usage and the number of rounds.
 * Errors as `claudeStream`, `timeoutGuard` and `resumeConversation` do.
 * @throws OptionError, ToolDefinitionError at once when an option or the tools cannot be used.
 * @example
 * ```ts
 * import Anthropic from '@anthropic-ai/sdk';
 * import { converse, defineTool, textDeltas } from 'rxclaude';
 * import * as t from 'io-ts';
 *
 * const add = defineTool({
 *   name: 'add',
 *   description: 'Adds two numbers.',
 *   input: t.type({ a: t.number, b: t.number }),
 *   idempotent: true,
 *   run: ({ a, b }) => a + b,
 * });
 *
 * converse(new Anthropic(), {
 *   model: 'claude-opus-5-5',
 *   max_tokens: 1024,
 *   messages: [{ role: 'user', content: 'What is 17 + 25?' }],
 *   tools: [add],
 * })
 *   .pipe(textDeltas())
 *   .subscribe((text) => process.stdout.write(text));
 * ```
 */
export function converse(
  client: ClaudeClient,
  request: ClaudeRequest,
  options: ConverseOptions = {},
): Observable<RoundEvent> {
  const { concurrency = 8, maxRounds = 10, stopWhen, timeout = {}, threads = false, requestOptions } = options;
  const { first = LONGEST_SILENCE, each = LONGEST_SILENCE, total = Infinity } = timeout;
  checkCount('converse.concurrency', concurrency);
  checkCount('converse.maxRounds', maxRounds);
  for (const limit of ['first', 'each', 'total'] as const) {
    checkMilliseconds(`converse.timeout.${limit}`, timeout[limit]);
  }
  const tools = request.tools && [...request.tools];
  const guard = timeoutGuard<RoundEvent>({ first, each, total });
  const validate = validateWith(tools ?? []);

  const conversation = (stream: (request: RoundRequest) => Observable<ClaudeEvent>): Observable<RoundEvent> => {
    const round = (request: RoundRequest): Observable<RoundEvent> =>
      stream(request).pipe(
        guard,
        accumulateToolInput(),
        validate,
        executeTools(tools ?? [], { concurrency, messages: request.messages }),
      );
    return of(tools === undefined ? request : { ...request, tools }).pipe(
      resumeConversation(round, { maxRounds, ...(stopWhen && { stopWhen }) }),
    );
  };
  return defer(() =>
    conversation(
      threads ? claudeThread(client, requestOptions) : (request) => claudeStream(client, request, requestOptions),
    ),
  ).pipe(failOnAbort(client, requestOptions?.signal));
}
