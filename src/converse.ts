import { EMPTY, from, identity, merge, of, tap, type Observable } from 'rxjs';
import { accumulateToolInput, type AccumulateToolInputOptions } from '../operators/accumulateToolInput.js';
import { circuitBreaker } from '../operators/circuitBreaker.js';
import type { Breaker } from '../operators/createBreaker.js';
import { executeTools, type ExecuteToolsOptions } from '../operators/executeTools.js';
import { resumeConversation, type ResumeConversationOptions, type Round } from '../operators/resumeConversation.js';
import { retryRound, type RetryPolicy } from '../operators/retryRound.js';
import { timeoutGuard, type TimeoutGuardOptions } from '../operators/timeoutGuard.js';
import { validateWith, type ValidateWithOptions } from '../operators/validateWith.js';
import { checkCount } from './errors/checkOption.js';
import type { RoundEvent } from './events/RoundEvent.js';
import { mendingHistory } from './history/mendingHistory.js';
import { isRetryable } from './retry/isRetryable.js';
import type { ClaudeRequest } from './tools/ClaudeRequest.js';
import { isTool } from './tools/isTool.js';
import type { ToolEntry } from './tools/Tool.js';
import type { ClaudeStreamOptions } from './transport/ClaudeClient.js';
import { toRoundSource, type RoundSource, type Source } from './transport/Source.js';
import { whenAborted } from './transport/abort.js';

/** The options of `executeTools` that a conversation does not set itself. */
type ToolOptions = Omit<ExecuteToolsOptions, 'stop$' | 'grace' | 'messages' | 'id' | 'round'>;

/** The options of `converse`: those of `resumeConversation`, and those of each operator in a round. */
export interface ConverseOptions extends ResumeConversationOptions {
  /** How tools run, for `executeTools`: `concurrency`, `timeout`, `guard`, the limits of a result. */
  readonly tools?: ToolOptions;
  /**
   * How long Claude may be silent in a round, for `timeoutGuard`, in milliseconds: until the first event (`first`, default
   * 120 000, the SDK's own retries included), between two events (`each`, default 120 000; a `ping` counts), and how long
   * its reply may take (`total`, default no limit). The time that tools take does not count.
   */
  readonly timeout?: TimeoutGuardOptions;
  /** When a failed round is sent again, even in mid-reply, for `retryRound`. `false`: never. Default: 2 retries. */
  readonly retry?: Omit<RetryPolicy, 'round'> | false;
  /** A circuit breaker, shared by all conversations with the same API. Default: none. */
  readonly breaker?: Breaker;
  /** The limits of a tool's input, for `accumulateToolInput` and `validateWith`. */
  readonly input?: AccumulateToolInputOptions & ValidateWithOptions;
  /**
   * For `claudeStream`: `maxEventChars`, and the SDK's options for each request, such as `headers` or `maxRetries`.
   * When its `signal` is aborted, the conversation fails; `stop$` ends it without an error. When the source is a
   * function, only the `signal` applies.
   */
  readonly stream?: Omit<ClaudeStreamOptions, 'round'>;
}

/** In milliseconds. Generous, because hidden thinking and buffered tool input are silent but for a rare `ping`. */
const LONGEST_SILENCE = 120_000;

/**
 * Runs a conversation with Claude: streams its replies, runs the tools that it calls, and continues round after round
 * until Claude is done.
 *
 * ```text
 * out  Bs-K-w-m-W-(EB)s-t-w-m-(EC|)   B round_start, s message_start, K tool_call, W tool_result, t text,
 *                                     E round_end, C conversation_end
 * ```
 *
 * It is the standard pipeline in one call: `claudeStream`, `timeoutGuard`, `accumulateToolInput`, `validateWith`,
 * `retryRound` and `executeTools` make a round; `resumeConversation` repeats it. It is cold: each subscription is a new
 * conversation. Unsubscribing stops everything in the same tick: the request, the wait for a retry, and every running
 * tool. To end with a history, use `stop$`.
 *
 * To limit the whole conversation, use `deadline: { total: 60_000, wrapUp: 5_000 }`.
 *
 * @param source Anything with the SDK's `messages.create` (`client.beta` for the beta events), or a function from a
 * round's request and `{ id, round }` to Claude's events, such as {@link claudeThread} makes. Of rxclaude's own events,
 * it may emit `response` and `round_retry`; any other is a `ProtocolError`.
 * @param request The SDK's create params without `stream`; its `tools` are offered to Claude and run here.
 * @param options Those of `resumeConversation` (`maxRounds`, `stopWhen`, `budget`, `stop$`, `grace`, `deadline`, and
 * `history`, which is `mendingHistory()` here), and those of the operators under their names: `tools`, `timeout`, `retry`, `breaker`, `input`, `stream`.
 * @returns All events of all rounds. The last one, even before an error, is `conversation_end`, with the reason, the
 * complete `messages`, the usage and the number of rounds.
 * Errors as `claudeStream`, `timeoutGuard`, `circuitBreaker` and `resumeConversation` do.
 * @throws OptionError, ToolDefinitionError at once when an option or a tool is invalid.
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
  source: Source,
  request: ClaudeRequest,
  options: ConverseOptions = {},
): Observable<RoundEvent> {
  const { signal, ...streamOptions } = options.stream ?? {};
  checkCount('claudeStream.maxEventChars', streamOptions.maxEventChars);
  const tools = request.tools && [...request.tools];
  const stream = toRoundSource(source, streamOptions);
  const toRound = createRounds(tools ?? [], options);
  const whole = tools === undefined ? request : { ...request, tools };
  const stop$ = merge(from(options.stop$ ?? EMPTY), signal == null ? EMPTY : whenAborted(source, signal));
  const history = options.history ?? mendingHistory();
  return of(whole).pipe(resumeConversation(toRound(stream), { ...options, history, stop$ }));
}

/**
 * Makes the operators that turn Claude's stream into a round. They check their options here, before anything is sent.
 */
function createRounds(
  tools: readonly ToolEntry[],
  { timeout = {}, retry = {}, breaker, input, grace, ...options }: ConverseOptions,
): (stream: RoundSource) => Round {
  const { first = LONGEST_SILENCE, each = LONGEST_SILENCE, total = Infinity } = timeout;
  const breakOff = timeoutGuard<RoundEvent>({ first, each, total });
  const breakCircuit = breaker === undefined ? identity : circuitBreaker<RoundEvent>(breaker);
  const validate = validateWith(tools, input);
  const policy: RetryPolicy = retry === false ? { retries: 0 } : retry;
  const toolOptions = { ...options.tools, ...(grace !== undefined && { grace }) };
  accumulateToolInput(input);
  retryRound(policy);
  executeTools(tools, toolOptions);

  const idempotent = new Set(tools.flatMap((tool) => (isTool(tool) && tool.idempotent ? [tool.name] : [])));
  const { retryWhen = isRetryable } = policy;

  return (stream) =>
    (request, { id, round, stopTools$ }) => {
      /** Whether a tool that must not run twice has started: then the conversation fails with the error itself. */
      let committed = false;
      return stream(request, { id, round }).pipe(
        breakOff,
        breakCircuit,
        accumulateToolInput({ ...input, round }),
        validate,
        retryRound({ ...policy, round, retryWhen: (error, attempt) => !committed && retryWhen(error, attempt) }),
        executeTools(tools, { ...toolOptions, stop$: stopTools$, messages: request.messages, id, round }),
        tap((event) => {
          if (event.type === 'tool_start') committed ||= !idempotent.has(event.name);
        }),
      );
    };
}
