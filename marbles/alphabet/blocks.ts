import type { ClaudeEvent } from '../../src/events/ClaudeEvent.js';
import {
  type AnyBlock,
  blockStart,
  blockStop,
  delta,
  type EventOf,
  inputDelta,
  text,
  textStart,
  toolUseStart,
} from './claudeEvents.js';

/** The events of one block, in order; and each by its part, for diagrams that spread them. */
export interface BlockEvents extends ReadonlyArray<ClaudeEvent> {
  readonly start: EventOf<'content_block_start'>;
  readonly pieces: readonly EventOf<'content_block_delta'>[];
  readonly stop: EventOf<'content_block_stop'>;
}

/** A block of text, in as many pieces as are given. */
export function textBlock(...pieces: readonly string[]): BlockEvents {
  return block(
    textStart(),
    pieces.map((piece) => text(piece)),
  );
}

/**
 * A call to a tool: start, pieces of the input, stop.
 *
 * @param input The input; or a string, which is its JSON text as it is, broken or not.
 * @param pieces How many pieces the text comes in. Default: 1.
 */
export function toolUse(id: string, name: string, input: unknown = {}, pieces = 1): BlockEvents {
  return block(toolUseStart(id, name), inputPieces(input, pieces));
}

/** Thinking, in one piece, with the signature behind it. */
export function thinking(thought: string, signature = 'signature'): BlockEvents {
  return block(blockStart({ type: 'thinking', thinking: '', signature: '' }), [
    delta({ type: 'thinking_delta', thinking: thought }),
    delta({ type: 'signature_delta', signature }),
  ]);
}

/** A call to a tool that the API runs itself, such as `web_search`. Its result is a block of its own. */
export function serverTool(id: string, name: string, input: unknown = {}): BlockEvents {
  return block(blockStart({ type: 'server_tool_use', id, name, input: {} }), inputPieces(input, 1));
}

/** What a tool of the API has found, such as a block of type `web_search_tool_result`. */
export function serverToolResult(tool_use_id: string, type: string, content: unknown): BlockEvents {
  return wholeBlock({ type, tool_use_id, content });
}

/** A block that comes whole, without pieces. */
export function wholeBlock(content_block: AnyBlock): BlockEvents {
  return block(blockStart(content_block), []);
}

function block(start: EventOf<'content_block_start'>, pieces: readonly EventOf<'content_block_delta'>[]): BlockEvents {
  const end = blockStop();
  return Object.assign([start, ...pieces, end], { start, pieces, stop: end });
}

function inputPieces(input: unknown, count: number): EventOf<'content_block_delta'>[] {
  const json = typeof input === 'string' ? input : JSON.stringify(input);
  const size = Math.max(1, Math.ceil(json.length / count));
  const starts = Array.from({ length: Math.max(1, Math.ceil(json.length / size)) }, (_, at) => at * size);
  return starts.map((from) => inputDelta(json.slice(from, from + size)));
}
