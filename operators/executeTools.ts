import type { MessageParam } from '@anthropic-ai/sdk/resources/messages/messages';
import type { MonoTypeOperatorFunction, Observable, ObservableInput } from 'rxjs';
import { checkCount, checkFunction, checkGrace, checkMilliseconds, checkText } from '../src/errors/checkOption.js';
import type { RoundEvent, ToolCallEvent, ToolRunEvent } from '../src/events/RoundEvent.js';
import { createToolRegistry } from '../src/tools/createToolRegistry.js';
import { MAX_FILE_CHARS, MAX_RESULT_CHARS } from '../src/tools/result/resultContent.js';
import type { Guard, ToolContext, ToolEntry } from '../src/tools/Tool.js';
import { runCalls } from './internal/tools/runner.js';

/** How `executeTools` runs tools. */
export interface ExecuteToolsOptions {
  /** How many tools may run at the same time. Calls that wait for a guard do not count. Default: 8. */
  readonly concurrency?: number;
  /** How long one tool may run, in milliseconds; a tool's own `timeout` takes precedence. Default: 60 000. */
  readonly timeout?: number;
  /** How long each guard may take to decide, in milliseconds; after that the call is refused. Default: no limit. */
  readonly approvalTimeout?: number;
  /** The most characters of a result that Claude is shown; a tool's own limit takes precedence. Default: 100 000. */
  readonly maxResultChars?: number;
  /** The most characters of the files in one result, as base64; files beyond it are left out. Default: 14 000 000. */
  readonly maxFileChars?: number;
  /** Asked about every call before the tool's own guard, with the decoded input; may answer later. Default: none. */
  readonly guard?: Guard;
  /**
   * When it emits, no further tool starts, running ones are stopped, and every call gets a result. A string that it
   * emits tells Claude why. Default: never.
   */
  readonly stop$?: ObservableInput<unknown>;
  /** How long a stopped tool may keep running, in milliseconds; 0 for not at all. Default: 1 000. */
  readonly grace?: number;
  /** The history in the context of tools. Default: empty. */
  readonly messages?: readonly MessageParam[];
  /** Whether an idempotent tool may start before its reply has ended. Default: true. */
  readonly eager?: boolean;
  /**
   * Wraps the run of each call that its guards let through: in a durable step, a trace span, a cache. What it returns
   * replaces `run$`, the events of the call from `tool_start` to `tool_result`. `run$` runs the tool at each
   * subscription. A stored result is emitted with the id of this call. If it fails, so does the stream. Default: none.
   */
  readonly around?: (
    call: ToolCallEvent,
    run$: Observable<ToolRunEvent>,
    context: ToolContext,
  ) => ObservableInput<ToolRunEvent>;
  /**
   * Names the run, not the chat: two runs of one chat have two ids, and a replayed run keeps its own. With `round` and
   * the call's index it forms the `idempotencyKey` of each call, `<id>-r<round>-c<index>`. Default: a random one for
   * each subscription.
   */
  readonly id?: string;
  /** The number of the round within the run, counted from 1. Default: 1. */
  readonly round?: number;
}

/**
 * Runs the tools that Claude calls, and adds the events of each call: `tool_start`, `tool_progress`, `tool_result`; and
 * `approval_request` and `approval_decision` when a guard does not answer at once.
 *
 * ```text
 * in   -K-L-w----m|         K, L tool_call, w message_delta with stop_reason tool_use, m message_stop
 * out  -K-L-(wST)m--X--(W|)  S, T tool_start of K and L; W, X their tool_result
 * ```
 *
 * Every source event passes through, at once and in order. Results come as the tools finish; `resumeConversation` sends
 * them to Claude in the order of the calls. The stream completes when the source has completed and every tool is done.
 *
 * An `idempotent` tool starts as soon as its call is complete. Any other waits until `stop_reason` is `tool_use`; when
 * the reply ends otherwise, it does not run, and tools that started early are stopped.
 *
 * Whatever a tool returns becomes a result that the API accepts: a value, a promise, an async iterable or an Observable
 * (the last value is the result, those before it are progress). An error, a timeout, a `Left` input, an unknown name or
 * a call that a guard refuses becomes a result with `is_error`. A tool that fails affects no other, and none fails the
 * stream, unless it throws a {@link fatal} error.
 *
 * A guard may answer at once, with a promise, or with an Observable, whose first value is the verdict; one without a
 * value refuses. The guards of all calls are asked at once, even when the calls must wait for a place. A call that
 * waits for its guard delays no other, and its tool's time has not begun.
 *
 * ```text
 * in     -K-w--------m|
 * guard     ----y            asked once the reply has ended with w
 * out    -K-(wA)(DSW)m|      A approval_request, D approval_decision
 * ```
 *
 * After a `round_retry`, running tools are stopped, and an idempotent tool that had finished does not run again when
 * the new reply makes the same call: the same tool and input, with its keys in any order. If a tool that is not
 * idempotent had started, nothing can be retried: the stream fails with the error that the `round_retry` reports. Then,
 * and when the source fails, such a tool that still runs is stopped and has `grace` for its result.
 *
 * Gotcha: put `validateWith` before it. Otherwise the tool gets the input unchecked, as Claude wrote it.
 *
 * @param tools The same list as in the request; server tools and plain definitions are ignored.
 * @param options Limits: `concurrency` 8, `timeout` 60 000 ms, `approvalTimeout` none, `maxResultChars` 100 000,
 * `maxFileChars` 14 000 000; `guard`, `around`, `eager` true, `stop$` with `grace` 1 000 ms, `messages`, `id`, `round` 1.
 * @returns An operator that forwards its source and adds the events of its tools. Unsubscribing aborts the signal of
 * every running tool in the same tick; anything a tool does after that is ignored. Errors of the source pass through.
 * Errors with what `stop$` or `around` fails with, and with an error that a tool or a guard throws as `fatal`.
 * @throws OptionError at once when an option is invalid.
 * @throws ToolDefinitionError at once when two tools have the same name.
 * @example
 * ```ts
 * import { accumulateToolInput, claudeStream, executeTools, validateWith } from 'rxclaude';
 * import type { ClaudeClient, ClaudeRequest, Tool } from 'rxclaude';
 *
 * declare const client: ClaudeClient;
 * declare const request: ClaudeRequest;
 * declare const tools: Tool[];
 *
 * claudeStream(client, { ...request, tools })
 *   .pipe(accumulateToolInput(), validateWith(tools), executeTools(tools, { concurrency: 4 }))
 *   .subscribe((event) => console.log(event.type));
 * ```
 * @see {@link resumeConversation}
 */
export function executeTools(
  tools: readonly ToolEntry[],
  options: ExecuteToolsOptions = {},
): MonoTypeOperatorFunction<RoundEvent> {
  const {
    concurrency = 8,
    timeout = 60_000,
    approvalTimeout = Infinity,
    maxResultChars = MAX_RESULT_CHARS,
    maxFileChars = MAX_FILE_CHARS,
    guard,
    stop$,
    grace = 1_000,
    messages = [],
    eager = true,
    around,
    id,
    round = 1,
  } = options;
  checkCount('executeTools.concurrency', concurrency);
  checkMilliseconds('executeTools.timeout', timeout);
  checkMilliseconds('executeTools.approvalTimeout', approvalTimeout);
  checkCount('executeTools.maxResultChars', maxResultChars);
  checkCount('executeTools.maxFileChars', maxFileChars);
  checkGrace('executeTools.grace', grace);
  checkFunction('executeTools.guard', guard);
  checkFunction('executeTools.around', around);
  checkText('executeTools.id', id);
  checkCount('executeTools.round', round);
  const registry = createToolRegistry(tools);
  const limits = { timeout, approvalTimeout, maxResultChars, maxFileChars };
  return runCalls({ registry, concurrency, limits, eager, guard, around, stop$, grace, messages, id, round });
}
