import { between, prose, seededRandom } from './random.mjs';

/** The events of one reply, as the Messages API sends them. `blocks` is a list of lists of events, one list a block. */
export function reply(
  blocks,
  { stopReason = 'end_turn', id = 'msg_01BenchBenchBenchBenchBe', outputTokens = 500 } = {},
) {
  const usage = { input_tokens: 812, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 2 };
  const message = {
    id,
    type: 'message',
    role: 'assistant',
    model: 'claude-opus-5-5',
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { ...usage, service_tier: 'standard' },
  };
  return [
    { type: 'message_start', message },
    ...pinged(blocks.flat()),
    {
      type: 'message_delta',
      delta: { stop_reason: stopReason, stop_sequence: null },
      usage: { ...usage, output_tokens: outputTokens },
    },
    { type: 'message_stop' },
  ];
}

/** A ping comes behind the start of the first block. */
const pinged = ([first, ...others]) => [first, { type: 'ping' }, ...others];

/** One text block, a delta for each piece. */
export function textBlock(index, pieces) {
  return block(
    index,
    { type: 'text', text: '' },
    pieces.map((text) => ({ type: 'text_delta', text })),
  );
}

/** One `tool_use` block whose input is written in these pieces, behind the empty one that the API starts with. */
export function toolBlock(index, { id, name }, pieces) {
  return block(
    index,
    { type: 'tool_use', id, name, input: {} },
    ['', ...pieces].map((partial_json) => ({ type: 'input_json_delta', partial_json })),
  );
}

function block(index, content_block, deltas) {
  return [
    { type: 'content_block_start', index, content_block },
    ...deltas.map((delta) => ({ type: 'content_block_delta', index, delta })),
    { type: 'content_block_stop', index },
  ];
}

/** Cuts a text into pieces of about 20 characters, as tokens come. */
export function pieces(text, seed = 1) {
  const random = seededRandom(seed);
  const cut = [];
  for (let at = 0; at < text.length;) {
    const size = between(random, 12, 28);
    cut.push(text.slice(at, at + size));
    at += size;
  }
  return cut;
}

/** A reply that is this text. */
export const textReply = (text, seed = 1) => reply([textBlock(0, pieces(text, seed))]);

/** So many characters of prose. */
export const textOf = (characters, seed = 1) => prose(seededRandom(seed), characters).slice(0, characters);

/** The same text in ASCII alone. */
export const plain = (text) => text.replace(/[^\n -~]/g, '-');

/** A reply that is one call of the tool `save`, with this JSON as its input. */
export function inputReply(json, seed = 1) {
  const call = { id: 'toolu_01BenchBenchBenchBenchBe', name: 'save' };
  return reply([toolBlock(0, call, pieces(json, seed))], { stopReason: 'tool_use' });
}
