import type { MessageParam } from '@anthropic-ai/sdk/resources/messages/messages';
import type { Subscriber } from 'rxjs';
import type { RoundEvent, ToolCallEvent } from '../../src/events/RoundEvent.js';
import { createCallLedger } from '../../src/tools/createCallLedger.js';
import { createCallQueue, type Unwanted } from '../../src/tools/createCallQueue.js';
import type { ToolRegistry } from '../../src/tools/createToolRegistry.js';
import { unknownTool } from '../../src/tools/input/inputMessages.js';
import { toToolResult, type ToolOutcome } from '../../src/tools/result/toToolResult.js';
import { toolStopped } from '../../src/tools/toolStopped.js';
import type { Guard, RunnableTool } from '../../src/tools/Tool.js';
import { createToolPool } from './createToolPool.js';
import type { StopRequest, ToolLimits } from './runTool.js';

/** What `executeTools` was given, with its defaults. */
export interface CallRunnerOptions {
  readonly registry: ToolRegistry;
  readonly concurrency: number;
  readonly limits: ToolLimits;
  readonly guard: Guard | undefined;
  readonly messages: readonly MessageParam[];
}

/** Runs the calls of one reply, and of the replies that take its place. */
export interface CallRunner {
  /** Looks at an event before it is passed on; what it returns is for `follow`. */
  see(event: RoundEvent): Unwanted | undefined;
  /** Does what the event asks for, once it is passed on. */
  follow(unwanted: Unwanted | undefined): void;
  /** Starts no further tool, stops those that run and answers every call. */
  stop(request: StopRequest): void;
  /**
   * Forgets the reply, but not what its idempotent tools have found.
   *
   * @returns Whether that can be: not when a tool has been started that must not run twice.
   */
  takeBack(): boolean;
  /** The reply is over: what runs is waited for. */
  end(): void;
  /**
   * The reply has failed. A tool that must not run twice has the time of grace for a result, for it cannot be asked again;
   * then the subscriber gets the error.
   */
  fail(error: unknown, grace: number): void;
}

const BROKEN_OFF = 'the reply broke off';

/** Makes a runner that tells the subscriber what becomes of each call, and completes it behind the last one. */
export function createCallRunner(subscriber: Subscriber<RoundEvent>, options: CallRunnerOptions): CallRunner {
  const { registry, concurrency, limits, guard, messages } = options;
  const queue = createCallQueue(registry);
  const ledger = createCallLedger();
  let ended = false;
  let failure: { readonly error: unknown } | undefined;
  let starting = false;
  /** Why nothing is started any more. */
  let stopped: string | undefined;
  /** Whether a tool has been started that must not run twice. */
  let committed = false;

  const startReady = (): void => {
    if (starting) return;
    starting = true;
    while ((stopped !== undefined || pool.size < concurrency) && !subscriber.closed) {
      const call = queue.next(stopped === undefined);
      if (call === undefined) break;
      answer(call);
    }
    starting = false;
    if (!ended || pool.size > 0) return;
    if (failure === undefined) subscriber.complete();
    else subscriber.error(failure.error);
  };
  const pool = createToolPool({
    event(event, { call, tool }) {
      if (event.type === 'tool_start') committed ||= !tool.idempotent;
      else if (event.type === 'tool_result' && tool.idempotent && event.error === undefined) ledger.keep(call, event);
      subscriber.next(event);
    },
    free: startReady,
    error: (error) => {
      subscriber.error(error);
    },
  });
  subscriber.add(() => {
    pool.abandon();
  });

  const settle = (call: ToolCallEvent, outcome: ToolOutcome): void => {
    subscriber.next(toToolResult(call, outcome, 0, limits));
  };
  const answer = (call: ToolCallEvent): void => {
    const tool = registry.find(call);
    const { input, name } = call;
    if (input._tag === 'Left') settle(call, { _tag: 'Refused', error: input.left });
    else if (tool === undefined) {
      settle(call, { _tag: 'Refused', error: unknownTool(name, input.right, registry.names) });
    } else if (stopped !== undefined) settle(call, { _tag: 'Refused', error: toolStopped(false, stopped) });
    else start(call, tool, input.right);
  };
  const start = (call: ToolCallEvent, tool: RunnableTool, input: unknown): void => {
    ledger.add(call);
    const earlier = tool.idempotent ? ledger.earlierResult(call) : undefined;
    if (earlier !== undefined) settle(call, { _tag: 'Returned', output: earlier.output });
    else pool.start({ call, tool, input, guard, context: contextFor(call), limits: limitsFor(tool, limits) });
  };
  const contextFor = (call: ToolCallEvent) => (signal: AbortSignal) => ({
    call,
    signal,
    messages,
    get idempotencyKey() {
      return ledger.keyOf(call);
    },
  });

  return {
    see: (event) => queue.take(event),
    follow(unwanted) {
      if (unwanted !== undefined) pool.stop(unwanted);
      startReady();
    },
    stop(request) {
      stopped = request.why;
      pool.stopAll(request);
      startReady();
    },
    takeBack() {
      if (committed) return false;
      pool.abandon();
      ledger.retry();
      return true;
    },
    end() {
      ended = true;
      startReady();
    },
    fail(error, grace) {
      ended = true;
      failure = { error };
      stopped = BROKEN_OFF;
      if (committed && pool.size > 0) pool.stopAll({ why: BROKEN_OFF, grace });
      else subscriber.error(error);
    },
  };
}

/** The limits of a tool: its own, where it has some. */
function limitsFor(tool: RunnableTool, limits: ToolLimits): ToolLimits {
  const { timeout = limits.timeout, maxResultChars = limits.maxResultChars } = tool;
  return { ...limits, timeout, maxResultChars };
}
