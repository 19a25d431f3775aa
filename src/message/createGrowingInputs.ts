import type { RoundEvent } from '../events/RoundEvent.js';
import { createJsonReader, type JsonReader } from '../json/createJsonReader.js';
import type { JsonLimits } from '../json/parseJson.js';

/** The inputs that are being written, read from the pieces in `tool_input`. */
export interface GrowingInputs {
  /** Takes the next event. Returns the input that it went on with. */
  add(event: RoundEvent): JsonReader | undefined;
  /** The input of the call with that id in the block with that index; `undefined` when it is not being written. */
  find(index: number, id: string): JsonReader | undefined;
  /** Whether no input is being written. */
  readonly empty: boolean;
}

/** An input that is being written. */
interface Open {
  readonly round: number;
  readonly id: string;
  readonly reader: JsonReader;
}

/**
 * Makes an empty list of inputs.
 *
 * @param limits Beyond them, an input is not read on.
 */
export function createGrowingInputs(limits: JsonLimits = {}): GrowingInputs {
  /** By the index of the block. */
  const open = new Map<number, Open>();

  return {
    add(event) {
      switch (event.type) {
        case 'tool_input': {
          const { round, id, index, text } = event;
          let input = open.get(index);
          if (input?.id !== id || input.round !== round) {
            input = { round, id, reader: createJsonReader(limits) };
            open.set(index, input);
          }
          input.reader.write(text);
          return input.reader;
        }
        case 'content_block_stop':
        case 'tool_call':
          open.delete(event.index);
          return undefined;
        case 'message_start':
        case 'message_stop':
        case 'round_retry':
          open.clear();
          return undefined;
        default:
          return undefined;
      }
    },
    find(index, id) {
      const input = open.get(index);
      return input?.id === id ? input.reader : undefined;
    },
    get empty() {
      return open.size === 0;
    },
  };
}
