import type { RoundEvent } from '../../../src/events/RoundEvent.js';
import { deepFreeze } from './deepFreeze.js';

/** Events written by hand, of whatever shape: frozen, as no event may be changed. */
export function wire(...events: object[]): RoundEvent[] {
  return deepFreeze(structuredCopy(events)) as RoundEvent[];
}

export const messageStart = (fields: object = {}): object => ({
  type: 'message_start',
  message: {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'claude-opus-5-5',
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { input_tokens: 10, output_tokens: 2 },
    ...fields,
  },
});

export const blockStart = (index: number, content_block: object): object => ({
  type: 'content_block_start',
  index,
  content_block,
});

export const blockDelta = (index: number, delta: object): object => ({ type: 'content_block_delta', index, delta });

export const blockStop = (index: number): object => ({ type: 'content_block_stop', index });

export const messageDelta = (
  delta: object,
  usage: object | null = { output_tokens: 20 },
  more: object = {},
): object => ({
  type: 'message_delta',
  delta,
  ...(usage !== null && { usage }),
  ...more,
});

export const messageStop = { type: 'message_stop' };

export const textDelta = (index: number, text: string): object => blockDelta(index, { type: 'text_delta', text });

export const jsonDelta = (index: number, partial_json: string): object =>
  blockDelta(index, { type: 'input_json_delta', partial_json });

function structuredCopy<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
