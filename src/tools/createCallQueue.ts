import type { RoundEvent, ToolCallEvent } from '../events/RoundEvent.js';
import type { ToolRegistry } from './createToolRegistry.js';

/** Decides which calls of a reply may be run, and when. */
export interface CallQueue {
  /**
   * Takes the next event of the reply.
   *
   * @returns Why every call that was started so far is no longer wanted; `undefined` as long as they are.
   */
  take(event: RoundEvent): string | undefined;
  /** The next call that may start now, in the order of the calls; `undefined` when there is none. */
  next(): ToolCallEvent | undefined;
}

/**
 * Makes an empty queue.
 *
 * A call to an idempotent tool with a valid input may start at once. Any other waits for a `stop_reason` of `tool_use`,
 * so that a reply that was cut or refused runs nothing. Each id is run once.
 */
export function createCallQueue(registry: ToolRegistry): CallQueue {
  const seen = new Set<string>();
  let waiting: ToolCallEvent[] = [];
  let stopReason: string | null | undefined;

  const stop = (reason: string | null | undefined): string | undefined => {
    if (reason == null) return undefined;
    stopReason = reason;
    return reason === 'tool_use' ? undefined : drop(`the reply ended with ${JSON.stringify(reason)}`);
  };
  const drop = (reason: string): string => {
    waiting = [];
    return reason;
  };
  const mayStart = (call: ToolCallEvent): boolean => {
    if (stopReason != null) return stopReason === 'tool_use';
    return call.input._tag === 'Right' && registry.find(call)?.idempotent === true;
  };

  return {
    take(event) {
      switch (event.type) {
        case 'message_start':
          seen.clear();
          waiting = [];
          stopReason = undefined;
          return stop(event.message.stop_reason);
        case 'message_delta':
          return stop(event.delta.stop_reason);
        case 'content_block_start':
          return event.content_block.type === 'fallback' ? drop('another model took the reply over') : undefined;
        case 'tool_call':
          if (!seen.has(event.id)) waiting.push(event);
          seen.add(event.id);
          return undefined;
        default:
          return undefined;
      }
    },
    next() {
      const at = waiting.findIndex(mayStart);
      return at === -1 ? undefined : waiting.splice(at, 1)[0];
    },
  };
}
