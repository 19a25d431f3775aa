import type { ClaudeMessage } from '../../../src/events/ClaudeEvent.js';
import { createMessageAccumulator } from '../../../src/message/createMessageAccumulator.js';
import { reply, serverToolUse, text, thinking, toolUse, whole } from '../../support/replies.js';
import { deepFreeze } from './deepFreeze.js';
import {
  blockDelta,
  blockStart,
  blockStop,
  jsonDelta,
  messageDelta,
  messageStart,
  messageStop,
  textDelta,
  wire,
} from './wire.js';
import { tagged } from '../../support/errors.js';

/** The message after each event that changed it. */
function messagesOf(...events: object[]): ClaudeMessage[] {
  const accumulator = createMessageAccumulator();
  return wire(...events).flatMap((event) => {
    const changed = accumulator.take(event);
    const message = accumulator.message();
    return changed && message !== undefined ? [deepFreeze(message)] : [];
  });
}

/** The final message. */
function messageOf(...events: object[]): ClaudeMessage {
  const last = messagesOf(...events).at(-1);
  if (last === undefined) throw new Error('no message');
  return last;
}

const textBlock = { type: 'text', text: '' };
const callBlock = { type: 'tool_use', id: 'toolu_1', name: 'add', input: {} };

describe("a tool's input", () => {
  it("is read from Claude's own events, whatever a `tool_input` or a `tool_call` says", () => {
    const added = { round: 1, id: 'toolu_1', name: 'add', index: 0 };
    const message = messageOf(
      messageStart(),
      blockStart(0, callBlock),
      jsonDelta(0, '{"a":'),
      { type: 'tool_input', ...added, text: '' },
      jsonDelta(0, '1}'),
      { type: 'tool_input', ...added, text: '2}' },
      blockStop(0),
      { type: 'tool_call', ...added, input: { _tag: 'Right', right: {} }, tool_use: { ...callBlock, input: { b: 2 } } },
    );
    expect(message.content).toEqual([{ ...callBlock, input: { a: 1 } }]);
  });

  it('is {} when its text is longer than any input may be, and what is beyond that is not counted', () => {
    const piece = ' '.repeat(1_048_576);
    const accumulator = createMessageAccumulator();
    const events = [messageStart(), blockStart(0, callBlock), jsonDelta(0, '{"a":1')];
    for (const event of wire(...events, ...Array<object>(40).fill(jsonDelta(0, piece)), jsonDelta(0, '}'))) {
      accumulator.take(event);
    }
    expect(accumulator.chars()).toBeLessThanOrEqual(33_554_432 + piece.length);
    for (const event of wire(blockStop(0))) accumulator.take(event);
    expect(accumulator.message()?.content).toEqual([{ ...callBlock, input: {} }]);
  });
});

describe('createMessageAccumulator', () => {
  it('has no message before it starts', () => {
    const accumulator = createMessageAccumulator();
    expect(accumulator.message()).toBeUndefined();
    for (const event of wire({ type: 'ping' }, textDelta(0, 'x'), blockStop(0), messageStop, messageDelta({}))) {
      expect(accumulator.take(event)).toBe(false);
    }
    expect(accumulator.message()).toBeUndefined();
    expect(accumulator.complete).toBe(false);
  });

  it('puts a whole reply together', () => {
    const events = reply({
      id: 'msg_7',
      content: [
        thinking(['Let me ', 'think.'], 'sig'),
        text(['Hel', 'lo']),
        toolUse({ id: 'toolu_1', name: 'add', input: { a: 1, b: [2] }, pieceSize: 2 }),
        serverToolUse({ id: 'srvtoolu_1', name: 'web_search', input: { query: 'x' } }),
        whole({ type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [] }),
      ],
    });
    expect(messageOf(...events)).toEqual({
      id: 'msg_7',
      type: 'message',
      role: 'assistant',
      model: 'claude-opus-5-5',
      content: [
        { type: 'thinking', thinking: 'Let me think.', signature: 'sig' },
        { type: 'text', text: 'Hello' },
        { type: 'tool_use', id: 'toolu_1', name: 'add', input: { a: 1, b: [2] } },
        { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { query: 'x' } },
        { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [] },
      ],
      stop_reason: 'tool_use',
      stop_sequence: null,
      usage: { input_tokens: 100, output_tokens: 20, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 },
    });
  });

  it('tells when the message is complete, and begins anew with the next one', () => {
    const accumulator = createMessageAccumulator();
    const events = wire(...reply({ content: ['one'] }), ...reply({ id: 'msg_2', content: ['two'] }));
    const complete = events.map((event) => {
      accumulator.take(event);
      return accumulator.complete;
    });
    expect(complete.filter(Boolean)).toHaveLength(2);
    expect(complete.indexOf(true)).toBe(events.length / 2 - 1);
    expect(accumulator.message()).toMatchObject({ id: 'msg_2', content: [{ text: 'two' }] });
  });

  it('refuses a second message before the first one has stopped', () => {
    expect(() => messagesOf(messageStart(), messageStart())).toThrow(tagged('ProtocolError'));
    expect(() => messagesOf(messageStart(), blockStart(0, textBlock), messageStart())).toThrow('message_stop');
  });
});

describe('snapshots', () => {
  const events = wire(
    messageStart(),
    blockStart(0, textBlock),
    textDelta(0, 'a'),
    blockStart(1, callBlock),
    jsonDelta(1, '{"a":1}'),
    textDelta(0, 'b'),
    blockStop(1),
    blockStop(0),
    messageDelta({ stop_reason: 'tool_use' }),
    messageStop,
  );

  it('are never changed after they were taken', () => {
    const accumulator = createMessageAccumulator();
    const taken = events.map((event) => {
      accumulator.take(event);
      const message = accumulator.message();
      return { message, text: JSON.stringify(message) };
    });
    expect(taken.map(({ message }) => JSON.stringify(message))).toEqual(taken.map(({ text: before }) => before));
  });

  it('are the same object until the message changes', () => {
    const accumulator = createMessageAccumulator();
    for (const event of events) {
      const before = accumulator.message();
      const changed = accumulator.take(event);
      expect(accumulator.message() === before).toBe(!changed);
      expect(accumulator.message()).toBe(accumulator.message());
    }
  });

  it('keep the identity of blocks that did not change', () => {
    const accumulator = createMessageAccumulator();
    const changes = events.map((event) => {
      const before = accumulator.message()?.content ?? [];
      accumulator.take(event);
      return (accumulator.message()?.content ?? []).map((block, index) => block !== before[index]);
    });
    expect(changes).toEqual([
      [],
      [true],
      [true],
      [false, true],
      [false, false],
      [true, false],
      [false, true],
      [false, false],
      [false, false],
      [false, false],
    ]);
  });

  it('share nothing that could change with the events', () => {
    const open = [
      messageStart(),
      blockStart(0, textBlock),
      blockDelta(0, { type: 'citations_delta', citation: { n: 1 } }),
    ];
    const accumulator = createMessageAccumulator();
    for (const event of open) accumulator.take(event as Parameters<typeof accumulator.take>[0]);
    const before = JSON.stringify(open);
    for (const event of wire(
      textDelta(0, 'x'),
      blockDelta(0, { type: 'citations_delta', citation: { n: 2 } }),
      blockStop(0),
    ))
      accumulator.take(event);
    accumulator.message();
    expect(JSON.stringify(open)).toBe(before);
  });
});

describe('blocks', () => {
  it('are told apart by their index, however their deltas interleave', () => {
    const message = messageOf(
      messageStart(),
      blockStart(0, textBlock),
      blockStart(1, callBlock),
      blockStart(2, { ...callBlock, id: 'toolu_2' }),
      jsonDelta(2, '{"b"'),
      jsonDelta(1, '{"a'),
      textDelta(0, 'x'),
      jsonDelta(2, ':2}'),
      jsonDelta(1, '":1}'),
      blockStop(2),
      textDelta(0, 'y'),
      blockStop(0),
      blockStop(1),
    );
    expect(message.content).toEqual([
      { type: 'text', text: 'xy' },
      { ...callBlock, input: { a: 1 } },
      { ...callBlock, id: 'toolu_2', input: { b: 2 } },
    ]);
  });

  it('stand in the order of their index, even with gaps and out of turn', () => {
    const message = messageOf(
      messageStart(),
      blockStart(7, { ...textBlock, text: 'seven' }),
      blockStart(2, { ...textBlock, text: 'two' }),
      blockStart(4, { ...textBlock, text: 'four' }),
      textDelta(2, '!'),
      textDelta(3, 'lost'),
    );
    expect(message.content).toEqual([
      { type: 'text', text: 'two!' },
      { type: 'text', text: 'four' },
      { type: 'text', text: 'seven' },
    ]);
  });

  it('that came whole in message_start are kept and can grow', () => {
    const content = [
      { type: 'text', text: 'pre' },
      { ...callBlock, input: { a: 1 } },
    ];
    const message = messageOf(messageStart({ content }), textDelta(0, 'fill'), blockStop(0), blockStop(1));
    expect(message.content).toEqual([
      { type: 'text', text: 'prefill' },
      { ...callBlock, input: { a: 1 } },
    ]);
  });

  it('of unknown types and unknown deltas pass untouched', () => {
    const unknown = { type: 'connector_text', parts: [{ x: 1 }], text: 'as it was' };
    const messages = messagesOf(
      messageStart(),
      blockStart(0, unknown),
      textDelta(0, 'not for you'),
      blockDelta(0, { type: 'connector_delta', parts: [{ x: 2 }] }),
      blockStart(1, textBlock),
      blockDelta(1, { type: 'sparkle_delta', text: 'nor this' }),
      jsonDelta(1, '{}'),
      blockDelta(1, { type: 'signature_delta', signature: 'none' }),
      { type: 'block_moved', index: 0 },
      blockStop(0),
      blockStop(1),
      messageStop,
    );
    expect(messages.at(-1)?.content).toEqual([unknown, textBlock]);
    expect(messages).toHaveLength(3);
  });

  it('assign a signature and append thoughts', () => {
    const message = messageOf(
      messageStart(),
      blockStart(0, { type: 'thinking', thinking: '', signature: '' }),
      blockDelta(0, { type: 'thinking_delta', thinking: 'a' }),
      blockDelta(0, { type: 'signature_delta', signature: 'first' }),
      blockDelta(0, { type: 'thinking_delta', thinking: 'b', estimated_tokens: 3 }),
      blockDelta(0, { type: 'signature_delta', signature: 'second' }),
    );
    expect(message.content).toEqual([{ type: 'thinking', thinking: 'ab', signature: 'second' }]);
  });

  it('collect citations, whether the block began with some, with null or without', () => {
    const cite = (index: number, n: number): object => blockDelta(index, { type: 'citations_delta', citation: { n } });
    const messages = messagesOf(
      messageStart(),
      blockStart(0, textBlock),
      blockStart(1, { ...textBlock, citations: null }),
      blockStart(2, { ...textBlock, citations: [{ n: 0 }] }),
      cite(0, 1),
      cite(1, 1),
      cite(2, 1),
      cite(0, 2),
      textDelta(0, 'cited'),
    );
    expect(messages.at(-1)?.content).toEqual([
      { type: 'text', text: 'cited', citations: [{ n: 1 }, { n: 2 }] },
      { type: 'text', text: '', citations: [{ n: 1 }] },
      { type: 'text', text: '', citations: [{ n: 0 }, { n: 1 }] },
    ]);
    // Every earlier snapshot still holds what it held.
    expect(messages[4]?.content[0]).toEqual({ type: 'text', text: '', citations: [{ n: 1 }] });
    expect(messages[6]?.content[2]).toEqual({ type: 'text', text: '', citations: [{ n: 0 }, { n: 1 }] });
  });

  it('take a compaction whole, also one that failed', () => {
    const start = { type: 'compaction', content: null, encrypted_content: null };
    const full = { type: 'compaction_delta', content: 'Summary', encrypted_content: 'xyz', signature: 's' };
    const compacted = messageOf(messageStart(), blockStart(0, start), blockDelta(0, full), blockStop(0));
    expect(compacted.content).toEqual([{ ...full, type: 'compaction' }]);
    const failed = messageOf(
      messageStart(),
      blockStart(0, start),
      blockDelta(0, { type: 'compaction_delta', content: null, encrypted_content: null }),
    );
    expect(failed.content).toEqual([start]);
  });

  it('show the model that a fallback handed over to', () => {
    const fallback = {
      type: 'fallback',
      from: { model: 'a' },
      to: { model: 'claude-b' },
      trigger: { type: 'refusal' },
    };
    const message = messageOf(messageStart(), blockStart(0, textBlock), blockStart(1, fallback), blockStop(1));
    expect(message.model).toBe('claude-b');
    expect(message.content).toEqual([textBlock, fallback]);
  });
});

describe('the input of a call', () => {
  const input = (...pieces: string[]): unknown => {
    const deltas = pieces.map((piece) => jsonDelta(0, piece));
    const message = messageOf(messageStart(), blockStart(0, callBlock), ...deltas, blockStop(0), messageDelta({}));
    return (message.content[0] as { input?: unknown }).input;
  };

  it('is set at the end of the block, not before', () => {
    const messages = messagesOf(messageStart(), blockStart(0, callBlock), jsonDelta(0, '{"a":1}'), blockStop(0));
    expect(messages.map(({ content }) => (content[0] as { input?: unknown } | undefined)?.input)).toEqual([
      undefined,
      {},
      { a: 1 },
    ]);
  });

  it.each([
    [[''], {}],
    [['', '{}'], {}],
    [[], {}],
    [['{"a":', '[1,', '2]}'], { a: [1, 2] }],
    [['{"a":1,"b":"xy'], {}],
    [['{"a":1}}'], {}],
    [['{"a":1'], {}],
    [['nonsense'], {}],
  ])('of the pieces %j is %j: never repaired', (pieces, expected) => {
    expect(input(...pieces)).toEqual(expected);
  });

  it('is ended by message_stop when its block never was', () => {
    const accumulator = createMessageAccumulator();
    for (const event of wire(messageStart(), blockStart(0, callBlock), jsonDelta(0, '{"a":1}'), messageStop))
      accumulator.take(event);
    expect(accumulator.message()?.content).toEqual([{ ...callBlock, input: { a: 1 } }]);
  });

  it('makes `__proto__` a field', () => {
    expect(Object.keys(input('{"__proto__":{"x":1}}') as object)).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(input('{"__proto__":{"x":1}}'))).toBe(Object.prototype);
  });

  it('of an MCP call is read too', () => {
    const block = { type: 'mcp_tool_use', id: 'mcptoolu_1', name: 'x', server_name: 's', input: {} };
    const message = messageOf(messageStart(), blockStart(0, block), jsonDelta(0, '{"q":1}'), blockStop(0));
    expect(message.content).toEqual([{ ...block, input: { q: 1 } }]);
  });
});

describe('message_delta', () => {
  const usageOf = (...deltas: object[]): unknown => messageOf(messageStart(), ...deltas).usage;

  it('replaces counts and never adds them', () => {
    const first = messageDelta({ stop_reason: null }, { output_tokens: 7, input_tokens: 500 });
    const second = messageDelta({ stop_reason: 'end_turn' }, { output_tokens: 9, input_tokens: 28 });
    expect(usageOf(first)).toEqual({ input_tokens: 500, output_tokens: 7 });
    expect(usageOf(first, second)).toEqual({ input_tokens: 28, output_tokens: 9 });
  });

  it('keeps what a later one leaves out or sends as null', () => {
    const rich = { output_tokens: 5, cache_read_input_tokens: 3, server_tool_use: { web_search_requests: 2 } };
    const poor = { output_tokens: 6, cache_read_input_tokens: null, server_tool_use: null, input_tokens: null };
    expect(usageOf(messageDelta({}, rich), messageDelta({}, poor))).toEqual({
      ...rich,
      input_tokens: 10,
      output_tokens: 6,
    });
  });

  it('keeps its output tokens when a later one counts none, and has no field without a value', () => {
    const message = messageOf(
      messageStart({ stop_details: null }),
      messageDelta({ stop_reason: 'tool_use' }, { output_tokens: 6 }),
      messageDelta({}, { output_tokens: null, input_tokens: 11 }),
      messageDelta({ stop_reason: 'end_turn' }, { cache_read_input_tokens: 1 }),
    );
    expect(message.usage).toEqual({ input_tokens: 11, output_tokens: 6, cache_read_input_tokens: 1 });
    expect(Object.values(message)).not.toContain(undefined);
    expect(message).not.toHaveProperty('stop_details');
  });

  it('takes zero for a count', () => {
    expect(usageOf(messageDelta({}, { output_tokens: 0, input_tokens: 0 }))).toEqual({
      input_tokens: 0,
      output_tokens: 0,
    });
  });

  it('carries details, iterations and credits of the beta', () => {
    const usage = {
      output_tokens: 4,
      output_tokens_details: { thinking_tokens: 3 },
      iterations: [{ type: 'message', input_tokens: 1, output_tokens: 1 }],
      fallback_credit: { input_tokens: 1 },
    };
    expect(usageOf(messageDelta({}, usage))).toEqual({ input_tokens: 10, ...usage });
  });

  it('may come twice: what the second leaves out stays', () => {
    const message = messageOf(
      messageStart(),
      messageDelta({ stop_reason: 'stop_sequence', stop_sequence: 'END', container: { id: 'c1' } }),
      messageDelta({}, { output_tokens: 21 }),
    );
    expect(message).toMatchObject({ stop_reason: 'stop_sequence', stop_sequence: 'END', container: { id: 'c1' } });
  });

  it('sets the reason, its details and what the beta adds', () => {
    const delta = { stop_reason: 'refusal', stop_sequence: null, stop_details: { category: 'x', explanation: null } };
    const more = { context_management: { applied_edits: [] }, input_transformations: [{ type: 'dropped' }] };
    expect(messageOf(messageStart(), messageDelta(delta, { output_tokens: 1 }, more))).toMatchObject({
      ...delta,
      ...more,
    });
  });

  it.each([
    ['missing', messageDelta({ stop_reason: 'end_turn' }, null)],
    ['null', messageDelta({ stop_reason: 'end_turn' }, null, { usage: null })],
    ['a number', messageDelta({ stop_reason: 'end_turn' }, null, { usage: 5 })],
  ])('with a usage that is %s is a ProtocolError', (_, event) => {
    expect(() => messageOf(messageStart(), event)).toThrow(tagged('ProtocolError'));
    expect(() => messageOf(messageStart(), event)).toThrow(/usage/);
  });
});

describe('events that no API would send', () => {
  it.each([
    ['a message_start without a message', [{ type: 'message_start' }]],
    ['a message_delta without a delta', [messageStart(), { type: 'message_delta', usage: { output_tokens: 1 } }]],
    ['a block start without a block', [messageStart(), { type: 'content_block_start', index: 0 }]],
    [
      'a delta event without a delta',
      [messageStart(), blockStart(0, textBlock), { type: 'content_block_delta', index: 0 }],
    ],
    ['a fallback without a model', [messageStart(), blockStart(0, { type: 'fallback' })]],
  ])('%s is a ProtocolError or ignored, never a bare TypeError', (_, events) => {
    let thrown: unknown;
    try {
      messagesOf(...events);
    } catch (error) {
      thrown = error;
    }
    if (thrown !== undefined) expect(thrown).toEqual(tagged('ProtocolError'));
  });
});
