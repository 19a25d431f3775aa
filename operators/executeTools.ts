import type { MessageParam } from '@anthropic-ai/sdk/resources/messages/messages';
import { Observable, type MonoTypeOperatorFunction } from 'rxjs';
import { checkCount, checkMilliseconds } from '../src/errors/checkOption.js';
import type { RoundEvent, ToolCallEvent } from '../src/events/RoundEvent.js';
import type { ToolInputError } from '../src/events/ToolInputError.js';
import { createCallQueue } from '../src/tools/createCallQueue.js';
import { createToolRegistry } from '../src/tools/createToolRegistry.js';
import { unknownTool } from '../src/tools/input/inputMessages.js';
import type { ToolEntry } from '../src/tools/Tool.js';
import { MAX_RESULT_CHARS, toToolResult } from '../src/tools/result/toToolResult.js';
import { createToolPool } from './internal/createToolPool.js';
import { relay } from './internal/relay.js';

/** The limits of `executeTools`. */
export interface ExecuteToolsOptions {
  /** How many tools may run at the same time. Default: 8. */
  readonly concurrency?: number;
  /** How long one tool may run, in milliseconds; a tool's own `timeout` takes precedence. Default: 60 000. */
  readonly timeout?: number;
  /** The most characters of a result that Claude is shown; a tool's own limit takes precedence. Default: 100 000. */
  readonly maxResultChars?: number;
  /** The history that tools see in their context. Default: none. */
  readonly messages?: readonly MessageParam[];
}

/**
 * Runs the tools that Claude calls, and adds what becomes of each call: `tool_start`, `tool_progress`, `tool_result`.
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
 * becomes a result with `is_error`. One bad tool never hurts another, and none fails the stream.
 *
 * Gotcha: put `validateWith` before it. An input that nobody checked is handed to the tool as Claude wrote it.
 *
 * @param tools The same list as in the request; server tools and plain definitions are passed over.
 * @param options Limits: `concurrency` 8, `timeout` 60 000 ms, `maxResultChars` 100 000.
 * @returns An operator that forwards its source and adds the events of its tools. Unsubscribing aborts the signal of
 * every tool that runs; what a tool does after that is ignored. Errors of the source pass through and do the same.
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
  const { concurrency = 8, timeout = 60_000, maxResultChars = MAX_RESULT_CHARS, messages = [] } = options;
  checkCount('executeTools.concurrency', concurrency);
  checkMilliseconds('executeTools.timeout', timeout);
  checkCount('executeTools.maxResultChars', maxResultChars);
  const registry = createToolRegistry(tools);

  return (source) =>
    new Observable((subscriber) => {
      const queue = createCallQueue(registry);
      let sourceDone = false;
      let starting = false;

      const startReady = (): void => {
        if (starting) return;
        starting = true;
        while (pool.size < concurrency && !subscriber.closed) {
          const call = queue.next();
          if (call === undefined) break;
          answer(call);
        }
        starting = false;
        if (sourceDone && pool.size === 0) subscriber.complete();
      };
      const pool = createToolPool(subscriber, { timeout, maxResultChars }, messages, startReady);
      const answer = (call: ToolCallEvent): void => {
        const tool = registry.find(call);
        if (call.input._tag === 'Left') refuse(call, call.input.left);
        else if (tool === undefined) refuse(call, unknownTool(call.name, call.input.right, registry.names));
        else pool.start(call, tool, call.input.right);
      };
      const refuse = (call: ToolCallEvent, error: ToolInputError): void => {
        subscriber.next(toToolResult(call, { _tag: 'Refused', error }, 0, maxResultChars));
      };

      relay(source, subscriber, {
        next: (event) => {
          const unwanted = queue.take(event);
          subscriber.next(event);
          if (unwanted !== undefined) pool.stop(unwanted);
          startReady();
        },
        complete: () => {
          sourceDone = true;
          startReady();
        },
      });
    });
}
