import type { RoundEvent } from '../events/RoundEvent.js';
import { createJsonReader, type JsonReader } from '../json/createJsonReader.js';
import type { JsonLimits } from '../json/parseJson.js';

/** The input of one call while Claude writes it. */
interface OpenInput {
  readonly round: number;
  /** The id of the call. */
  readonly id: string;
  readonly reader: JsonReader;
}

/** The inputs that Claude is writing, read from the pieces in `tool_input`. */
export interface GrowingInputs {
  /** Takes the next event. Returns the input that it extended, if any. */
  take(event: RoundEvent): OpenInput | undefined;
  /** By the index of the block. */
  readonly open: ReadonlyMap<number, OpenInput>;
}

/**
 * Makes an empty list of inputs.
 *
 * @param limits Beyond them, an input is not read any further.
 */
export function createGrowingInputs(limits?: JsonLimits): GrowingInputs {
  const open = new Map<number, OpenInput>();

  return {
    take(event) {
      switch (event.type) {
        case 'tool_input': {
          const { round, id, index, text } = event;
          let input = open.get(index);
          if (input?.id !== id || input.round !== round) {
            input = { round, id, reader: createJsonReader(limits) };
            open.set(index, input);
          }
          input.reader.write(text);
          return input;
        }
        case 'content_block_stop':
        case 'tool_call':
          open.delete(event.index);
          break;
        case 'message_start':
        case 'message_stop':
        case 'round_retry':
          open.clear();
          break;
        default:
      }
      return undefined;
    },
    open,
  };
}
