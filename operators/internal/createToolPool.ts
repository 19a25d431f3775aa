import type { MessageParam } from '@anthropic-ai/sdk/resources/messages/messages';
import { asyncScheduler, finalize, Subscription, takeUntil, type Subscriber } from 'rxjs';
import type { RoundEvent, ToolCallEvent } from '../../src/events/RoundEvent.js';
import type { Unwanted } from '../../src/tools/createCallQueue.js';
import { toToolResult } from '../../src/tools/result/toToolResult.js';
import type { RunnableTool } from '../../src/tools/Tool.js';
import { runTool, type ToolLimits } from './runTool.js';
import { whenUnsubscribed } from './whenUnsubscribed.js';

/** The tools that run at present, and what they tell. */
export interface ToolPool {
  /** How many tools run. */
  readonly size: number;
  start(call: ToolCallEvent, tool: RunnableTool, input: unknown): void;
  /** Stops those among the calls that still run, and answers them. */
  stop(unwanted: Unwanted): void;
}

/** A tool that runs. */
interface Run {
  readonly subscription: Subscription;
  readonly startedAt: number;
}

/**
 * Makes an empty pool. Its events go to the subscriber, and whatever runs is stopped with it.
 *
 * @param limits For tools that have none of their own.
 * @param onFree Called when a tool is done and has let go of all that it holds.
 */
export function createToolPool(
  subscriber: Subscriber<RoundEvent>,
  limits: ToolLimits,
  messages: readonly MessageParam[],
  onFree: () => void,
): ToolPool {
  const running = new Map<ToolCallEvent, Run>();

  const stopOne = (call: ToolCallEvent, { subscription, startedAt }: Run, reason: string): void => {
    running.delete(call);
    subscription.unsubscribe();
    const error = new Error(`Stopped, because ${reason}.`);
    const duration = asyncScheduler.now() - startedAt;
    subscriber.next(toToolResult(call, { _tag: 'Threw', error }, duration, limits.maxResultChars));
  };

  return {
    get size() {
      return running.size;
    },
    start(call, tool, input) {
      const { id, name, index } = call;
      const subscription = new Subscription();
      running.set(call, { subscription, startedAt: asyncScheduler.now() });
      subscriber.add(subscription);
      subscriber.next({ type: 'tool_start', id, name, index });
      const { timeout = limits.timeout, maxResultChars = limits.maxResultChars } = tool;
      runTool(tool, input, { call, messages }, { timeout, maxResultChars })
        .pipe(
          takeUntil(whenUnsubscribed(subscription)),
          finalize(() => {
            subscription.unsubscribe();
            if (running.delete(call)) onFree();
          }),
        )
        .subscribe({
          next: (event) => {
            subscriber.next(event);
          },
          error: (error: unknown) => {
            subscriber.error(error);
          },
        });
    },
    stop({ calls, reason }) {
      for (const call of calls) {
        const run = running.get(call);
        if (run !== undefined) stopOne(call, run, reason);
      }
    },
  };
}
