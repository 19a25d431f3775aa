import type { ClaudeMessage } from '../events/ClaudeEvent.js';
import type { RoundEvent, ToolInputEvent } from '../events/RoundEvent.js';
import { isJsonObject } from '../json/isJsonObject.js';
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

/** A block as it was shown, and what it was made of. */
interface Shown {
  readonly block: ClaudeMessage['content'][number];
  readonly input: unknown;
  readonly shown: ClaudeMessage['content'][number];
}

/** Makes an empty snapshot. */
export function createSnapshot(): Snapshot {
  const accumulator = createMessageAccumulator();
  /** The latest event of each input that is being written, by the index of its block. */
  const open = new Map<number, ToolInputEvent>();
  const lately = new Map<number, Shown>();

  const forget = (): void => {
    open.clear();
    lately.clear();
  };
  const show = (block: Shown['block'], index: number): Shown['block'] => {
    const event = open.get(index);
    const input = block.type === 'tool_use' && event?.id === block.id ? event.snapshot() : undefined;
    if (!isJsonObject(input)) return block;
    const last = lately.get(index);
    if (last?.block === block && last.input === input) return last.shown;
    const shown = { ...block, input } as Shown['block'];
    lately.set(index, { block, input, shown });
    return shown;
  };

  return {
    add(event) {
      if (event.type === 'tool_input') open.set(event.index, event);
      else if (event.type === 'content_block_stop') open.delete(event.index);
      else if (endsInputs(event)) forget();
      return accumulator.add(event) || event.type === 'tool_input';
    },
    message() {
      const message = accumulator.message();
      if (message === undefined || open.size === 0) return message;
      return { ...message, content: message.content.map(show) } as ClaudeMessage;
    },
  };
}

function endsInputs({ type }: RoundEvent): boolean {
  return type === 'message_start' || type === 'message_stop' || type === 'round_retry';
}
