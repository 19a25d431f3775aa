/** Long conversations with a server that refuses what the API refuses: not one refusal. */
import { betaTool } from '@anthropic-ai/sdk/helpers/beta/json-schema';
import { betaZodTool } from '@anthropic-ai/sdk/helpers/beta/zod';
import * as t from 'io-ts';
import { defineTool } from 'rxclaude';
import type { ToolEntry } from 'rxclaude';
import { z } from 'zod';
import {
  redactedThinking,
  reply,
  serverToolUse,
  text,
  textReply,
  thinking,
  toolUse,
  whole,
} from '../support/replies.js';
import { failedRound } from '../support/strictServer.js';
import { only, pause } from './support/run.js';
import { servers } from './support/servers.js';
import { expectSound, resultsOf, started, talk } from './support/talk.js';
import { anyTool, echo } from './support/tools.js';

const { strict } = servers();

const webSearch = { type: 'web_search_20250305' as const, name: 'web_search' as const };
const codeExecution = { type: 'code_execution_20250825' as const, name: 'code_execution' as const };
const ephemeral = { type: 'ephemeral' as const };
const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } };
const search = (n: number) =>
  serverToolUse({
    id: `srvtoolu_${String(n)}`,
    name: 'web_search',
    input: { query: `question ${String(n)}` },
    pieceSize: 5,
  });
const found = (n: number) =>
  whole({ type: 'web_search_tool_result', tool_use_id: `srvtoolu_${String(n)}`, content: [] });

const slow = anyTool('slow', async ({ ms }) => pause(Number(ms)).then(() => `after ${String(ms)}`));
const stuck = anyTool('stuck', () => new Promise(() => undefined), { timeout: 15 });
const broken = anyTool('broken', () => {
  throw new Error('out of order');
});
const photo = anyTool('photo', () => [{ type: 'text', text: 'A cat' }, image], { idempotent: true });

/** One tool of each kind that may stand in a request. */
const mixed: readonly ToolEntry[] = [
  defineTool({ name: 'codec', description: 'io-ts', input: t.type({ n: t.number }), run: ({ n }) => n + 1 }),
  defineTool({
    name: 'standard',
    description: 'zod 4',
    input: z.object({ city: z.string().min(2), days: z.number().int().default(3) }),
    cache_control: ephemeral,
    run: ({ city, days }) => ({ city, days }),
  }),
  betaZodTool({ name: 'zod_tool', description: 'SDK', inputSchema: z.object({ q: z.string() }), run: ({ q }) => q }),
  betaTool({
    name: 'beta_tool',
    description: 'SDK',
    inputSchema: { type: 'object', properties: { q: { type: 'string' } } },
    run: () => [{ type: 'text', text: 'blocks' }],
  }),
  { name: 'plain', description: 'Nobody runs it here.', input_schema: { type: 'object' } },
  webSearch,
];

it('thinking of every kind, parallel tools, a retry by the SDK, five rounds', async () => {
  const calls = (round: number, count: number) =>
    Array.from({ length: count }, (_none, at) =>
      toolUse({
        id: `t${String(round)}_${String(at)}`,
        name: 'slow',
        input: { ms: ((at * 13 + round * 7) % 5) * 4 },
        pieceSize: 2,
      }),
    );
  const rounds = [
    { events: reply({ content: [thinking(['Let ', 'me.'], 's1'), 'On it.', ...calls(1, 2)] }), pings: true },
    { events: reply({ content: [thinking('', 's2'), ...calls(2, 6)] }), delayMs: 1 },
    { events: reply({ content: [redactedThinking('r=='), text(['Two', ' words.']), ...calls(3, 3)] }) },
    { events: reply({ content: [thinking('A', 's4'), thinking('', 's5'), redactedThinking('q=='), ...calls(4, 4)] }) },
    { events: reply({ content: [thinking('', 's6'), 'Done.'] }), pings: true },
  ];
  const thinkingOn = { type: 'adaptive' as const };

  const held = await talk(await strict(rounds, { seed: 7, maxChunk: 40 }), rounds, [slow], {
    request: { thinking: thinkingOn },
    tools: { concurrency: 4 },
  });

  expectSound(held);
  expect(held.requests).toHaveLength(5);
  expect(resultsOf(held.requests[2]).map(({ tool_use_id }) => tool_use_id)).toEqual(
    Array.from({ length: 6 }, (_none, at) => `t2_${String(at)}`),
  );
});

it('server tools with results, open server tools beside calls, several pauses', async () => {
  const rounds = [
    { events: reply({ content: ['Looking.', search(1), found(1), search(2)], stop_reason: 'pause_turn' }) },
    { events: reply({ content: [found(2), search(3)], stop_reason: 'pause_turn' }) },
    { events: reply({ content: [found(3), 'So:', search(4), toolUse({ id: 't1', name: 'echo', input: { a: 1 } })] }) },
    { events: reply({ content: [found(4), toolUse({ id: 't2', name: 'photo' }), search(5)] }) },
    { events: reply({ content: [found(5), search(6)], stop_reason: 'tool_use' }) },
    { events: reply({ content: [found(6), 'Done.'] }) },
  ];

  const held = await talk(await strict(rounds), rounds, [echo, photo, webSearch]);

  expectSound(held);
  expect(held.end.rounds).toBe(6);
  expect(started(held.events)).toEqual(['t1', 't2']);
});

it('programmatic calls in one container over several rounds', async () => {
  const caller = { type: 'code_execution_20260120', tool_id: 'srvtoolu_1' };
  const program = serverToolUse({ id: 'srvtoolu_1', name: 'code_execution', input: { code: 'x' } });
  const output = whole({ type: 'code_execution_tool_result', tool_use_id: 'srvtoolu_1', content: {} });
  const container = { id: 'container_7', expires_at: '2030-01-01T00:00:00Z' };
  const call = (id: string, name: string, input: object | string = {}) => toolUse({ id, name, input, caller });
  const rounds = [
    { events: reply({ content: ['Running.', program, call('t1', 'echo', { a: 1 }), call('t2', 'photo')], container }) },
    { events: reply({ content: [call('t3', 'broken'), call('t4', 'echo', '{"a"')], container }) },
    { events: reply({ content: [output, 'Done.'], container }) },
  ];

  const held = await talk(await strict(rounds), rounds, [echo, photo, broken, codeExecution], { beta: true });

  expectSound(held);
  expect(held.requests.map(({ container: sent }) => sent)).toEqual([undefined, 'container_7', 'container_7']);
  expect(JSON.stringify(held.requests)).not.toContain('"image"');
});

it('invalid inputs, unknown tools, throwing and slow tools, images in results, in one reply and again', async () => {
  const calls = (n: number) =>
    (
      [
        ['codec', { n: 'one' }],
        ['codec', '{"n":'],
        ['codec', '[]'],
        ['codec', { n: 1 }],
        ['nowhere', {}],
        ['broken', {}],
        ['stuck', {}],
        ['photo', {}],
        ['slow', { ms: 10 }],
      ] as const
    ).map(([name, input], at) => toolUse({ id: `t${String(n)}_${String(at)}`, name, input, pieceSize: 3 }));
  const rounds = [
    { events: reply({ content: [thinking('', 's1'), ...calls(1)] }) },
    { events: reply({ content: [thinking('', 's2'), 'Again.', ...calls(2)] }) },
    { events: textReply('Done.') },
  ];

  const held = await talk(await strict(rounds), rounds, [...mixed, broken, stuck, photo, slow]);

  expectSound(held);
  for (const request of held.requests.slice(1)) {
    expect(resultsOf(request).map(({ is_error }) => is_error ?? false)).toEqual([
      ...[true, true, true, false, true, true, true, false, false],
    ]);
  }
});

it('cache_control marks, system as blocks, tools of every kind, a forced tool_choice', async () => {
  const call = (id: string, name: string, input: object) => toolUse({ id, name, input });
  const rounds = [
    { events: reply({ content: [call('t1', 'codec', { n: 1 })] }) },
    {
      events: reply({
        content: [
          call('t2', 'standard', { city: 'Oslo' }),
          call('t3', 'zod_tool', { q: 'a' }),
          call('t4', 'zod_tool', { q: 7 }),
          call('t5', 'beta_tool', {}),
          call('t6', 'plain', {}),
          search(1),
          found(1),
        ],
      }),
    },
    { events: textReply('Done.') },
  ];
  const request = {
    system: [
      { type: 'text' as const, text: 'Be short.' },
      { type: 'text' as const, text: 'A long document.', cache_control: ephemeral },
    ],
    messages: [
      { role: 'user' as const, content: [{ type: 'text' as const, text: 'Now?', cache_control: ephemeral }] },
      { role: 'assistant' as const, content: 'What?' },
      { role: 'user' as const, content: 'That.' },
    ],
    tool_choice: { type: 'tool' as const, name: 'codec' },
    metadata: { user_id: 'u1' },
    stop_sequences: ['STOP'],
  };

  const held = await talk(await strict(rounds), rounds, mixed, { request });

  expectSound(held);
  expect(held.requests.map(({ tool_choice }) => tool_choice)).toEqual([
    { type: 'tool', name: 'codec' },
    { type: 'auto' },
    { type: 'auto' },
  ]);
  const results = resultsOf(held.requests[2]).map(({ content, is_error }) => [content, is_error ?? false]);
  expect(results).toEqual([
    ['{"city":"Oslo","days":3}', false],
    ['a', false],
    [expect.stringContaining('q') as unknown, true],
    [[{ type: 'text', text: 'blocks' }], false],
    [expect.stringContaining('`plain`') as unknown, true],
  ]);
});

it("the SDK's own retries stay within a round, and their failure is its error", async () => {
  const rounds = [
    failedRound(529, 'overloaded_error', 'Overloaded', { 'retry-after-ms': '1' }),
    { events: reply({ content: [toolUse({ id: 't1', name: 'echo' })] }) },
    failedRound(529, 'overloaded_error', 'Overloaded', { 'retry-after-ms': '1' }),
    failedRound(500, 'api_error', 'Oops', { 'retry-after-ms': '1' }),
    { events: textReply('Done.') },
  ];

  const held = await talk(await strict(rounds), rounds, [echo], { stream: { maxRetries: 2 } });

  expect(held.error).toBeUndefined();
  expect(held.refusals).toEqual([]);
  expect(held.requests).toHaveLength(5);
  expect(only(held.events, 'message_start')).toHaveLength(2);
  expect(only(held.events, 'round_start')).toHaveLength(2);
});

it('beta: compaction goes on with the same request and the reply behind it', async () => {
  const compaction = whole({ type: 'compaction', content: null }, [{ type: 'compaction_delta', content: 'Summary.' }]);
  const rounds = [
    { events: reply({ content: [compaction], stop_reason: 'compaction' }) },
    { events: reply({ content: ['Done.'] }) },
  ];

  const held = await talk(await strict(rounds), rounds, [echo], { beta: true });

  expectSound(held);
  expect(held.requests[1]!.messages[1]!.content).toEqual([{ type: 'compaction', content: 'Summary.' }]);
});
