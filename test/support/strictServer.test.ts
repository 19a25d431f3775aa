import type Anthropic from '@anthropic-ai/sdk';
import { BadRequestError } from '@anthropic-ai/sdk';
import { betaTool } from '@anthropic-ai/sdk/helpers/beta/json-schema';
import { describeRecordings, recordings } from './recordings.js';
import { callsReply, reply, serverToolUse, text, textReply, thinking, toolUse, whole } from './replies.js';
import { sdkClient } from './sdkClient.js';
import { failedRound, refuse, strictServer } from './strictServer.js';
import type { Round, StrictServer } from './strictServer.js';
import { addTool, badRequests, goodRequest } from './strictRules/badRequests.js';
import { readServed } from './strictRules/served.js';
import { readView } from './strictRules/view.js';
import type { Exchange } from './strictRules/view.js';

const open: StrictServer[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map(async (server) => server.close()));
});

async function strict(...rounds: readonly Round[]): Promise<StrictServer> {
  const server = await strictServer(rounds);
  open.push(server);
  return server;
}

/** Sends a request by the real SDK and reads its stream to the end. */
async function send(server: StrictServer, change: object): Promise<Anthropic.RawMessageStreamEvent[]> {
  const request = { stream: true, ...goodRequest, ...change } as unknown as Anthropic.MessageCreateParamsStreaming;
  const events: Anthropic.RawMessageStreamEvent[] = [];
  for await (const event of await sdkClient(server.url).messages.create(request)) events.push(event);
  return events;
}

const question = goodRequest.messages[0] as object;
const user = (...content: object[]): object => ({ role: 'user', content });
const assistant = (...content: object[]): object => ({ role: 'assistant', content });
const result = (id: string): object => ({ type: 'tool_result', tool_use_id: id, content: '2' });
const addCall = (id: string, input: unknown = {}): object => ({ type: 'tool_use', id, name: 'add', input });

describe('a request alone', () => {
  it.each(badRequests)('is refused: $rule', async ({ change, message }) => {
    const server = await strict({ events: textReply('never sent') });

    const error: unknown = await send(server, change).catch((reason: unknown) => reason);

    expect(error).toBeInstanceOf(BadRequestError);
    expect((error as BadRequestError).error).toMatchObject({ error: { type: 'invalid_request_error', message } });
    expect(server.refusals).toEqual([message]);
    expect(server.roundsPlayed()).toBe(0);
  });

  it('is refused when no round is left', async () => {
    const server = await strict();
    await expect(send(server, {})).rejects.toThrow('only 0 rounds are scripted');
  });
});

describe('a request after a reply', () => {
  const thought = { type: 'thinking', thinking: 'Hm.', signature: 'sig' };
  const events = reply({
    content: [thinking('Hm.', 'sig'), text(['Ad', 'ding.']), toolUse({ id: 't1', name: 'add' })],
  });
  const echo = [thought, { type: 'text', text: 'Adding.' }, addCall('t1')];
  const next = (...messages: object[]): object => ({ stream: true, ...goodRequest, messages });
  const good = next(question, assistant(...echo), user(result('t1')));

  function after(served: readonly object[], request: object, change: object = {}): string | undefined {
    const view = readView({ stream: true, ...goodRequest, ...change });
    return refuse(request, { request: view, served: readServed(served) } as Exchange);
  }
  const changed = (path: string, what: string): string =>
    `${path}: Invalid \`signature\` in \`thinking\` block. The block is bound to a different conversation. Remove the block, or set \`thinking.block_binding.prefix_mismatch_behavior\` to "drop_block". Changed: ${what}.`;
  const edited =
    '`thinking` or `redacted_thinking` blocks in the latest assistant message cannot be modified. These blocks must remain as they were in the original response.';

  it('is accepted when it is the same and two messages more', () => {
    expect(after(events, good)).toBeUndefined();
  });

  it.each([
    ['system', { ...good, system: 'new' }, changed('messages.1.content.0', '`system`')],
    ['tools', { ...good, tools: [{ ...addTool, description: 'new' }] }, changed('messages.1.content.0', '`tools`')],
    ['key order', reordered(good), changed('messages.1.content.0', 'the order of the top-level keys')],
    [
      'an earlier message',
      next({ role: 'user', content: '1 + 2?' }, assistant(...echo), user(result('t1'))),
      changed('messages.1.content.0', 'messages.0'),
    ],
    [
      'the text of the reply',
      next(question, assistant(thought, { type: 'text', text: 'Adding' }, addCall('t1')), user(result('t1'))),
      changed('messages.1.content.1', 'the reply in messages.1'),
    ],
    [
      'the reply left out',
      next(question, user({ type: 'text', text: 'a' })),
      changed('messages.1.content.0', 'the reply was left out'),
    ],
    [
      'edited thinking',
      next(question, assistant({ ...thought, thinking: 'Ha.' }, ...echo.slice(1)), user(result('t1'))),
      `messages.1.content.0: ${edited}`,
    ],
    [
      'dropped thinking',
      next(question, assistant(...echo.slice(1)), user(result('t1'))),
      `messages.1.content.0: ${edited}`,
    ],
  ])('is refused when it changes %s', (_what, request, message) => {
    expect(after(events, request)).toBe(message);
  });

  it('is refused when it forces a tool again', () => {
    const forced = { tool_choice: { type: 'any' } };
    expect(after(events, { ...good, ...forced }, forced)).toBe(
      'strictServer: tool_choice forces tool use again; set it back to auto after the forced round',
    );
    expect(after(events, { ...good, tool_choice: { type: 'auto' } }, forced)).toBeUndefined();
  });

  it('may leave out an empty text and the second call of one id, and mend an input', () => {
    const odd = [
      text([]),
      toolUse({ id: 't1', name: 'add', input: '[1' }),
      toolUse({ id: 't1', name: 'add', input: { a: 1 } }),
    ];
    expect(
      after(reply({ content: odd }), next(question, assistant(addCall('t1')), user(result('t1')))),
    ).toBeUndefined();
  });

  it('drops calls and thinking before a fallback, and keeps the text', () => {
    const fallback = { type: 'fallback', from: { model: 'a' }, to: { model: 'b' } };
    const served = reply({ content: [thinking('x'), 'Hi', toolUse({ id: 't0', name: 'add' }), whole(fallback), 'Ho'] });
    const kept = assistant({ type: 'text', text: 'Hi' }, fallback, { type: 'text', text: 'Ho' });
    expect(after(served, next(question, kept, question))).toBeUndefined();
    const stale = assistant({ type: 'text', text: 'Hi' }, addCall('t0'), fallback, { type: 'text', text: 'Ho' });
    expect(after(served, next(question, stale, user(result('t0'))))).toContain('the reply in messages.1');
  });

  it.each(['refusal', 'max_tokens'])('may ask anew after %s', (stop_reason) => {
    const served = reply({ content: ['Half', toolUse({ id: 't1', name: 'add', input: '{"a"' })], stop_reason });
    expect(after(served, next(question))).toBeUndefined();
    expect(after(served, next(question, user({ type: 'text', text: 'Again.' })))).toBeUndefined();
  });

  it('may resume a pause, and no other end', () => {
    const paused = reply({ content: ['Wait'], stop_reason: 'pause_turn' });
    const resumed = next(question, assistant({ type: 'text', text: 'Wait' }));
    expect(after(paused, resumed)).toBeUndefined();
    expect(after(textReply('Wait'), resumed)).toContain('does not support assistant message prefill');
  });

  it('must name the container that was served', () => {
    const caller = { type: 'code_execution_20260120', tool_id: 'srvtoolu_1' };
    const served = reply({ content: [toolUse({ id: 't1', name: 'add', caller })], container: { id: 'c1' } });
    const request = next(question, assistant({ ...addCall('t1'), caller }), user(result('t1')));
    expect(after(served, { ...request, container: 'c1' })).toBeUndefined();
    expect(after(served, { ...request, container: 'c2' })).toBe(
      'strictServer: container: "c2" is not the one of the last reply (c1)',
    );
  });
});

/** The same request, its keys the other way round. */
function reordered(request: object): object {
  return Object.fromEntries(Object.entries(request).reverse());
}

it('plays a whole conversation, with parallel calls, a retry and a server tool', async () => {
  const searchTool = { type: 'web_search_20250305', name: 'web_search' };
  const search = { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { query: 'é\u{1F600}' } };
  const found = { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [] };
  const server = await strict(
    {
      events: callsReply({ id: 't1', name: 'add', input: { a: 1 }, pieceSize: 2 }, { id: 't2', name: 'add' }),
      pings: true,
    },
    failedRound(529, 'overloaded_error', 'Overloaded'),
    { events: reply({ content: [serverToolUse(search), toolUse({ id: 't3', name: 'add' })] }), delayMs: 1 },
    { events: reply({ content: [whole(found), 'Done.'] }) },
  );
  const tools = [addTool, searchTool];
  const second = [question, assistant(addCall('t1', { a: 1 }), addCall('t2')), user(result('t2'), result('t1'))];
  const third = [...second, assistant(search, addCall('t3')), user(result('t3'))];

  expect(await send(server, { tools })).toHaveLength(14);
  await expect(send(server, { tools, messages: second })).rejects.toMatchObject({ status: 529 });
  await send(server, { tools, messages: second });
  const last = await send(server, { tools, messages: third });

  expect(last.at(-1)).toEqual({ type: 'message_stop' });
  expect(server.refusals).toEqual([]);
  expect(server.roundsPlayed()).toBe(4);
  expect(server.requests).toHaveLength(4);
});

it("lets the SDK's own tool runner through, with thinking and parallel calls", async () => {
  const calls = [
    toolUse({ id: 't1', name: 'add', input: { a: 1 } }),
    toolUse({ id: 't2', name: 'add', input: { a: 2 } }),
  ];
  const server = await strict({ events: reply({ content: [thinking(''), ...calls] }) }, { events: textReply('3') });
  const add = betaTool({
    name: 'add',
    description: 'Adds',
    inputSchema: addTool.input_schema as never,
    run: () => '2',
  });

  const runner = sdkClient(server.url).beta.messages.toolRunner({
    model: 'claude-opus-5-5',
    max_tokens: 64,
    stream: true,
    thread: false,
    tools: [add],
    messages: [{ role: 'user', content: '1 + 1?' }],
  });

  expect((await runner.runUntilDone()).content).toEqual([{ type: 'text', text: '3' }]);
  expect(server.refusals).toEqual([]);
});

function eventsOf(bytes: Uint8Array): object[] {
  const lines = new TextDecoder().decode(bytes).split(/\r?\n/);
  return lines.filter((line) => line.startsWith('data:')).map((line) => JSON.parse(line.slice(5)) as object);
}

describeRecordings('recorded conversations', () => {
  /** The recorded clients asked for older versions of the API, which knew these keys. */
  const modern = (body: object): object => {
    const old = ['temperature', 'top_p', 'top_k', 'anthropic_version'];
    return {
      model: 'claude-sonnet-4-5',
      stream: true,
      ...Object.fromEntries(Object.entries(body).filter(([key]) => !old.includes(key))),
    };
  };

  it('hold only requests that are accepted', () => {
    const refused = recordings()
      .filter(({ request }) => request !== undefined)
      .map(({ name, request }) => [name, refuse(modern(request as object))])
      .filter(([, refusal]) => refusal !== undefined);
    expect(refused).toEqual([]);
  });

  it('mean to this server what they mean to the SDK', () => {
    const same = recordings().filter(
      (one) => one.message !== undefined && one.index.provenance === 'recorded' && !one.abnormal,
    );
    expect(same.length).toBeGreaterThan(50);
    for (const { name, bytes, message } of same) {
      const content = readServed(eventsOf(bytes)).content.map(({ block }) => block);
      // The recorded messages come from the SDK's stable stream, which leaves the blocks of betas unfilled.
      const isBeta = content.some(({ type }) => type === 'compaction' || type.startsWith('mcp_'));
      if (!isBeta) expect({ name, content }).toEqual({ name, content: (message as Anthropic.Message).content });
    }
  });
});
