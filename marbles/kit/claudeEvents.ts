import type { BetaMessage, BetaRawContentBlockStartEvent } from '@anthropic-ai/sdk/resources/beta/messages/messages';
import type { RawMessageStreamEvent } from '@anthropic-ai/sdk/resources/messages/messages';
import type { ClaudeEvent, PingEvent } from '../../src/events/ClaudeEvent.js';

type EventOf<Type extends ClaudeEvent['type']> = Extract<RawMessageStreamEvent, { type: Type }>;

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

/** The `content_block_start` of any block. */
export function blockStart(
  index: number,
  content_block: { readonly type: string; readonly [field: string]: unknown },
): EventOf<'content_block_start'> {
  const event = { type: 'content_block_start', index, content_block } as unknown as BetaRawContentBlockStartEvent;
  return event as unknown as EventOf<'content_block_start'>;
}

/** The `content_block_start` of text. */
export function textStart(index = 0): EventOf<'content_block_start'> {
  return blockStart(index, { type: 'text', text: '' });
}

/** A piece of text. */
export function textDelta(text: string, index = 0): EventOf<'content_block_delta'> {
  return { type: 'content_block_delta', index, delta: { type: 'text_delta', text } };
}

/** The `content_block_start` of a call to a tool. */
export function toolUseStart(id: string, name: string, index = 0): EventOf<'content_block_start'> {
  return blockStart(index, { type: 'tool_use', id, name, input: {} });
}

/** A piece of a tool's input. */
export function inputDelta(partial_json: string, index = 0): EventOf<'content_block_delta'> {
  return { type: 'content_block_delta', index, delta: { type: 'input_json_delta', partial_json } };
}

/** The `content_block_stop` of a block. */
export function blockStop(index = 0): EventOf<'content_block_stop'> {
  return { type: 'content_block_stop', index };
}

/** The `message_delta` that says why the reply ended. */
export function messageDelta(stop_reason: string | null = 'end_turn', output_tokens = 5): EventOf<'message_delta'> {
  const delta = { stop_reason, stop_sequence: null };
  return { type: 'message_delta', delta, usage: { output_tokens } } as unknown as EventOf<'message_delta'>;
}

/** The `message_stop` of a reply. */
export function messageStop(): EventOf<'message_stop'> {
  return { type: 'message_stop' };
}

/** A keep-alive. */
export function ping(): PingEvent {
  return { type: 'ping' };
}
