import type { BetaMessage, BetaRawContentBlockStartEvent } from '@anthropic-ai/sdk/resources/beta/messages/messages';
import type { RawMessageStreamEvent } from '@anthropic-ai/sdk/resources/messages/messages';
import type { ClaudeEvent, PingEvent } from '../../src/events/ClaudeEvent.js';
import { unplaced } from './placement.js';

/** The event of Claude's stream of one type. */
export type EventOf<Type extends ClaudeEvent['type']> = Extract<RawMessageStreamEvent, { type: Type }>;

/** Any block, by its type and fields. */
export interface AnyBlock {
  readonly type: string;
  readonly [field: string]: unknown;
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
 * @param index Where the block stands in the message. Left out, it is 0, and a reply puts the block where it belongs.
 */
export function blockStart(content_block: AnyBlock, index?: number): EventOf<'content_block_start'> {
  const event = { type: 'content_block_start', index: index ?? 0, content_block };
  return byIndex(event as unknown as BetaRawContentBlockStartEvent as EventOf<'content_block_start'>, index);
}

/** The `content_block_start` of text. */
export function textStart(index?: number): EventOf<'content_block_start'> {
  return blockStart({ type: 'text', text: '' }, index);
}

/** Any piece of a block. */
export function delta(piece: AnyBlock, index?: number): EventOf<'content_block_delta'> {
  const event = { type: 'content_block_delta', index: index ?? 0, delta: piece };
  return byIndex(event as unknown as EventOf<'content_block_delta'>, index);
}

/** A piece of text. */
export function text(piece: string, index?: number): EventOf<'content_block_delta'> {
  return delta({ type: 'text_delta', text: piece }, index);
}

/** The `content_block_start` of a call to a tool. */
export function toolUseStart(id: string, name: string, index?: number): EventOf<'content_block_start'> {
  return blockStart({ type: 'tool_use', id, name, input: {} }, index);
}

/** A piece of a tool's input, as JSON text. */
export function inputDelta(partial_json: string, index?: number): EventOf<'content_block_delta'> {
  return delta({ type: 'input_json_delta', partial_json }, index);
}

/** The `content_block_stop` of a block. */
export function blockStop(index?: number): EventOf<'content_block_stop'> {
  return byIndex({ type: 'content_block_stop', index: index ?? 0 }, index);
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

function byIndex<Event extends ClaudeEvent>(event: Event, index: number | undefined): Event {
  return index === undefined ? unplaced(event) : event;
}
