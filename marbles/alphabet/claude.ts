// What Claude sends: single events, the events of a block, and whole replies. Its users see it as `claude`.
import type { BetaMessage } from '@anthropic-ai/sdk/resources/beta/messages/messages';
import type { ClaudeEvent, PingEvent } from '../../src/events/ClaudeEvent.js';
import { createPlacement, type EventOf, type Unplaced } from './placement.js';

export type { EventOf, Unplaced } from './placement.js';

/** Any block, by its type and fields. */
export interface AnyBlock {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** The events of one block, in order; and each by its part, for diagrams that spread them. */
export interface BlockEvents extends ReadonlyArray<Unplaced> {
  readonly start: Unplaced<'content_block_start'>;
  readonly pieces: readonly Unplaced<'content_block_delta'>[];
  readonly stop: Unplaced<'content_block_stop'>;
}

/** The `message_start` of a reply. `message` replaces fields of its empty message. */
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

/**
 * The `content_block_start` of any block.
 *
 * @param index Where the block stands in the message. Without it the event has none, and the reply that it stands in, or
 * {@link message}, puts the block after those before it. So it is for all events of blocks.
 */
export function contentBlockStart(content_block: AnyBlock): Unplaced<'content_block_start'>;
export function contentBlockStart(content_block: AnyBlock, index: number): EventOf<'content_block_start'>;
export function contentBlockStart(content_block: AnyBlock, index?: number): Unplaced<'content_block_start'> {
  return startAt(content_block, index);
}

/** The `content_block_start` of text. */
export function textStart(): Unplaced<'content_block_start'>;
export function textStart(index: number): EventOf<'content_block_start'>;
export function textStart(index?: number): Unplaced<'content_block_start'> {
  return startAt({ type: 'text', text: '' }, index);
}

/** Any piece of a block. */
export function contentBlockDelta(piece: AnyBlock): Unplaced<'content_block_delta'>;
export function contentBlockDelta(piece: AnyBlock, index: number): EventOf<'content_block_delta'>;
export function contentBlockDelta(piece: AnyBlock, index?: number): Unplaced<'content_block_delta'> {
  return deltaAt(piece, index);
}

/** A piece of text. */
export function text(piece: string): Unplaced<'content_block_delta'>;
export function text(piece: string, index: number): EventOf<'content_block_delta'>;
export function text(piece: string, index?: number): Unplaced<'content_block_delta'> {
  return deltaAt({ type: 'text_delta', text: piece }, index);
}

/** The `content_block_start` of a call to a tool. */
export function toolUseStart(id: string, name: string): Unplaced<'content_block_start'>;
export function toolUseStart(id: string, name: string, index: number): EventOf<'content_block_start'>;
export function toolUseStart(id: string, name: string, index?: number): Unplaced<'content_block_start'> {
  return startAt({ type: 'tool_use', id, name, input: {} }, index);
}

/** A piece of a tool's input, as JSON text. */
export function inputJson(partial_json: string): Unplaced<'content_block_delta'>;
export function inputJson(partial_json: string, index: number): EventOf<'content_block_delta'>;
export function inputJson(partial_json: string, index?: number): Unplaced<'content_block_delta'> {
  return deltaAt({ type: 'input_json_delta', partial_json }, index);
}

/** The `content_block_stop` of a block. */
export function contentBlockStop(): Unplaced<'content_block_stop'>;
export function contentBlockStop(index: number): EventOf<'content_block_stop'>;
export function contentBlockStop(index?: number): Unplaced<'content_block_stop'> {
  return { type: 'content_block_stop', ...at(index) };
}

/** The `message_delta` that says why the reply ended. */
export function stop(stop_reason: string | null = 'end_turn', output_tokens = 5): EventOf<'message_delta'> {
  const change = { stop_reason, stop_sequence: null };
  return { type: 'message_delta', delta: change, usage: { output_tokens } } as unknown as EventOf<'message_delta'>;
}

/** The `message_stop` of a reply. */
export function messageStop(): EventOf<'message_stop'> {
  return { type: 'message_stop' };
}

/** A keep-alive. */
export function ping(): PingEvent {
  return { type: 'ping' };
}

/** Any event of Claude's stream, as the API sends it, newer ones than this library included. */
export function event(fields: AnyBlock): ClaudeEvent {
  return fields as unknown as ClaudeEvent;
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
  return block(contentBlockStart({ type: 'thinking', thinking: '', signature: '' }), [
    contentBlockDelta({ type: 'thinking_delta', thinking: thought }),
    contentBlockDelta({ type: 'signature_delta', signature }),
  ]);
}

/** A call to a tool that the API runs itself, such as `web_search`. Its result is a block of its own. */
export function serverToolUse(id: string, name: string, input: unknown = {}): BlockEvents {
  return block(contentBlockStart({ type: 'server_tool_use', id, name, input: {} }), inputPieces(input, 1));
}

/** What a tool of the API has found, such as a block of type `web_search_tool_result`. */
export function serverToolResult(tool_use_id: string, type: string, content: unknown): BlockEvents {
  return wholeBlock({ type, tool_use_id, content });
}

/** A block that comes whole, without pieces. */
export function wholeBlock(content_block: AnyBlock): BlockEvents {
  return block(contentBlockStart(content_block), []);
}

/**
 * A whole reply: `message_start`, the parts, the `message_delta` that says why it ended, `message_stop`.
 *
 * What a part brings itself is not added: a reply may have its own {@link messageStart} or {@link stop}. Without one, it
 * stops with `tool_use` when it calls a tool, and with `end_turn` when it does not.
 *
 * @param parts Blocks, such as those of `textBlock` and `toolUse`, and single events.
 * @returns The events, each with its index. One letter of a diagram can stand for all of them.
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
