import type { MessageParam } from '@anthropic-ai/sdk/resources/messages/messages';
import { from, Observable, take, type MonoTypeOperatorFunction, type ObservableInput } from 'rxjs';
import { checkCount, checkFunction, checkGrace, checkMilliseconds } from '../src/errors/checkOption.js';
import type { RoundEvent } from '../src/events/RoundEvent.js';
import { createToolRegistry } from '../src/tools/createToolRegistry.js';
import { MAX_RESULT_CHARS } from '../src/tools/result/resultContent.js';
import type { Guard, ToolEntry } from '../src/tools/Tool.js';
import { createCallRunner } from './internal/createCallRunner.js';
import { createRelay, relay } from './internal/relay.js';

/** The limits of `executeTools`. */
export interface ExecuteToolsOptions {
  /** How many tools may run at the same time. Default: 8. */
  readonly concurrency?: number;
  /** How long one tool may run, in milliseconds; a tool's own `timeout` takes precedence. Default: 60 000. */
  readonly timeout?: number;
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
 * becomes a result with `is_error`. One bad tool never hurts another, and none fails the stream. So does a call that a
 * guard refuses.
 *
 * A guard may answer at once, with a promise, or with an Observable, whose first value is the verdict; one without a value
 * refuses. While it is waited for, other tools run; the tool's time limit counts the wait.
 *
 * ```text
 * in     -K-w--------m|
 * guard     ----y            asked once the reply has ended with w
 * out    -K-(wA)(DSW)m|      A approval_request, D approval_decision
 * ```
 *
 * After a `round_retry`, tools that still run are stopped, and an idempotent tool that had finished is not run again when
 * the new reply makes the same call: the same tool and input, whatever the order of its keys. Where a tool that is not
 * idempotent had been started, nothing can be tried again: the stream fails with the error that led to the retry. A tool
 * like that which still runs is stopped, and has `grace` for its result, when the source fails as well.
 *
 * Gotcha: put `validateWith` before it. An input that nobody checked is handed to the tool as Claude wrote it.
 *
 * @param tools The same list as in the request; server tools and plain definitions are passed over.
 * @param options Limits: `concurrency` 8, `timeout` 60 000 ms, `maxResultChars` 100 000, `maxFileChars` 14 000 000;
 * `guard`, `stop$` with `grace` 1 000 ms, `messages`.
 * @returns An operator that forwards its source and adds the events of its tools. Unsubscribing aborts the signal of
 * every tool that runs in the same tick; what a tool does after that is ignored. Errors of the source pass through. Errors with what `stop$` fails with.
 * @throws OptionError at once when a limit is no usable number.
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
  const { concurrency = 8, timeout = 60_000, grace = 1_000, guard, stop$, messages = [] } = options;
  const { maxResultChars = MAX_RESULT_CHARS, maxFileChars } = options;
  checkCount('executeTools.concurrency', concurrency);
  checkMilliseconds('executeTools.timeout', timeout);
  checkCount('executeTools.maxResultChars', maxResultChars);
  checkCount('executeTools.maxFileChars', maxFileChars);
  checkGrace('executeTools.grace', grace);
  checkFunction('executeTools.guard', guard);
  const limits = { timeout, maxResultChars, ...(maxFileChars !== undefined && { maxFileChars }) };
  const runnerOptions = { registry: createToolRegistry(tools), concurrency, limits, guard, messages };

  return (source) =>
    new Observable((subscriber) => {
      const runner = createCallRunner(subscriber, runnerOptions);
      if (stop$ !== undefined) {
        const stop = (why: unknown): void => {
          runner.stop({ why: typeof why === 'string' ? why : 'the run was stopped', grace });
        };
        relay(from(stop$).pipe(take(1)), subscriber, { next: stop, complete: ignore });
      }
      const link = createRelay<RoundEvent, RoundEvent>(subscriber, {
        next: (event) => {
          // What was done cannot be taken back, so the failure that led to the retry is the end.
          if (event.type === 'round_retry' && !runner.takeBack()) {
            link.unsubscribe();
            runner.fail(event.error, grace);
            return;
          }
          const unwanted = runner.see(event);
          subscriber.next(event);
          runner.follow(unwanted);
        },
        complete: () => {
          runner.end();
        },
        error: (error) => {
          runner.fail(error, grace);
        },
      });
      if (!link.closed) source.subscribe(link);
    });
}

function ignore(): void {
  // Nobody asks the run to stop any more.
}
