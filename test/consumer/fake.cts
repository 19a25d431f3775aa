// What a fake client answers, as both programs need it: one call of a tool, then a text. Its events are what the API would send.
// It names no type of the SDK or of ours: their ESM and CJS declarations are two sets of types.
type Block =
  | { readonly type: 'tool_use'; readonly id: string; readonly name: string; readonly json: string }
  | { readonly type: 'text'; readonly text: string };

const usage = { input_tokens: 10, output_tokens: 1, cache_creation_input_tokens: null, cache_read_input_tokens: null };

function* reply(id: string, stop_reason: string, block: Block) {
  const message = {
    id,
    type: 'message',
    role: 'assistant',
    model: request.model,
    content: [],
    stop_reason: null,
    usage,
  };
  yield { type: 'message_start', message };
  if (block.type === 'text') {
    yield { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '', citations: null } };
    yield { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: block.text } };
  } else {
    const { json, ...call } = block;
    yield { type: 'content_block_start', index: 0, content_block: { ...call, input: {} } };
    yield { type: 'content_block_delta', index: 0, delta: { type: 'input_json_delta', partial_json: json } };
  }
  yield { type: 'content_block_stop', index: 0 };
  yield { type: 'message_delta', delta: { stop_reason, stop_sequence: null }, usage: { output_tokens: 5 } };
  yield { type: 'message_stop' };
}

async function* streamOf(events: Iterable<object>): AsyncGenerator<object> {
  for (const event of events) yield await Promise.resolve(event);
}

/** Claude's replies in a conversation of two rounds. */
export function script(): AsyncIterable<object>[] {
  return [
    streamOf(
      reply('msg_1', 'tool_use', { type: 'tool_use', id: 'toolu_1', name: 'get_weather', json: '{"city":"Oslo"}' }),
    ),
    streamOf(reply('msg_2', 'end_turn', { type: 'text', text: 'Sun.' })),
  ];
}

export const request = {
  model: 'claude-sonnet-4-5',
  max_tokens: 100,
  messages: [{ role: 'user' as const, content: 'What is the weather in Oslo?' }],
};
