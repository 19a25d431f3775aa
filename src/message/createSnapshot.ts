import type { ClaudeMessage } from '../events/ClaudeEvent.js';
import type { RoundEvent, ToolInputEvent } from '../events/RoundEvent.js';
import { createMessageAccumulator } from './createMessageAccumulator.js';

/** A message with the inputs of its tools as far as they are written. */
export interface Snapshot {
  /**
   * Takes the next event.
   *
   * @returns Whether the message changed.
   * @throws ProtocolError when the events cannot be those of one message.
   */
  add(event: RoundEvent): boolean;
  /** The message so far, immutable; `undefined` before `message_start`. */
  message(): ClaudeMessage | undefined;
}

/** Makes an empty snapshot. */
export function createSnapshot(): Snapshot {
  const accumulator = createMessageAccumulator();
  /** The latest event of each input that is being written, by the index of its block. */
  const open = new Map<number, ToolInputEvent>();

  return {
    add(event) {
      if (event.type === 'tool_input') open.set(event.index, event);
      else if (event.type === 'content_block_stop') open.delete(event.index);
      else if (event.type === 'message_start') open.clear();
      return accumulator.add(event) || event.type === 'tool_input';
    },
    message() {
      const message = accumulator.message();
      if (message === undefined || open.size === 0) return message;
      const inputs = new Map([...open.values()].map((event) => [event.id, event.snapshot()]));
      const content = message.content.map((block) => {
        const input = block.type === 'tool_use' ? inputs.get(block.id) : undefined;
        return input === undefined ? block : { ...block, input };
      });
      return { ...message, content } as ClaudeMessage;
    },
  };
}
