import type { BetaToolUseBlock } from '@anthropic-ai/sdk/resources/beta/messages/messages';
import type { Either } from 'fp-ts/lib/Either.js';
import type { RoundEvent, ToolCallEvent, ToolInputEvent } from '../../events/RoundEvent.js';
import type { ToolInputError } from '../../events/ToolInputError.js';
import { isJsonObject } from '../../json/isJsonObject.js';
import { parseJson, type JsonLimits } from '../../json/parseJson.js';
import { createWrittenInput, type WrittenInput } from './createWrittenInput.js';
import { inputTooLarge, invalidJson, notAnObject } from './inputMessages.js';

/** Puts the inputs of Claude's calls together while they are written. */
export interface ToolInputs {
  /** Takes the next event and returns what it adds to the stream; nothing, for nearly all events. */
  take(event: RoundEvent): ToolInputEvent | ToolCallEvent | readonly ToolCallEvent[] | undefined;
}

/** A call whose input is being written. */
interface OpenCall {
  readonly index: number;
  readonly block: BetaToolUseBlock;
  /** `undefined` until the first piece. */
  written: WrittenInput | undefined;
}

/** The longest input that is taken unless told otherwise, in characters. */
export const MAX_INPUT_CHARS = 4_194_304;

/** Makes an empty state, for one subscription. */
export function createToolInputs(limits: Required<JsonLimits>): ToolInputs {
  const open = new Map<number, OpenCall>();
  const close = (call: OpenCall): ToolCallEvent => {
    open.delete(call.index);
    return toCall(call, limits);
  };

  return {
    take(event) {
      switch (event.type) {
        case 'message_start':
          open.clear();
          return (event.message.content as unknown[] | undefined)?.flatMap((block, index) =>
            wholeCall(block, index, limits),
          );
        case 'content_block_start':
          if (event.content_block.type !== 'tool_use') return undefined;
          open.set(event.index, {
            index: event.index,
            block: event.content_block,
            written: undefined,
          });
          return undefined;
        case 'content_block_delta': {
          if (event.delta.type !== 'input_json_delta') return undefined;
          const call = open.get(event.index);
          return call && addPiece(call, event.delta.partial_json, limits);
        }
        case 'content_block_stop': {
          const call = open.get(event.index);
          return call && close(call);
        }
        // The end of the message ends whatever it left open.
        case 'message_stop':
          return [...open.values()].map(close);
        default:
          return undefined;
      }
    },
  };
}

/** A reply may begin with blocks that are whole, such as a call made by code that Claude runs. */
function wholeCall(block: unknown, index: number, limits: Required<JsonLimits>): ToolCallEvent[] {
  if (!isJsonObject(block) || block['type'] !== 'tool_use') return [];
  return [toCall({ index, block: block as unknown as BetaToolUseBlock, written: undefined }, limits)];
}

function addPiece(call: OpenCall, piece: string, limits: Required<JsonLimits>): ToolInputEvent {
  call.written ??= createWrittenInput(limits);
  call.written.add(piece);
  return new ToolInput(call, call.written, piece);
}

/** A class only so that `json`, `partial` and `snapshot` are not part of what JSON and comparison see. */
class ToolInput implements ToolInputEvent {
  readonly type = 'tool_input';
  readonly id: string;
  readonly name: string;
  readonly index: number;
  readonly text: string;
  readonly #written: WrittenInput;

  constructor({ block, index }: OpenCall, written: WrittenInput, text: string) {
    this.id = block.id;
    this.name = block.name;
    this.index = index;
    this.text = text;
    this.#written = written;
  }

  get json(): string {
    return this.#written.json();
  }

  get partial(): unknown {
    return this.#written.reader().value;
  }

  snapshot(): unknown {
    return this.#written.reader().snapshot();
  }
}

function toCall({ index, block, written }: OpenCall, limits: Required<JsonLimits>): ToolCallEvent {
  const { id, name } = block;
  written?.close();
  const input = written === undefined ? fromStart(name, block.input, limits) : fromWritten(name, written, limits);
  const tool_use: BetaToolUseBlock = { ...block, input: input._tag === 'Right' ? input.right : {} };
  return { type: 'tool_call', id, name, index, input, tool_use };
}

/**
 * Without any piece of text, the input is the one that the block began with: `{}`, or already the whole of it. A copy, for
 * a tool may change its input and must not change the event, which the history is made from.
 */
function fromStart(name: string, input: unknown, limits: Required<JsonLimits>): Either<ToolInputError, unknown> {
  return fromText(name, input == null ? '' : JSON.stringify(input), limits);
}

function fromWritten(
  name: string,
  written: WrittenInput,
  limits: Required<JsonLimits>,
): Either<ToolInputError, unknown> {
  if (written.tooLong) return { _tag: 'Left', left: inputTooLarge(name, 'maxChars', limits) };
  return fromText(name, written.json(), limits);
}

function fromText(name: string, text: string, limits: Required<JsonLimits>): Either<ToolInputError, unknown> {
  if (text === '') return { _tag: 'Right', right: {} };
  const parsed = parseJson(text, limits);
  if (!parsed.ok) {
    const { limit, message } = parsed;
    return { _tag: 'Left', left: limit ? inputTooLarge(name, limit, limits) : invalidJson(name, text, message) };
  }
  if (!isJsonObject(parsed.value)) return { _tag: 'Left', left: notAnObject(name, text, parsed.value) };
  return { _tag: 'Right', right: parsed.value };
}
