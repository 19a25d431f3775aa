import * as t from 'io-ts';
import { defineTool, type ClaudeMessage, type ClaudeRequest, type RoundEvent, type RoundRequest } from 'rxclaude';
import { createRoundTracker, type RoundOutcome } from '../../../src/conversation/createRoundTracker.js';
import { appendReply, nextRequest, toAssistantContent } from '../../../src/conversation/requests.js';
import { toRoundRequest } from '../../../src/conversation/requests.js';
import { reply, serverToolUse, text, thinking, toolUse, whole, type BlockSpec } from '../../support/replies.js';
import { deepFreeze } from '../message/deepFreeze.js';
import { tagged } from '../../support/errors.js';

const message = (content: object[], more: object = {}): ClaudeMessage =>
  deepFreeze({
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'm',
    content,
    ...more,
  }) as unknown as ClaudeMessage;

const echoed = (...content: object[]): unknown[] => toAssistantContent(message(content));

const call = (id: string, input: unknown = {}): object => ({ type: 'tool_use', id, name: 'add', input });

const result = (id: string): object => ({
  type: 'tool_result',
  id,
  name: 'add',
  index: 0,
  duration: 1,
  output: 1,
  result: { type: 'tool_result', tool_use_id: id, content: `of ${id}` },
});

describe('toAssistantContent', () => {
  it('keeps each block the object that it was', () => {
    const blocks = [
      { type: 'thinking', thinking: '', signature: 's' },
      { type: 'redacted_thinking', data: 'x' },
      { type: 'text', text: 'hi ', citations: [{ type: 'char_location' }] },
      { ...call('toolu_1'), caller: { type: 'direct' }, toolset_name: 'browser' },
      { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: {} },
      { type: 'from_the_future', deep: [{ x: 1 }] },
      { type: 'compaction', content: 'c', encrypted_content: 'e' },
    ];
    const found = echoed(...blocks);
    expect(found).toHaveLength(blocks.length);
    for (const [index, block] of blocks.entries()) expect(found[index]).toBe(block);
  });

  it('leaves out empty text, and blank text when there is nothing else', () => {
    expect(echoed({ type: 'text', text: '' }, call('a'))).toEqual([call('a')]);
    expect(echoed({ type: 'text', text: '\n' }, call('a'))).toEqual([{ type: 'text', text: '\n' }, call('a')]);
    expect(echoed({ type: 'text', text: ' ' }, { type: 'text', text: '\n\t' })).toEqual([]);
    expect(echoed({ type: 'text', text: '' })).toEqual([]);
    expect(echoed()).toEqual([]);
    const thought = { type: 'thinking', thinking: '', signature: 's' };
    expect(echoed(thought, { type: 'text', text: '\n' })).toEqual([thought, { type: 'text', text: '\n' }]);
  });

  it('makes an input that is no object `{}`, and leaves the message as it was', () => {
    for (const input of ['text', [1], 5, null, undefined, true]) {
      expect(echoed(call('a', input))).toEqual([call('a', {})]);
    }
  });

  it('keeps the first of several calls with one id', () => {
    expect(echoed(call('a', { n: 1 }), call('b'), call('a', { n: 2 }))).toEqual([call('a', { n: 1 }), call('b')]);
  });

  it('after a fallback leaves out what the first model called and thought', () => {
    const fallback = { type: 'fallback', from: { model: 'a' }, to: { model: 'b' } };
    const thought = { type: 'thinking', thinking: 'x', signature: 's' };
    expect(echoed(thought, { type: 'text', text: 'half' }, call('a'), fallback, thought, call('b'))).toEqual([
      { type: 'text', text: 'half' },
      fallback,
      thought,
      call('b'),
    ]);
  });
});

describe('nextRequest', () => {
  const request: RoundRequest = deepFreeze({
    max_tokens: 9,
    tool_choice: { type: 'tool', name: 'add', disable_parallel_tool_use: true },
    tools: [{ name: 'add', input_schema: { type: 'object' } }],
    messages: [{ role: 'user', content: 'hi' }],
    model: 'm',
  });

  it('is the last one with two messages behind it and no force', () => {
    const answer = { type: 'tool_result', tool_use_id: 'toolu_1', content: '3' } as const;
    const next = nextRequest(request, message([call('toolu_1')]), [answer]);
    expect(JSON.stringify(next)).toBe(
      JSON.stringify({
        max_tokens: 9,
        tool_choice: { type: 'auto', disable_parallel_tool_use: true },
        tools: [{ name: 'add', input_schema: { type: 'object' } }],
        messages: [
          { role: 'user', content: 'hi' },
          { role: 'assistant', content: [call('toolu_1')] },
          { role: 'user', content: [answer] },
        ],
        model: 'm',
      }),
    );
    expect(next.messages[0]).toBe(request.messages[0]);
    expect(next.tools).toBe(request.tools);
  });

  it('after a pause ends with the reply alone', () => {
    const paused = message([{ type: 'text', text: 'searching' }], { stop_reason: 'pause_turn' });
    expect(nextRequest(request, paused, []).messages.map(({ role }) => role)).toEqual(['user', 'assistant']);
  });

  it.each([
    [undefined, { id: 'c1' }, 'c1'],
    [null, { id: 'c1' }, 'c1'],
    ['c0', { id: 'c1' }, 'c1'],
    ['c0', null, 'c0'],
    ['c0', undefined, 'c0'],
    [{ id: null, skills: [] }, { id: 'c1' }, { id: 'c1', skills: [] }],
    [{ skills: [] }, { id: 'c1' }, { skills: [], id: 'c1' }],
    [{ skills: [] }, undefined, { skills: [] }],
  ])('with the container %j and a reply from %j sends %j', (before, container, expected) => {
    const with_ = { ...request, ...(before !== undefined && { container: before }) };
    expect(nextRequest(with_, message([], { container }), []).container).toEqual(expected);
  });

  it('appendReply changes neither the history nor the results', () => {
    const history = deepFreeze([{ role: 'user', content: 'hi' } as const]);
    const results = deepFreeze([{ type: 'tool_result', tool_use_id: 'a' } as const]);
    const all = appendReply(history, message([call('a')]), results);
    expect(all).toHaveLength(3);
    expect(all[2]?.content).toEqual(results);
    expect(all[2]?.content).not.toBe(results);
  });
});

describe('toRoundRequest', () => {
  const add = defineTool({ name: 'add', description: 'Adds.', input: t.type({ a: t.number }), run: () => 1 });

  it('keeps the order of the keys and writes tools as the API knows them', () => {
    const given = {
      tools: [add, { type: 'web_search_20250305', name: 'web_search' }],
      messages: [{ content: 'x', role: 'user' }],
      model: 'm',
      max_tokens: 5,
    } as ClaudeRequest;
    expect(JSON.stringify(toRoundRequest(deepFreeze(given)))).toBe(
      '{"tools":[{"name":"add","description":"Adds.","input_schema":{"type":"object","properties":{"a":{"type":"number"}},"required":["a"]}},' +
        '{"type":"web_search_20250305","name":"web_search"}],"messages":[{"content":"x","role":"user"}],"model":"m","max_tokens":5}',
    );
  });

  it('sees no later change to the request', () => {
    const given = { model: 'm', max_tokens: 5, messages: [{ role: 'user' as const, content: 'x' }] };
    const copy = toRoundRequest(given);
    given.messages.push({ role: 'user', content: 'later' });
    expect(copy.messages).toHaveLength(1);
  });

  it('leaves out what is undefined, as JSON does', () => {
    const given = { model: 'm', max_tokens: 5, messages: [], system: undefined } as unknown as ClaudeRequest;
    expect(Object.keys(toRoundRequest(given))).toEqual(['model', 'max_tokens', 'messages']);
  });
});

/** What a round makes of a reply and its results. */
function roundOf(content: (string | BlockSpec)[], stop_reason: string | null, ...results: object[]): RoundOutcome {
  const round = createRoundTracker(3, () => 0);
  for (const event of [...reply({ content, stop_reason }), ...results]) round.take(event as RoundEvent);
  return round.end();
}

const add = (id: string): BlockSpec => toolUse({ id, name: 'add', input: { a: 1 } });

describe('createRoundTracker', () => {
  it('goes on with the results in the order of the calls', () => {
    const { results, goesOn } = roundOf([add('a'), add('b')], 'tool_use', result('b'), result('a'));
    expect(results.map(({ tool_use_id }) => tool_use_id)).toEqual(['a', 'b']);
    expect(goesOn).toBe(true);
  });

  it('takes the first of several results for a call, and ignores those of no call', () => {
    const other = { ...result('a'), result: { type: 'tool_result', tool_use_id: 'a', content: 'late' } };
    const { results } = roundOf([add('a'), add('a')], 'tool_use', result('a'), other, result('zzz'));
    expect(results).toEqual([{ type: 'tool_result', tool_use_id: 'a', content: 'of a' }]);
  });

  it('fails when a result is missing, and names the round, the calls and the way out', () => {
    expect(() => roundOf([add('a'), add('b')], 'tool_use', result('a'))).toThrow(tagged('MissingToolResultError'));
    expect(() => roundOf([add('a'), add('b')], 'tool_use', result('a'))).toThrow(/Round 3 .* for b\. .*executeTools/);
  });

  it.each(['end_turn', 'max_tokens', 'refusal', 'model_context_window_exceeded', 'newer_word', null])(
    'ends at %j, with an answer to every call',
    (stop_reason) => {
      const { results, goesOn } = roundOf([add('a'), add('b')], stop_reason, result('b'));
      expect(goesOn).toBe(false);
      expect(results).toEqual([
        { type: 'tool_result', tool_use_id: 'a', is_error: true, content: expect.stringMatching(/^Not run/) as string },
        { type: 'tool_result', tool_use_id: 'b', content: 'of b' },
      ]);
    },
  );

  it.each(['pause_turn', 'compaction'])('goes on after %j without results', (stop_reason) => {
    expect(roundOf(['so far'], stop_reason)).toMatchObject({ goesOn: true, results: [] });
  });

  it('goes on when only a server tool is still to come, and not when nothing is', () => {
    const search = serverToolUse({ id: 'srvtoolu_1', name: 'web_search' });
    const found = whole({ type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [] });
    expect(roundOf([search], 'tool_use').goesOn).toBe(true);
    expect(roundOf([search, found], 'tool_use').goesOn).toBe(false);
    expect(roundOf(['text'], 'tool_use').goesOn).toBe(false);
  });

  it('asks for no result of a call before a fallback', () => {
    const fallback = whole({ type: 'fallback', from: { model: 'a' }, to: { model: 'b' } });
    const { results } = roundOf([thinking('x'), add('a'), fallback, add('b')], 'tool_use', result('b'));
    expect(results.map(({ tool_use_id }) => tool_use_id)).toEqual(['b']);
  });

  it('fails without a whole message', () => {
    const events = reply({ content: [text('x')] });
    for (const some of [[], events.slice(0, 3), events.slice(0, -1)]) {
      const round = createRoundTracker(1, () => 0);
      for (const event of some) round.take(event as RoundEvent);
      expect(() => round.end()).toThrow(tagged('ProtocolError'));
    }
  });
});
