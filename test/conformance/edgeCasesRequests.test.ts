/** PROTOCOL.md section 6: requests, one after the other (cases 48, 50 to 53). */
import type Anthropic from '@anthropic-ai/sdk';
import { Subject } from 'rxjs';
import { converse } from 'rxclaude';
import type { ClaudeRequest, Tool } from 'rxclaude';
import { callsReply, reply, serverToolUse, textReply, thinking, toolUse, whole } from '../support/replies.js';
import { sdkClient } from '../support/sdkClient.js';
import { deepFreeze } from './support/deepFreeze.js';
import { pause, run, start } from './support/run.js';
import { servers } from './support/servers.js';
import { bodies, endOf, expectSound, question, resultsOf, talk } from './support/talk.js';
import { anyTool, echo } from './support/tools.js';

const { strict } = servers();

const webSearch = { type: 'web_search_20250305' as const, name: 'web_search' as const };
const codeExecution = { type: 'code_execution_20250825' as const, name: 'code_execution' as const };
const done = { events: textReply('Done.') };

it('48: caller code_execution_*: container id sent back; results text-only; no extra text', async () => {
  const caller = { type: 'code_execution_20260120', tool_id: 'srvtoolu_1' };
  const program = serverToolUse({ id: 'srvtoolu_1', name: 'code_execution', input: { code: 'await echo()' } });
  const photo = anyTool('photo', () => [
    { type: 'text', text: 'A cat.' },
    { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } },
  ]);
  const rounds = [
    {
      events: reply({
        content: [program, toolUse({ id: 't1', name: 'echo', caller }), toolUse({ id: 't2', name: 'photo', caller })],
        container: { id: 'container_1', expires_at: '2030-01-01T00:00:00Z' },
      }),
    },
    {
      events: reply({
        content: [whole({ type: 'code_execution_tool_result', tool_use_id: 'srvtoolu_1', content: {} }), 'Done.'],
      }),
    },
  ];

  const held = await talk(await strict(rounds), rounds, [echo, photo, codeExecution], { beta: true });

  expectSound(held);
  expect(held.requests.map(({ container }) => container)).toEqual([undefined, 'container_1']);
  const [, second] = resultsOf(held.requests[1]);
  expect((second!.content as Anthropic.TextBlockParam[]).map(({ type }) => type)).toEqual(['text', 'text']);
});

it('50: forced tool_choice: only in round 1, then auto', async () => {
  const call = (id: string) => ({ events: callsReply({ id, name: 'echo' }) });
  const rounds = [call('t1'), call('t2'), done];
  const tool_choice = { type: 'tool' as const, name: 'echo', disable_parallel_tool_use: true };

  const held = await talk(await strict(rounds), rounds, [echo], { request: { tool_choice } });

  expectSound(held);
  const auto = { type: 'auto', disable_parallel_tool_use: true };
  expect(held.requests.map((request) => request['tool_choice'])).toEqual([tool_choice, auto, auto]);
});

it('50: any becomes auto; auto and none stay as they are', async () => {
  for (const [type, later] of [
    ['any', 'auto'],
    ['auto', 'auto'],
    ['none', 'none'],
  ] as const) {
    const rounds = [{ events: callsReply({ id: 't1', name: 'echo' }) }, done];
    const held = await talk(await strict(rounds), rounds, [echo], { request: { tool_choice: { type } } });
    expectSound(held);
    expect(held.requests.map((request) => request['tool_choice'])).toEqual([{ type }, { type: later }]);
  }
});

describe('51: caller mutates its messages and tools arrays during a run', () => {
  it('51: the running run is unaffected', async () => {
    const rounds = [{ events: callsReply({ id: 't1', name: 'touch' }) }, done];
    const server = await strict(rounds);
    const content = [{ type: 'text' as const, text: 'What now?' }];
    const messages = [{ role: 'user' as const, content }];
    const tools: Tool[] = [];
    const system = [{ type: 'text' as const, text: 'Be short.' }];
    const touch = anyTool('touch', () => {
      messages.push({ role: 'user', content: [{ type: 'text', text: 'Wait!' }] });
      content[0]!.text = 'Edited';
      content.push({ type: 'text', text: 'More' });
      system[0]!.text = 'Be long.';
      tools.pop();
      tools.push(
        echo,
        anyTool('other', () => 1),
      );
      return 'touched';
    });
    tools.push(touch);

    const { error } = await run(converse(sdkClient(server.url), { ...question, system, messages, tools }));

    expect(error).toBeUndefined();
    expect(server.refusals).toEqual([]);
    expect(JSON.stringify(bodies(server)[1])).not.toMatch(/Wait!|Edited|More|Be long|other/);
    expect(resultsOf(bodies(server)[1])).toMatchObject([{ content: 'touched' }]);
  });

  it('51: nothing of the caller is mutated by the library', async () => {
    const rounds = [{ events: callsReply({ id: 't1', name: 'echo' }) }, done];
    const server = await strict(rounds);
    const tools = [echo, webSearch];
    const asked = deepFreeze({ ...question, system: [{ type: 'text' as const, text: 'x' }], tools });

    const { error } = await run(converse(sdkClient(server.url), asked as ClaudeRequest));

    expect(error).toBeUndefined();
    expect(server.refusals).toEqual([]);
  });
});

it('52: rounds 1..n: request n+1 = request n + 2 messages, byte-identical prefix (tools, system, key order)', async () => {
  const call = (id: string, input: object) => ({
    events: reply({ content: [thinking('Hm.', `s${id}`), toolUse({ id, name: 'echo', input, pieceSize: 3 })] }),
  });
  const rounds = [call('t1', { z: 1, a: { y: 2, b: 3 } }), call('t2', { é: '\u{1F600}' }), call('t3', {}), done];
  const server = await strict(rounds);
  const metadata = { user_id: 'u' };
  const request = {
    system: [{ type: 'text' as const, text: 'Short.', cache_control: { type: 'ephemeral' as const } }],
    metadata,
    stop_sequences: ['END'],
  };

  const held = await talk(server, rounds, [echo, webSearch], { request });

  expectSound(held);
  const sent = server.requests.map(({ raw }) => raw);
  expect(sent).toHaveLength(4);
  sent.slice(1).forEach((raw, at) => {
    const before = JSON.parse(sent[at]!) as { messages: unknown[] };
    const after = JSON.parse(raw) as { messages: unknown[] };
    expect(after.messages).toHaveLength(before.messages.length + 2);
    expect(JSON.stringify({ ...after, messages: after.messages.slice(0, -2) })).toBe(sent[at]);
  });
  expect(JSON.stringify(held.end.messages.slice(0, -1))).toBe(JSON.stringify(held.requests[3]!.messages));
});

it('53: user input that interrupts the tools that run (stop$) is placed after all tool_results, never between', async () => {
  const rounds = [{ events: callsReply({ id: 't1', name: 'stuck' }, { id: 't2', name: 'echo' }) }, done];
  const server = await strict(rounds);
  const tools = [anyTool('stuck', () => new Promise(() => undefined)), echo];
  const client = sdkClient(server.url);
  const interrupt$ = new Subject<void>();

  const running = start(converse(client, { ...question, tools }, { stop$: interrupt$, grace: 5 }));
  await running.until(({ type }) => type === 'tool_result');
  interrupt$.next();
  const { messages, reason } = endOf((await running.outcome).events);
  const input = { role: 'user' as const, content: 'Stop that.' };
  const { error } = await run(converse(client, { ...question, tools, messages: [...messages, input] }));

  expect(reason).toBe('stopped');
  expect(error).toBeUndefined();
  expect(server.refusals).toEqual([]);
  expect(bodies(server)[1]!.messages.slice(-2)).toMatchObject([
    {
      role: 'user',
      content: [
        { tool_use_id: 't1', is_error: true },
        { tool_use_id: 't2', content: '{}' },
      ],
    },
    input,
  ]);
});

it('53: user input that arrives while tools run is sent after all tool_results, never between', async () => {
  const rounds = [{ events: callsReply({ id: 't1', name: 'slow' }, { id: 't2', name: 'slow' }) }, done];
  const server = await strict(rounds);
  const tools = [anyTool('slow', async () => pause(20).then(() => 'ok'))];
  const inputs: { role: 'user'; content: string }[] = [];
  const stopWhen = (): boolean => inputs.length > 0;
  const client = sdkClient(server.url);

  const running = start(converse(client, { ...question, tools }, { stopWhen }));
  await running.until(({ type }) => type === 'tool_start');
  inputs.push({ role: 'user', content: 'Be quick.' });
  const end = endOf((await running.outcome).events);
  const { error } = await run(converse(client, { ...question, tools, messages: [...end.messages, ...inputs] }));

  expect(end.reason).toBe('stop_when');
  expect(error).toBeUndefined();
  expect(server.refusals).toEqual([]);
  const sent = bodies(server)[1]!.messages.slice(-2);
  expect(sent).toMatchObject([
    { role: 'user', content: [{ tool_use_id: 't1' }, { tool_use_id: 't2' }] },
    { role: 'user', content: 'Be quick.' },
  ]);
});
