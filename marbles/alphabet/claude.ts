// Builders for what Claude sends: single events, the events of a block, whole replies. Exported as `claude`.
import type { BetaMessage } from '@anthropic-ai/sdk/resources/beta/messages/messages';
import type { ClaudeEvent, PingEvent } from '../../src/events/ClaudeEvent.js';
import { createPlacement, type EventOf, type Unplaced } from './placement.js';

export type { EventOf, Unplaced } from './placement.js';

/** Any content block, delta or event. */
export interface AnyBlock {
  /** The API's name for it, such as `text`. */
  readonly type: string;
  /** Its other fields. */
  readonly [field: string]: unknown;
}

/** The events of one block, in order. For diagrams that spread them over time, each part also has a name. */
export interface BlockEvents extends ReadonlyArray<Unplaced> {
  /** The `content_block_start`. */
  readonly start: Unplaced<'content_block_start'>;
  /** The deltas. */
  readonly pieces: readonly Unplaced<'content_block_delta'>[];
  /** The `content_block_stop`. */
  readonly stop: Unplaced<'content_block_stop'>;
}

/** The `message_start` of a reply. `message` overrides fields of its empty message. */
export function messageStart(message: Partial<BetaMessage> = {}): EventOf<'message_start'> {
  const usage = { input_tokens: 10, output_tokens: 1, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 };
  const empty = {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'claude-test',
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage,
  };
  return { type: 'message_start', message: { ...empty, ...message } } as unknown as EventOf<'message_start'>;
}

/** The `content_block_start` of any block, without an index: the reply, or {@link message}, numbers it. */
export function contentBlockStart(content_block: AnyBlock): Unplaced<'content_block_start'>;
/** The `content_block_start` of any block, at an index. */
export function contentBlockStart(content_block: AnyBlock, index: number): EventOf<'content_block_start'>;
export function contentBlockStart(content_block: AnyBlock, index?: number): Unplaced<'content_block_start'> {
  return startAt(content_block, index);
}

/** The `content_block_start` of text, without an index: the reply, or {@link message}, numbers it. */
export function textStart(): Unplaced<'content_block_start'>;
/** The `content_block_start` of text, at an index. */
export function textStart(index: number): EventOf<'content_block_start'>;
export function textStart(index?: number): Unplaced<'content_block_start'> {
  return startAt({ type: 'text', text: '' }, index);
}

/** Any piece of a block, without an index: it belongs to the block that started last. */
export function contentBlockDelta(piece: AnyBlock): Unplaced<'content_block_delta'>;
/** Any piece of the block at an index. */
export function contentBlockDelta(piece: AnyBlock, index: number): EventOf<'content_block_delta'>;
export function contentBlockDelta(piece: AnyBlock, index?: number): Unplaced<'content_block_delta'> {
  return deltaAt(piece, index);
}

/** A piece of text, without an index: it belongs to the block that started last. */
export function text(piece: string): Unplaced<'content_block_delta'>;
/** A piece of text of the block at an index. */
export function text(piece: string, index: number): EventOf<'content_block_delta'>;
export function text(piece: string, index?: number): Unplaced<'content_block_delta'> {
  return deltaAt({ type: 'text_delta', text: piece }, index);
}

/** The `content_block_start` of a tool call, without an index: the reply, or {@link message}, numbers it. */
export function toolUseStart(id: string, name: string): Unplaced<'content_block_start'>;
/** The `content_block_start` of a tool call, at an index. */
export function toolUseStart(id: string, name: string, index: number): EventOf<'content_block_start'>;
export function toolUseStart(id: string, name: string, index?: number): Unplaced<'content_block_start'> {
  return startAt({ type: 'tool_use', id, name, input: {} }, index);
}

/** A piece of a tool's input, as JSON text, without an index: it belongs to the block that started last. */
export function inputJson(partial_json: string): Unplaced<'content_block_delta'>;
/** A piece of a tool's input, as JSON text, of the block at an index. */
export function inputJson(partial_json: string, index: number): EventOf<'content_block_delta'>;
export function inputJson(partial_json: string, index?: number): Unplaced<'content_block_delta'> {
  return deltaAt({ type: 'input_json_delta', partial_json }, index);
}

/** The `content_block_stop` of the block that started last. */
export function contentBlockStop(): Unplaced<'content_block_stop'>;
/** The `content_block_stop` of the block at an index. */
export function contentBlockStop(index: number): EventOf<'content_block_stop'>;
export function contentBlockStop(index?: number): Unplaced<'content_block_stop'> {
  return { type: 'content_block_stop', ...at(index) };
}

/** The `message_delta` that says why the reply ended: `end_turn` by default. */
export function stop(stop_reason: string | null = 'end_turn', output_tokens = 5): EventOf<'message_delta'> {
  const change = { stop_reason, stop_sequence: null };
  return { type: 'message_delta', delta: change, usage: { output_tokens } } as unknown as EventOf<'message_delta'>;
}

/** The `message_stop` of a reply. */
export function messageStop(): EventOf<'message_stop'> {
  return { type: 'message_stop' };
}

/** A `ping`, which keeps the connection alive. */
export function ping(): PingEvent {
  return { type: 'ping' };
}

/** Any event as the API sends it, even one that is newer than this library. */
export function event(fields: AnyBlock): ClaudeEvent {
  return fields as unknown as ClaudeEvent;
}

/** A block of text: start, a delta for each piece, stop. */
export function textBlock(...pieces: readonly string[]): BlockEvents {
  return block(
    textStart(),
    pieces.map((piece) => text(piece)),
  );
}

/**
 * A tool call: start, the deltas of its input, stop.
 *
 * @param input The input. A string is taken as its JSON text, valid or not. Default: `{}`.
 * @param pieces How many deltas the text comes in. Default: 1.
 */
export function toolUse(id: string, name: string, input: unknown = {}, pieces = 1): BlockEvents {
  return block(toolUseStart(id, name), inputPieces(input, pieces));
}

/** A thinking block: start, the thought, its signature, stop. */
export function thinking(thought: string, signature = 'signature'): BlockEvents {
  return block(contentBlockStart({ type: 'thinking', thinking: '', signature: '' }), [
    contentBlockDelta({ type: 'thinking_delta', thinking: thought }),
    contentBlockDelta({ type: 'signature_delta', signature }),
  ]);
}

/** A call to a tool that the API runs, such as `web_search`. Its result is a {@link serverToolResult}. */
export function serverToolUse(id: string, name: string, input: unknown = {}): BlockEvents {
  return block(contentBlockStart({ type: 'server_tool_use', id, name, input: {} }), inputPieces(input, 1));
}

/** The result of a tool that the API runs, such as a block of the type `web_search_tool_result`. */
export function serverToolResult(tool_use_id: string, type: string, content: unknown): BlockEvents {
  return wholeBlock({ type, tool_use_id, content });
}

/** A block without deltas: start, stop. */
export function wholeBlock(content_block: AnyBlock): BlockEvents {
  return block(contentBlockStart(content_block), []);
}

/**
 * A whole reply: `message_start`, the parts, the `message_delta` that says why it ended, `message_stop`.
 *
 * Parts may include a {@link messageStart}, {@link stop} or {@link messageStop}, which then replaces the default one. By
 * default, a reply stops with `tool_use` when it calls a tool, and else with `end_turn`.
 *
 * @param parts Blocks, such as `textBlock(...)` and `toolUse(...)`, and single events.
 * @returns The events, with the indexes of their blocks. One letter of a diagram can stand for all of them.
 * @example
 * ```ts
 * import { claude } from 'rxclaude/marbles';
 *
 * const calling = claude.message(claude.textBlock('Let me see.'), claude.toolUse('toolu_1', 'get_weather', { city: 'Oslo' }));
 * const answer = claude.message(claude.textBlock('It ', 'rains.'));
 * ```
 */
export function message(
  ...parts: readonly (ClaudeEvent | Unplaced | readonly (ClaudeEvent | Unplaced)[])[]
): readonly ClaudeEvent[] {
  const events = parts.flat();
  const has = (type: string): boolean => events.some((event) => event.type === type);
  const calls = events.some((event) => event.type === 'content_block_start' && event.content_block.type === 'tool_use');
  return [
    ...(has('message_start') ? [] : [messageStart()]),
    ...events,
    ...(has('message_delta') ? [] : [stop(calls ? 'tool_use' : 'end_turn')]),
    ...(has('message_stop') ? [] : [messageStop()]),
  ].map(createPlacement());
}

function startAt(content_block: AnyBlock, index: number | undefined): Unplaced<'content_block_start'> {
  const event: object = { type: 'content_block_start', ...at(index), content_block };
  return event as Unplaced<'content_block_start'>;
}

function deltaAt(delta: AnyBlock, index: number | undefined): Unplaced<'content_block_delta'> {
  const event: object = { type: 'content_block_delta', ...at(index), delta };
  return event as Unplaced<'content_block_delta'>;
}

function at(index: number | undefined): { readonly index?: number } {
  return index === undefined ? {} : { index };
}

function block(
  start: Unplaced<'content_block_start'>,
  pieces: readonly Unplaced<'content_block_delta'>[],
): BlockEvents {
  const end = contentBlockStop();
  return Object.assign([start, ...pieces, end], { start, pieces, stop: end });
}

function inputPieces(input: unknown, count: number): Unplaced<'content_block_delta'>[] {
  const json = typeof input === 'string' ? input : JSON.stringify(input);
  const size = Math.max(1, Math.ceil(json.length / count));
  const starts = Array.from({ length: Math.max(1, Math.ceil(json.length / size)) }, (_, at) => at * size);
  return starts.map((from) => inputJson(json.slice(from, from + size)));
}
