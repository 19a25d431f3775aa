import type { BetaToolUseBlock } from '@anthropic-ai/sdk/resources/beta/messages/messages';
import type { Either } from 'fp-ts/lib/Either.js';
import type { RoundEvent, ToolCallEvent, ToolInputEvent } from '../../events/RoundEvent.js';
import type { ToolInputError } from '../../events/ToolInputError.js';
import { GrowingText } from '../../json/GrowingText.js';
import { isJsonObject } from '../../json/isJsonObject.js';
import { parseJson, type JsonLimits } from '../../json/parseJson.js';
import { inputTooLarge, invalidJson, notAnObject } from './inputMessages.js';

/** Assembles the inputs of Claude's calls while Claude writes them. */
export interface ToolInputs {
  /** Takes the next event and returns the events to add to the stream; for nearly all events, `undefined`. */
  take(event: RoundEvent): ToolInputEvent | ToolCallEvent | readonly ToolCallEvent[] | undefined;
}

/** A call whose input Claude is writing. */
interface OpenCall {
  readonly index: number;
  readonly block: BetaToolUseBlock;
  /** Its text so far; `undefined` before the first piece, and once it is too long. */
  text: GrowingText | undefined;
  /** The total length of its pieces; `undefined` before the first. */
  chars: number | undefined;
}

/**
 * Makes an empty state, for one subscription.
 *
 * @param round The number of the round, which the added events carry.
 */
export function createToolInputs(limits: Required<JsonLimits>, round: number): ToolInputs {
  const open = new Map<number, OpenCall>();
  const close = (call: OpenCall): ToolCallEvent => {
    open.delete(call.index);
    return toCall(call, limits, round);
  };
  /** A reply may begin with complete blocks, such as a call made by code that Claude runs. */
  const wholeCall = (block: unknown, index: number): ToolCallEvent[] => {
    if (!isJsonObject(block) || block['type'] !== 'tool_use') return [];
    return [close(openCall(index, block as unknown as BetaToolUseBlock))];
  };

  return {
    take(event) {
      switch (event.type) {
        case 'message_start':
          open.clear();
          return (event.message.content as unknown[] | undefined)?.flatMap(wholeCall);
        case 'content_block_start':
          if (event.content_block.type !== 'tool_use') return undefined;
          open.set(event.index, openCall(event.index, event.content_block));
          return undefined;
        case 'content_block_delta': {
          if (event.delta.type !== 'input_json_delta') return undefined;
          const call = open.get(event.index);
          return call && addPiece(call, event.delta.partial_json, limits, round);
        }
        case 'content_block_stop': {
          const call = open.get(event.index);
          return call && close(call);
        }
        // The end of the message ends all open blocks.
        case 'message_stop':
          return [...open.values()].map(close);
        default:
          return undefined;
      }
    },
  };
}

function openCall(index: number, block: BetaToolUseBlock): OpenCall {
  return { index, block, text: undefined, chars: undefined };
}

function addPiece(call: OpenCall, piece: string, limits: Required<JsonLimits>, round: number): ToolInputEvent {
  const { index, block } = call;
  call.chars = (call.chars ?? 0) + piece.length;
  if (call.chars > limits.maxChars) call.text = undefined;
  else (call.text ??= new GrowingText()).add(piece);
  return { type: 'tool_input', round, id: block.id, name: block.name, index, text: piece };
}

function toCall(call: OpenCall, limits: Required<JsonLimits>, round: number): ToolCallEvent {
  const { index, block } = call;
  const { id, name } = block;
  const input = readInput(call, limits);
  const tool_use: BetaToolUseBlock = { ...block, input: input._tag === 'Right' ? input.right : {} };
  return { type: 'tool_call', round, id, name, index, input, tool_use };
}

/**
 * Without any piece of text, the input is that of the block's start: `{}`, or already complete. It is copied, because a
 * tool may change its input and must not change the event from which the history is made.
 */
function readInput(
  { block: { name, input }, text, chars }: OpenCall,
  limits: Required<JsonLimits>,
): Either<ToolInputError, unknown> {
  if (chars === undefined) return fromText(name, input == null ? '' : JSON.stringify(input), limits);
  if (text === undefined) return { _tag: 'Left', left: inputTooLarge(name, 'maxChars', limits) };
  return fromText(name, text.read(), limits);
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
