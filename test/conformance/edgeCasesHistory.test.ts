/** PROTOCOL.md section 6: what goes back to the API (cases 38 to 43, 47). */
import {
  callsReply,
  redactedThinking,
  reply,
  serverToolUse,
  text,
  textReply,
  thinking,
  toolUse,
  whole,
} from '../support/replies.js';
import { only, pause } from './support/run.js';
import { servers } from './support/servers.js';
import { expectFailed, expectSound, quick, resultsOf, started, talk } from './support/talk.js';
import { anyTool, echo } from './support/tools.js';

const { strict } = servers();

const webSearch = { type: 'web_search_20250305' as const, name: 'web_search' as const };
const search = { id: 'srvtoolu_1', name: 'web_search', input: { query: 'x' }, caller: { type: 'direct' } };
const found = whole({ type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [] });
const done = { events: textReply('Done.') };

it('38: thinking + tool_use reply: next request holds identical thinking, signature, order', async () => {
  const events = reply({
    content: [
      thinking(['First ', '\u{1F600}.'], 'sig+/='),
      text(['A']),
      thinking('', 'sig-of-nothing'),
      toolUse({ id: 't1', name: 'echo', caller: { type: 'direct' } }),
    ],
  });
  const rounds = [{ events }, done];

  const held = await talk(await strict(rounds, { maxChunk: 5 }), rounds, [echo]);

  expectSound(held);
  expect(held.requests[1]!.messages[1]).toEqual({
    role: 'assistant',
    content: [
      { type: 'thinking', thinking: 'First \u{1F600}.', signature: 'sig+/=' },
      { type: 'text', text: 'A' },
      { type: 'thinking', thinking: '', signature: 'sig-of-nothing' },
      { type: 'tool_use', id: 't1', name: 'echo', input: {}, caller: { type: 'direct' } },
    ],
  });
});

it('38: a reply of calls that ends with thinking: it is sent back as it came, too', async () => {
  const events = reply({ content: [toolUse({ id: 't1', name: 'echo' }), thinking('And now?', 's1')] });
  const rounds = [{ events }, done];

  const held = await talk(await strict(rounds), rounds, [echo]);

  expectSound(held);
  expect(held.requests[1]!.messages[1]!.content).toMatchObject([{ id: 't1' }, { thinking: 'And now?' }]);
});

it('39: redacted_thinking, server_tool_use, unknown blocks: echoed unchanged', async () => {
  const strange = { type: 'connector_text', text: 'x', parts: [{ n: null }] };
  const events = reply({
    content: [
      redactedThinking('b64=='),
      serverToolUse(search),
      found,
      whole(strange),
      toolUse({ id: 't1', name: 'member', toolset_name: 'set', caller: { type: 'direct' } }),
      toolUse({ id: 't2', name: 'echo' }),
    ],
  });
  const rounds = [{ events }, done];

  const held = await talk(await strict(rounds), rounds, [echo, webSearch]);

  expectSound(held);
  expect(held.requests[1]!.messages[1]!.content).toEqual([
    { type: 'redacted_thinking', data: 'b64==' },
    { type: 'server_tool_use', ...search },
    { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [] },
    strange,
    { type: 'tool_use', id: 't1', name: 'member', toolset_name: 'set', input: {}, caller: { type: 'direct' } },
    { type: 'tool_use', id: 't2', name: 'echo', input: {} },
  ]);
  expect(resultsOf(held.requests[1])[0]).toMatchObject({ tool_use_id: 't1', toolset_name: 'set', is_error: true });
});

it.each([
  ['without thinking', []],
  ['with thinking in the turn', [thinking('Hm.')]],
])('40: empty text block beside tool_use, %s: request accepted, the rest echoed', async (_what, before) => {
  const events = reply({ content: [...before, text([]), toolUse({ id: 't1', name: 'echo' }), text([''])] });
  const rounds = [{ events }, { events: reply({ content: [text([]), 'Done.', text([])] }) }];

  const held = await talk(await strict(rounds), rounds, [echo]);

  expectSound(held);
  const echoed = held.requests[1]!.messages[1]!.content as readonly { type: string }[];
  expect(echoed.map(({ type }) => type)).toEqual([...before.map(() => 'thinking'), 'tool_use']);
  expect(only(held.events, 'round_end')[0]!.message.content).toHaveLength(before.length + 3);
});

it.each([
  ['behind text', ['Well.'], [{ type: 'text', text: 'Well.' }]],
  ['behind a call', [toolUse({ id: 't1', name: 'echo' })], [{ type: 'tool_use', id: 't1', name: 'echo', input: {} }]],
  ['behind a thought', [thinking('Hm.')], undefined],
  ['alone', [], undefined],
])('40: empty text block %s in a reply that breaks off: it is not in the history', async (_what, before, kept) => {
  const whole = reply({ content: [...before, text([''])] });
  for (const missing of [2, 3]) {
    const rounds = [{ events: whole.slice(0, -missing), then: 'destroy' as const }];
    const held = await talk(await strict(rounds), rounds, [echo], { retry: false });
    expectFailed(held);
    expect(held.end.messages[1]?.content).toEqual(kept);
  }
});

it.each([
  ['content []', []],
  ['an empty text', [text([])]],
  ['white space', [text(['\n', ' '])]],
])('41: reply with %s, end_turn: run completes; not resent as last assistant message', async (_what, content) => {
  const rounds = [{ events: callsReply({ id: 't1', name: 'echo' }) }, { events: reply({ content }) }];

  const held = await talk(await strict(rounds), rounds, [echo]);

  expectSound(held);
  expect(held.requests).toHaveLength(2);
  expect(held.end).toMatchObject({ reason: 'finished', stop_reason: 'end_turn' });
  expect(held.end.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
});

describe('42: stop_reason tool_use but no client tool_use block', () => {
  it('42: only a server tool is open: resumed with the reply alone, no tool_result invented', async () => {
    const rounds = [
      { events: reply({ content: ['Searching.', serverToolUse(search)], stop_reason: 'tool_use' }) },
      { events: reply({ content: [found, 'Done.'] }) },
    ];

    const held = await talk(await strict(rounds), rounds, [webSearch]);

    expectSound(held);
    expect(held.requests[1]!.messages.map(({ role }) => role)).toEqual(['user', 'assistant']);
    expect(JSON.stringify(held.requests)).not.toContain('"tool_result"');
  });

  it('42: nothing is open: the run ends and says so', async () => {
    const rounds = [{ events: reply({ content: ['Hm.'], stop_reason: 'tool_use' }) }];

    const held = await talk(await strict(rounds), rounds, [echo]);

    expectSound(held);
    expect(held.end).toMatchObject({ reason: 'finished', stop_reason: 'tool_use' });
  });
});

it('43: server_tool_use without result + client tool_use: the user message holds only tool_results; same tools', async () => {
  const rounds = [
    { events: reply({ content: [serverToolUse(search), toolUse({ id: 't1', name: 'echo', input: { a: 1 } })] }) },
    { events: reply({ content: [found, 'Done.'] }) },
  ];

  const held = await talk(await strict(rounds), rounds, [echo, webSearch]);

  expectSound(held);
  expect(resultsOf(held.requests[1])).toEqual([{ type: 'tool_result', tool_use_id: 't1', content: '{"a":1}' }]);
  expect(held.requests[1]!['tools']).toEqual(held.requests[0]!['tools']);
});

describe('47: fallback block mid-stream', () => {
  const fallback = whole({ type: 'fallback', from: { model: 'claude-opus-5-5' }, to: { model: 'claude-haiku-5-5' } });

  it.each([false, true])(
    '47: earlier tool_use and thinking not run, not echoed (idempotent: %s)',
    async (idempotent) => {
      const signals: (readonly [unknown, AbortSignal])[] = [];
      const work = anyTool(
        'work',
        async ({ n }, { signal }) => {
          signals.push([n, signal]);
          return pause(n === 1 ? 60 : 1).then(() => n);
        },
        { idempotent },
      );
      const call = (id: string, n: number) => toolUse({ id, name: 'work', input: { n } });
      const rounds = [
        {
          events: reply({
            content: [thinking('Old.'), 'Half', call('t1', 1), fallback, thinking('New.', 's2'), call('t2', 2)],
          }),
        },
        done,
      ];

      const held = await talk(await strict(rounds), rounds, [work], { beta: true });

      expectSound(held);
      const echoed = held.requests[1]!.messages[1]!.content as readonly Record<string, unknown>[];
      expect(echoed.map(({ type, id, thinking: thought }) => id ?? thought ?? type)).toEqual([
        'text',
        'fallback',
        'New.',
        't2',
      ]);
      expect(resultsOf(held.requests[1])).toEqual([{ type: 'tool_result', tool_use_id: 't2', content: '2' }]);
      expect(only(held.events, 'round_end')[0]!.message.model).toBe('claude-haiku-5-5');
      // What an idempotent tool began for the old model is stopped.
      expect(signals.filter(([n]) => n === 1).map(([, { aborted }]) => aborted)).toEqual(idempotent ? [true] : []);
      expect(started(held.events)).toEqual(idempotent ? ['t1', 't2'] : ['t2']);
    },
  );

  const work = (runs: unknown[]) => anyTool('work', ({ n }) => runs.push(n), { idempotent: true });
  const call = (id: string, n: number) => toolUse({ id, name: 'work', input: { n } });
  const taken = reply({ content: [thinking('Old.'), 'Half', call('t1', 1), fallback, call('t2', 2), 'Rest'] });
  const cutAt = taken.findLastIndex((event) => JSON.stringify(event).includes('Rest'));
  const cut = { events: taken.slice(0, cutAt), then: 'destroy' as const };

  it('47: the stream breaks off behind it: nothing of the old model but its text is in the history', async () => {
    const runs: unknown[] = [];
    const held = await talk(await strict([cut]), [cut], [work(runs)], { beta: true, retry: false });

    expectFailed(held);
    expect(held.end.message?.model).toBe('claude-haiku-5-5');
    const [, said, results] = held.end.messages as { content: readonly { type: string; id?: string }[] }[];
    expect(said!.content.map(({ type, id }) => id ?? type)).toEqual(['text', 'fallback', 't2']);
    expect(results!.content).toMatchObject([{ tool_use_id: 't2' }]);
  });

  it('47: and on the retry, calls of the new model are answered by what they found before', async () => {
    const runs: unknown[] = [];
    const rounds = [cut, { events: reply({ content: [fallback, call('t8', 2)] }) }, done];
    const held = await talk(await strict(rounds), rounds, [work(runs)], { beta: true, retry: quick });

    expectSound(held);
    expect(runs).toEqual([1, 2]);
    expect(resultsOf(held.requests[2])).toEqual([{ type: 'tool_result', tool_use_id: 't8', content: '2' }]);
  });
});
