import { added, apiError, claude, LEGEND, letterOf } from '../../marbles/index.js';
import { defaultEvent } from '../../marbles/session/replyScript.js';
import { createMessageAccumulator } from '../../src/message/createMessageAccumulator.js';
import type { AddedEvent, ClaudeEvent } from '../../src/index.js';

const lower = Object.keys(LEGEND).filter((letter) => letter === letter.toLowerCase());
const call = added.toolCall('toolu_1', 'add');
const ours: Record<string, AddedEvent> = {
  H: added.response(),
  B: added.roundStart(),
  R: added.roundRetry(1, new Error('gone'), 5),
  E: added.roundEnd(),
  C: added.conversationEnd(),
  I: added.toolInput(call, '{}'),
  K: call,
  A: added.approvalRequest(call),
  D: added.approvalDecision(call, 'denied', 'Not today.'),
  S: added.toolStart(call),
  P: added.toolProgress(call, 1),
  W: added.toolResult(call, 'yes'),
  X: added.toolFailure(call, 'no'),
};

/** The message that events make. */
function messageOf(events: readonly ClaudeEvent[]): unknown {
  const accumulator = createMessageAccumulator();
  for (const each of events) accumulator.take(each);
  return accumulator.wholeMessage();
}

describe('the legend', () => {
  it.each(lower)('%s is the letter of the event that it stands for in a reply', (letter) => {
    expect(letterOf(defaultEvent(letter, 0))).toBe(letter);
  });

  it.each(Object.entries(ours))('%s is the letter of its event', (letter, of) => {
    expect(letterOf(of)).toBe(letter);
  });

  it('has a letter for each event that rxclaude adds', () => {
    expect(Object.keys(ours).sort()).toEqual(
      Object.keys(LEGEND)
        .filter((letter) => !lower.includes(letter))
        .sort(),
    );
  });

  it.each([undefined, null, 'a text', 1, {}, { type: 1 }, { type: 'content_block_start' }, { type: 'message_delta' }])(
    'has a letter for %p as well',
    (anything) => {
      expect(LEGEND).toHaveProperty(letterOf(anything));
    },
  );

  it('numbers the calls and the messages that have no id of their own', () => {
    expect(defaultEvent('k', 2)).toMatchObject({ content_block: { id: 'toolu_3' } });
    expect(defaultEvent('s', 1)).toMatchObject({ message: { id: 'msg_2' } });
  });
});

describe('the builders', () => {
  it('make single events, as the API sends them', () => {
    expect(claude.text('Hel', 0)).toEqual({
      type: 'content_block_delta',
      index: 0,
      delta: { type: 'text_delta', text: 'Hel' },
    });
    expect(claude.text('lo', 3)).toMatchObject({ index: 3 });
    expect(claude.stop('tool_use', 7)).toEqual({
      type: 'message_delta',
      delta: { stop_reason: 'tool_use', stop_sequence: null },
      usage: { output_tokens: 7 },
    });
    expect(claude.messageStart({ model: 'another' })).toMatchObject({
      message: { model: 'another', role: 'assistant' },
    });
    expect(claude.event({ type: 'event_of_the_future', more: 1 })).toEqual({ type: 'event_of_the_future', more: 1 });
  });

  it('make a call as start, pieces and stop', () => {
    const use = claude.toolUse('toolu_1', 'add', { a: 1, b: 22 }, 3);
    expect(use).toHaveLength(5);
    expect([use.start, ...use.pieces, use.stop]).toEqual([...use]);
    expect(use.start).toMatchObject({ content_block: { type: 'tool_use', id: 'toolu_1', name: 'add', input: {} } });
    const json = use.pieces.map(({ delta }) => ('partial_json' in delta ? delta.partial_json : '')).join('');
    expect(JSON.parse(json)).toEqual({ a: 1, b: 22 });
    expect(claude.toolUse('toolu_1', 'add', '{"a":').pieces).toMatchObject([{ delta: { partial_json: '{"a":' } }]);
    expect(claude.toolUse('toolu_1', 'add', '').pieces).toMatchObject([{ delta: { partial_json: '' } }]);
  });

  it('make whole replies, with each block at its place', () => {
    const events = claude.message(
      claude.thinking('Hm.', 'signed'),
      claude.textBlock('Hel', 'lo'),
      claude.serverToolUse('srvtoolu_1', 'web_search', { query: 'x' }),
      claude.serverToolResult('srvtoolu_1', 'web_search_tool_result', []),
      claude.wholeBlock({ type: 'redacted_thinking', data: 'x' }),
      claude.toolUse('toolu_1', 'add', { a: 1 }),
    );
    expect(messageOf(events)).toMatchObject({
      stop_reason: 'tool_use',
      content: [
        { type: 'thinking', thinking: 'Hm.', signature: 'signed' },
        { type: 'text', text: 'Hello' },
        { type: 'server_tool_use', input: { query: 'x' } },
        { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1' },
        { type: 'redacted_thinking', data: 'x' },
        { type: 'tool_use', id: 'toolu_1', input: { a: 1 } },
      ],
    });
    expect(events.map(letterOf).join('')).toBe('shgfcottcvicrcdckicwm');
  });

  it('add to a reply only what it does not bring itself', () => {
    const events = claude.message(
      claude.messageStart({ id: 'msg_9' }),
      claude.textBlock('Hi'),
      claude.stop('max_tokens'),
    );
    expect(events.map(letterOf).join('')).toBe('sotcxm');
    expect(events[0]).toMatchObject({ message: { id: 'msg_9' } });
    expect(claude.message(claude.textBlock('Hi')).map(letterOf).join('')).toBe('sotcem');
    expect(claude.message().map(letterOf).join('')).toBe('sem');
  });

  it('leave an event where it was put by hand', () => {
    const events = claude.message(
      claude.textBlock('a'),
      { ...claude.text('b'), index: 7 },
      claude.contentBlockStop(5),
      claude.inputJson('{}', 4),
    );
    expect(events.map((each) => ('index' in each ? each.index : '-'))).toEqual(['-', 0, 0, 0, 7, 5, 4, '-', '-']);
  });

  it.each([
    ...Object.entries(ours),
    ['a value that is undefined', added.toolProgress(call, undefined)],
    ['an error', added.conversationEnd('error', 2, apiError())],
  ])('make what rxclaude adds as plain data: %s', (_, event) => {
    expect(JSON.parse(JSON.stringify(event))).toStrictEqual(event);
  });

  it('make the end of a round out of its reply', () => {
    const calling = claude.message(claude.toolUse('toolu_1', 'add'), claude.stop('tool_use', 7));
    const { result } = added.toolResult(call, 'yes');
    expect(added.roundEnd(calling, [result], 2)).toMatchObject({
      round: 2,
      message: { content: [{ type: 'tool_use', id: 'toolu_1' }] },
      results: [{ tool_use_id: 'toolu_1', content: 'yes' }],
      usage: { output_tokens: 7 },
      next: 'resume',
    });
    expect(added.roundEnd()).toMatchObject({ round: 1, results: [], next: 'end' });
    expect(() => added.roundEnd([claude.messageStart()])).toThrow('all events of a reply');
  });

  it('make the errors of the API, in mid-stream and in place of a reply', () => {
    expect(apiError()).toMatchObject({ name: 'ClaudeApiError', type: 'overloaded_error', status: undefined });
    const refused = apiError('rate_limit_error', { status: 429, headers: { 'retry-after': '30' }, message: 'Slower.' });
    expect(refused).toMatchObject({ type: 'rate_limit_error', status: 429 });
    expect(refused.headers?.get('retry-after')).toBe('30');
    expect(refused.message).toContain('Slower.');
  });
});
