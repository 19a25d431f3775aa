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
  /** How many tools may run at the same time. A call that waits for its guard does not count. Default: 8. */
  readonly concurrency?: number;
  /** How long one tool may run, in milliseconds; a tool's own `timeout` takes precedence. Default: 60 000. */
  readonly timeout?: number;
  /** How long each guard may take to decide, in milliseconds. Then the call is refused. Default: no limit. */
  readonly approvalTimeout?: number;
  /** The most characters of a result that Claude is shown; a tool's own limit takes precedence. Default: 100 000. */
  readonly maxResultChars?: number;
  /** The most characters of the files in one result, as base64; a file beyond is left out. Default: 14 000 000. */
  readonly maxFileChars?: number;
  /** Asked for every call before the tool's own guard, with the decoded input; may take its time. Default: none. */
  readonly guard?: Guard;
  /**
   * When it emits, no further tool is started and those that run are stopped, and every call is answered. A string that
   * it emits tells Claude why. Default: never.
   */
  readonly stop$?: ObservableInput<unknown>;
  /** How long a tool may go on when it is stopped, in milliseconds; 0 for not at all. Default: 1 000. */
  readonly grace?: number;
  /** The history that tools see in their context. Default: none. */
  readonly messages?: readonly MessageParam[];
  /** Whether an idempotent tool may start before its reply has ended. Default: true. */
  readonly eager?: boolean;
  /**
   * Wraps the run of each call that its guards let through: in a durable step, a trace span, a cache. What it returns
   * takes the place of `run$`, the events of the call from `tool_start` to `tool_result`. `run$` runs the tool each time
   * that it is subscribed to. A result that was kept is told under the id of the call. When it fails, the stream does.
   * Default: none.
   */
  readonly around?: (
    call: ToolCallEvent,
    run$: Observable<ToolRunEvent>,
    context: ToolContext,
  ) => ObservableInput<ToolRunEvent>;
  /**
   * Names the run, not the chat: two runs of one chat have two ids, and a run that is played again keeps its own. With
   * `round` and the call's index it makes the `idempotencyKey` of each call, `<id>-r<round>-c<index>`. Default: a random
   * one for each subscription.
   */
  readonly id?: string;
  /** The number of the round within the run, counted from 1. Default: 1. */
  readonly round?: number;
}

/**
 * Runs the tools that Claude calls, and adds what becomes of each call: `tool_start`, `tool_progress`, `tool_result`; and
 * `approval_request` and `approval_decision` where a guard takes its time.
 *
 * ```text
 * in   -K-L-w----m|         K, L tool_call, w message_delta with stop_reason tool_use, m message_stop
 * out  -K-L-(wST)m--X--(W|)  S, T tool_start of K and L; W, X their tool_result
 * ```
 *
 * Every source event passes through, at once and in order. Results come as the tools finish; `resumeConversation` puts
 * them into the order of the calls for Claude. The stream completes when the source has and every tool is done.
 *
 * A tool that is `idempotent` starts the moment its call is complete. Any other waits until `stop_reason` is
 * `tool_use`; when the reply ends otherwise it is not run, and what was started early is stopped.
 *
 * Whatever a tool does makes a result that the API accepts: a value, a promise, an async iterable or an Observable (the
 * last value is the result, those before it are progress); an error, a timeout, a `Left` input or an unknown name
 * becomes a result with `is_error`, and so does a call that a guard refuses. One bad tool never hurts another, and none
 * fails the stream, unless it throws a {@link fatal} error.
 *
 * A guard may answer at once, with a promise, or with an Observable, whose first value is the verdict; one without a value
 * refuses. All guards are asked at once, also those of calls that will have to wait for others. A call that waits for its
guard holds up no other, and its tool's time has not begun.
 *
 * ```text
 * in     -K-w--------m|
 * guard     ----y            asked once the reply has ended with w
 * out    -K-(wA)(DSW)m|      A approval_request, D approval_decision
 * ```
 *
 * After a `round_retry`, tools that still run are stopped, and an idempotent tool that had finished is not run again when
 * the new reply makes the same call: the same tool and input, whatever the order of its keys. Where a tool that is not
 * idempotent had been started, nothing can be tried again: the stream fails with what the `round_retry` tells of its error. A tool
 * like that which still runs is stopped, and has `grace` for its result, when the source fails as well.
 *
 * Gotcha: put `validateWith` before it. An input that nobody checked is handed to the tool as Claude wrote it.
 *
 * @param tools The same list as in the request; server tools and plain definitions are passed over.
 * @param options Limits: `concurrency` 8, `timeout` 60 000 ms, `approvalTimeout` none, `maxResultChars` 100 000,
 * `maxFileChars` 14 000 000; `guard`, `around`, `eager` true, `stop$` with `grace` 1 000 ms, `messages`, `id`, `round` 1.
 * @returns An operator that forwards its source and adds the events of its tools. Unsubscribing aborts the signal of
 * every tool that runs in the same tick; what a tool does after that is ignored. Errors of the source pass through.
 * Errors with what `stop$` or `around` fails with, and with an error that a tool or a guard throws as `fatal`.
 * @throws OptionError at once when an option cannot be used.
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
