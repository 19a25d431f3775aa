import { defer, EMPTY, from, identity, merge, of, type Observable } from 'rxjs';
import { accumulateToolInput } from '../operators/accumulateToolInput.js';
import { circuitBreaker } from '../operators/circuitBreaker.js';
import type { Breaker } from '../operators/createBreaker.js';
import { executeTools } from '../operators/executeTools.js';
import { resumeConversation, type ResumeConversationOptions, type Round } from '../operators/resumeConversation.js';
import { retryRound, type RetryPolicy } from '../operators/retryRound.js';
import { timeoutGuard, type TimeoutGuardOptions } from '../operators/timeoutGuard.js';
import { validateWith } from '../operators/validateWith.js';
import { NO_USAGE } from './conversation/addUsage.js';
import {
  checkBound,
  checkBudget,
  checkCount,
  checkFunction,
  checkGrace,
  checkMilliseconds,
} from './errors/checkOption.js';
import type { ClaudeEvent } from './events/ClaudeEvent.js';
import type { RoundRequest } from './events/RoundRequest.js';
import type { RoundEvent } from './events/RoundEvent.js';
import { mendingHistory } from './history/mendingHistory.js';
import { DEEPEST_JSON, LONGEST_JSON } from './json/parseJson.js';
import type { ClaudeRequest } from './tools/ClaudeRequest.js';
import type { Guard, ToolEntry } from './tools/Tool.js';
import type { ClaudeClient, RequestOptions } from './transport/ClaudeClient.js';
import { claudeStream } from './transport/claudeStream.js';
import { claudeThread } from './transport/claudeThread.js';
import { whenAborted } from './transport/abort.js';

/** How large things may be. What Claude can mend is told to Claude; the rest fails with a `LimitError`. */
export interface ConverseLimits {
  /** The most characters of one event. Default: 16 777 216. */
  readonly maxEventChars?: number;
  /** The longest input of a tool, in characters; at most 33 554 432. Default: 4 194 304. */
  readonly maxInputChars?: number;
  /** How deep arrays and objects may lie in each other in an input; at most 512, which is the default. */
  readonly maxInputDepth?: number;
  /** The most characters of a tool's result that Claude is shown; a tool's own limit takes precedence. Default: 100 000. */
  readonly maxResultChars?: number;
  /** The most characters of the files in one result, as base64. Default: 14 000 000. */
  readonly maxFileChars?: number;
  /** The most characters of events that wait while an asynchronous schema decides. Default: 10 000 000. */
  readonly maxBufferedChars?: number;
}

/** The options of `converse`: those of `resumeConversation`, and what its rounds are made of. */
export interface ConverseOptions extends ResumeConversationOptions {
  /** How many tools may run at the same time. Default: 8. */
  readonly concurrency?: number;
  /** How long one tool may run, in milliseconds; a tool's own `timeout` takes precedence. Default: 60 000. */
  readonly toolTimeout?: number;
  /**
   * Asked for every call before it is run, with the decoded input, and before the tool's own guard; may take its time.
   * Default: none.
   */
  readonly guard?: Guard;
  /** When a round that failed is tried again, also in the middle of a reply. `false` for never. Default: 2 retries. */
  readonly retry?: RetryPolicy | false;
  /** A circuit breaker, to be shared by all conversations with the same API. Default: none. */
  readonly breaker?: Breaker;
  /** How large things may be. */
  readonly limits?: ConverseLimits;
  /**
   * How long Claude may be silent in a round, in milliseconds: until the first event (`first`, default 120 000, the
   * SDK's own retries included), between two events (`each`, default 120 000; a `ping` counts), and how long its reply may take in all
   * (`total`, default no limit). The time that tools take does not count.
   */
  readonly timeout?: Omit<TimeoutGuardOptions, 'wrapUp'>;
  /**
   * Whether to use the API's message threads (beta): each round sends only what is new, and the server keeps the rest.
   * Where it does not, the whole history is sent, unseen. For `client.beta`; betas among the client's default headers
   * belong into the request's `betas` then. Default: `false`.
   */
  readonly threads?: boolean;
  /**
   * The SDK's options for each request, such as `headers` or `maxRetries`. When its `signal` is aborted the conversation
   * fails; `stop$` ends it without an error.
   */
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
 * `validateWith`, `retryRound` and `executeTools` make a round; `resumeConversation` repeats it. Cold: each subscription
 * is a conversation of its own. Unsubscribing stops everything in the same tick: the request, the wait for a retry, and
 * every tool that runs. For an end with a history, use `stop$`.
 *
 * For a limit on the whole conversation, put `timeoutGuard({ total: 60_000, wrapUp: 5_000 })` behind it.
 *
 * @param client Anything with the SDK's `messages.create`; `client.beta` for the beta events.
 * @param request The SDK's create params without `stream`; its `tools` are offered to Claude and run here.
 * @param options `maxRounds`, `stopWhen`, `budget`, `stop$`, `grace`, `history`; `concurrency`, `toolTimeout`,
 * `guard`, `retry`, `breaker`, `limits`, `timeout`, `threads`, `requestOptions`.
 * @returns All events of all rounds. The last one is `conversation_end`, with the reason, the complete `messages`, the
 * usage and the number of rounds, also before an error.
 * Errors as `claudeStream`, `timeoutGuard`, `circuitBreaker` and `resumeConversation` do.
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
  checkOptions(options);
  const { threads = false, limits: { maxEventChars } = {} } = options;
  const { signal, ...requestOptions } = options.requestOptions ?? {};
  const streamOptions = { ...requestOptions, ...(maxEventChars !== undefined && { maxEventChars }) };
  const tools = request.tools && [...request.tools];
  const toRound = createRounds(tools ?? [], options);

  return defer(() => {
    const stream = threads
      ? claudeThread(client, streamOptions)
      : (next: RoundRequest) => claudeStream(client, next, streamOptions);
    const stop$ = merge(from(options.stop$ ?? EMPTY), signal == null ? EMPTY : whenAborted(client, signal));
    return of(tools === undefined ? request : { ...request, tools }).pipe(
      resumeConversation(toRound(stream), { ...options, history: options.history ?? mendingHistory(), stop$ }),
    );
  });
}

/** What turns Claude's stream into a round. */
function createRounds(
  tools: readonly ToolEntry[],
  options: ConverseOptions,
): (stream: (request: RoundRequest) => Observable<ClaudeEvent>) => Round {
  const { concurrency = 8, toolTimeout = 60_000, grace = 1_000, guard, retry = {}, breaker, limits = {} } = options;
  const { first = LONGEST_SILENCE, each = LONGEST_SILENCE, total = Infinity } = options.timeout ?? {};
  const toolOptions = { ...limits, ...(guard && { guard }), concurrency, grace, timeout: toolTimeout };
  const breakOff = timeoutGuard<RoundEvent>({ first, each, total });
  const breakCircuit = breaker === undefined ? identity : circuitBreaker<RoundEvent>(breaker);
  const accumulate = accumulateToolInput(limits);
  const validate = validateWith(tools, limits);
  const retryFailed = retryRound(retry === false ? { retries: 0 } : retry);

  return (stream) =>
    (request, _, { stopTools$ }) =>
      stream(request).pipe(
        breakOff,
        breakCircuit,
        accumulate,
        validate,
        retryFailed,
        executeTools(tools, { ...toolOptions, stop$: stopTools$, messages: request.messages }),
      );
}

/** Checks what a caller gave, in the caller's words. */
function checkOptions({
  concurrency,
  toolTimeout,
  timeout = {},
  retry,
  limits = {},
  ...options
}: ConverseOptions): void {
  checkCount('converse.concurrency', concurrency);
  checkCount('converse.maxRounds', options.maxRounds);
  checkBudget('converse.budget', options.budget ?? {}, Object.keys(NO_USAGE));
  checkFunction('converse.stopWhen', options.stopWhen);
  checkFunction('converse.guard', options.guard);
  checkGrace('converse.grace', options.grace);
  checkMilliseconds('converse.toolTimeout', toolTimeout);
  checkFunction('converse.history', options.history);
  for (const limit of ['first', 'each', 'total'] as const)
    checkMilliseconds(`converse.timeout.${limit}`, timeout[limit]);
  checkBound('converse.limits.maxInputChars', limits.maxInputChars, LONGEST_JSON);
  checkBound('converse.limits.maxInputDepth', limits.maxInputDepth, DEEPEST_JSON);
  for (const limit of ['maxEventChars', 'maxResultChars', 'maxFileChars', 'maxBufferedChars'] as const) {
    checkCount(`converse.limits.${limit}`, limits[limit]);
  }
  if (retry === undefined || retry === false) return;
  checkCount('converse.retry.retries', retry.retries, 0);
  checkFunction('converse.retry.retryWhen', retry.retryWhen);
  checkFunction('converse.retry.random', retry.random);
  for (const delay of ['minDelay', 'maxDelay', 'maxRetryAfter'] as const) {
    checkMilliseconds(`converse.retry.${delay}`, retry[delay]);
  }
}
