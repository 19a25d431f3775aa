import type { BetaToolUseBlock } from '@anthropic-ai/sdk/resources/beta/messages/messages';
import type { Either } from 'fp-ts/lib/Either.js';
import type { RoundEvent, ToolCallEvent, ToolInputEvent } from '../../events/RoundEvent.js';
import type { ToolInputError } from '../../events/ToolInputError.js';
import { isJsonObject } from '../../json/isJsonObject.js';
import { parseJson } from '../../json/parseJson.js';
import { createWrittenInput, type WrittenInput } from './createWrittenInput.js';
import { invalidJson, notAnObject } from './inputMessages.js';

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

/** Makes an empty state, for one subscription. */
export function createToolInputs(): ToolInputs {
  const open = new Map<number, OpenCall>();
  const close = (call: OpenCall): ToolCallEvent => {
    open.delete(call.index);
    return toCall(call);
  };

  return {
    take(event) {
      switch (event.type) {
        case 'message_start':
          open.clear();
          return (event.message.content as unknown[] | undefined)?.flatMap(wholeCall);
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
          return call && addPiece(call, event.delta.partial_json);
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
function wholeCall(block: unknown, index: number): ToolCallEvent[] {
  if (!isJsonObject(block) || block['type'] !== 'tool_use') return [];
  return [toCall({ index, block: block as unknown as BetaToolUseBlock, written: undefined })];
}

function addPiece(call: OpenCall, piece: string): ToolInputEvent {
  call.written ??= createWrittenInput();
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

function toCall({ index, block, written }: OpenCall): ToolCallEvent {
  const { id, name } = block;
  written?.close();
  const input = written === undefined ? fromStart(name, block.input) : fromText(name, written.json());
  const tool_use: BetaToolUseBlock = { ...block, input: input._tag === 'Right' ? input.right : {} };
  return { type: 'tool_call', id, name, index, input, tool_use };
}

/**
 * Without any piece of text, the input is the one that the block began with: `{}`, or already the whole of it. A copy, for
 * a tool may change its input and must not change the event, which the history is made from.
 */
function fromStart(name: string, input: unknown): Either<ToolInputError, unknown> {
  return fromText(name, input == null ? '' : JSON.stringify(input));
}

function fromText(name: string, text: string): Either<ToolInputError, unknown> {
  if (text === '') return { _tag: 'Right', right: {} };
  const parsed = parseJson(text);
  if (!parsed.ok) return { _tag: 'Left', left: invalidJson(name, text, parsed.message) };
  if (!isJsonObject(parsed.value)) return { _tag: 'Left', left: notAnObject(name, text, parsed.value) };
  return { _tag: 'Right', right: parsed.value };
}
