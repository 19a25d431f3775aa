import type { RoundEvent, ToolCallEvent } from '../events/RoundEvent.js';
import type { ToolRegistry } from './createToolRegistry.js';

/** Calls that were started before the reply had ended, and why their results are no longer wanted. */
export interface Unwanted {
  readonly calls: readonly ToolCallEvent[];
  readonly reason: string;
}

/** Decides which calls of a reply may be run, and when. */
export interface CallQueue {
  /**
   * Takes the next event of the reply.
   *
   * @returns The calls that were started too early; `undefined` when there are none.
   */
  take(event: RoundEvent): Unwanted | undefined;
  /**
   * The next call that may start now, in the order of the calls; `undefined` when there is none.
   *
   * @param early Whether it may start before its reply has ended, if its tool is idempotent.
   */
  next(early: boolean): ToolCallEvent | undefined;
}

/**
 * Makes an empty queue.
 *
 * A call to an idempotent tool with a valid input may start at once. Any other waits for a `stop_reason` of `tool_use`,
 * so that a reply that was cut or refused runs nothing. Each id is run once.
 */
export function createCallQueue(registry: ToolRegistry): CallQueue {
  const seen = new Set<string>();
  /** Calls that may start. */
  let ready: ToolCallEvent[] = [];
  /** Calls whose reply has not ended yet. */
  let waiting: ToolCallEvent[] = [];
  /** Calls that were let go before their reply had ended. */
  let begun: ToolCallEvent[] = [];
  let stopReason: string | null | undefined;

  const reset = (): void => {
    seen.clear();
    waiting = [];
    begun = [];
    stopReason = undefined;
  };
  const stop = (reason: string | null | undefined): Unwanted | undefined => {
    if (reason == null) return undefined;
    stopReason = reason;
    if (reason !== 'tool_use') return drop(`the reply ended with ${JSON.stringify(reason)}`);
    ready.push(...waiting);
    waiting = [];
    begun = [];
    return undefined;
  };
  const drop = (reason: string): Unwanted => {
    const calls = begun;
    waiting = [];
    begun = [];
    return { calls, reason };
  };
  const add = (call: ToolCallEvent): void => {
    if (seen.has(call.id)) return;
    seen.add(call.id);
    if (stopReason === 'tool_use') ready.push(call);
    else if (stopReason == null) waiting.push(call);
  };
  const isIdempotent = (call: ToolCallEvent): boolean =>
    call.input._tag === 'Right' && registry.find(call)?.idempotent === true;

  return {
    take(event) {
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
          return event.content_block.type === 'fallback' ? drop('another model took the reply over') : undefined;
        case 'tool_call':
          add(event);
          return undefined;
        default:
          return undefined;
      }
    },
    next(early) {
      if (ready.length > 0) return ready.shift();
      if (!early) return undefined;
      const at = waiting.findIndex(isIdempotent);
      if (at === -1) return undefined;
      const [call] = waiting.splice(at, 1);
      if (call !== undefined) begun.push(call);
      return call;
    },
  };
}
