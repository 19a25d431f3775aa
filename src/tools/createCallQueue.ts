import type { RoundEvent, ToolCallEvent } from '../events/RoundEvent.js';
import type { ToolRegistry } from './createToolRegistry.js';

/** Calls that were started too early, and why their results are no longer needed. */
interface Unwanted {
  readonly calls: readonly ToolCallEvent[];
  readonly why: string;
}

/** Decides which calls of a reply may start, and when. */
export interface CallQueue {
  /**
   * Takes the next event of the reply.
   *
   * @param eager Whether an idempotent tool may start before its reply has ended.
   * @returns The calls that were started too early; `undefined` when there are none.
   */
  take(event: RoundEvent, eager: boolean): Unwanted | undefined;
  /** Returns the next call that may start, each once and in order; `undefined` when there is none. */
  next(): ToolCallEvent | undefined;
}

/**
 * Makes an empty queue.
 *
 * A call to an idempotent tool with a valid input may start at once. Any other waits for the `stop_reason` `tool_use`,
 * so that nothing runs for a reply that was cut or refused. Each id runs once.
 */
export function createCallQueue(registry: ToolRegistry): CallQueue {
  const seen = new Set<string>();
  /** Calls that may start. */
  let ready: ToolCallEvent[] = [];
  /** Calls whose reply has not ended yet: those that wait for its end, and those that started early. */
  let waiting: ToolCallEvent[] = [];
  let early: ToolCallEvent[] = [];
  let stopReason: string | null | undefined;

  const reset = (): void => {
    seen.clear();
    waiting = [];
    early = [];
    stopReason = undefined;
  };
  const stop = (reason: string | null | undefined): Unwanted | undefined => {
    if (reason == null) return undefined;
    stopReason = reason;
    if (reason !== 'tool_use') return drop(`the reply ended with ${JSON.stringify(reason)}`);
    ready = ready.concat(waiting);
    waiting = [];
    early = [];
    return undefined;
  };
  const drop = (why: string): Unwanted | undefined => {
    const calls = early;
    ready = ready.filter((call) => !calls.includes(call));
    waiting = [];
    early = [];
    return calls.length > 0 ? { calls, why } : undefined;
  };
  const add = (call: ToolCallEvent, eager: boolean): void => {
    if (seen.has(call.id)) return;
    seen.add(call.id);
    if (stopReason === 'tool_use') ready.push(call);
    else if (stopReason != null) return;
    else if (eager && call.input._tag === 'Right' && registry.find(call)?.idempotent === true) {
      early.push(call);
      ready.push(call);
    } else waiting.push(call);
  };

  return {
    take(event, eager) {
      switch (event.type) {
        case 'round_retry':
          ready = [];
          reset();
          return undefined;
        case 'message_start':
          reset();
          return stop(event.message.stop_reason);
        case 'message_delta':
          return stop(event.delta.stop_reason);
        case 'content_block_start':
          return event.content_block.type === 'fallback' ? drop('another model took over') : undefined;
        case 'tool_call':
          add(event, eager);
          return undefined;
        default:
          return undefined;
      }
    },
    next: () => ready.shift(),
  };
}
