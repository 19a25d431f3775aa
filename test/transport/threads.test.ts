/** Message threads, over real HTTP: the server keeps the history, and nobody sees it but the wire. */
import { BadRequestError } from '@anthropic-ai/sdk';
import { from, lastValueFrom, retry, toArray, type Observable } from 'rxjs';
import { accumulateMessage, claudeThread, converse, fetchClient } from 'rxclaude';
import type {
  ClaudeClient,
  ClaudeRequest,
  ClaudeStreamOptions,
  RequestOptions,
  RoundEvent,
  RoundRequest,
  SourceEvent,
  Tool,
} from 'rxclaude';
import { heapInUse } from '../chaos/support/leftovers.js';
import { watchRejections } from '../conformance/support/rejections.js';
import type { RejectionWatch } from '../conformance/support/rejections.js';
import { only, pause, run, start } from '../conformance/support/run.js';
import { bodies, question } from '../conformance/support/talk.js';
import type { WireRequest } from '../conformance/support/talk.js';
import { anyTool } from '../conformance/support/tools.js';
import type { Loopback } from '../support/loopback.js';
import { reply, serverToolUse, text, textReply, thinking, toolUse, whole } from '../support/replies.js';
import { sdkClient } from '../support/sdkClient.js';
import { failedRound, type Round } from '../support/strictServer.js';
import { threadsBeta, threadServer } from '../support/threadServer.js';
import type { ThreadCode, ThreadServer, ThreadServerOptions } from '../support/threadServer.js';
import { tagged } from '../support/errors.js';
import { timeless } from '../support/timeless.js';

const call = (id: string): object[] => reply({ content: [thinking('Hm.'), toolUse({ id, name: 'look' })] });
const answer = textReply(['It ', 'is ', 'noon.']);
const played = (...replies: readonly object[][]): Round[] => replies.map((events) => ({ events }));

/** Two calls and an answer. */
const three = played(call('t1'), call('t2'), answer);
/** Four calls and an answer. */
const five = played(call('t1'), call('t2'), call('t3'), call('t4'), answer);

const look = anyTool('look', () => 'There is a clock.');
const request: ClaudeRequest = { ...question, system: 'Be short.', tools: [look] };

const open: Loopback[] = [];
const serve = async (rounds: readonly Round[], options?: ThreadServerOptions): Promise<ThreadServer> => {
  const server = await threadServer(rounds, options);
  open.push(server);
  return server;
};

let watch: RejectionWatch;
beforeEach(() => {
  watch = watchRejections();
});
afterEach(async () => {
  await Promise.all(open.splice(0).map(async (server) => server.close()));
  expect(await watch.seen()).toEqual([]);
});

/** What each request says of threads: `create`, `continue msg_1`, or `whole`. */
const threadsOf = (server: Loopback): string[] => bodies(server).map(threadOf);
function threadOf({ thread }: WireRequest): string {
  if (thread === undefined) return 'whole';
  const { type, previous_message_id: id } = thread as Record<string, string>;
  return id === undefined ? String(type) : `${String(type)} ${id}`;
}

const betasOf = ({ requests }: Loopback, n = 0): string[] =>
  String(requests[n]?.headers['anthropic-beta'] ?? '')
    .split(',')
    .map((beta) => beta.trim())
    .filter((beta) => beta !== '');

/** A tool that spoils the server's threads while it runs for the calls of these ids. */
const spoiling = (server: () => ThreadServer, code: ThreadCode, ids: readonly string[]): Tool =>
  anyTool('look', (_input, { call: { id } }) => {
    if (ids.includes(id)) server().spoil(code);
    return 'There is a clock.';
  });

/** Waits until no connection is left. */
async function closed(server: Loopback): Promise<void> {
  for (let waited = 0; server.openSockets() > 0 && waited < 200; waited++) await pause(5);
  expect(server.openSockets()).toBe(0);
}

/** The same conversation without threads, with a server of its own. */
async function undisturbed(rounds: readonly Round[], more: Partial<ClaudeRequest> = {}): Promise<readonly object[]> {
  const server = await serve(rounds);
  const { events, error } = await run(converse(sdkClient(server.url).beta, { ...request, ...more }));
  expect(error).toBeUndefined();
  expect(threadsOf(server)).toEqual(rounds.map(() => 'whole'));
  return timeless(events);
}

const threaded = (client: ClaudeClient, more: Partial<ClaudeRequest> = {}): Observable<RoundEvent> =>
  converse(claudeThread(client), { ...request, ...more }, { retry: false });

describe('a conversation in a thread', () => {
  it('sends the whole request once, and then only what is new, without system and tools', async () => {
    const server = await serve(three);
    const { error } = await run(threaded(sdkClient(server.url).beta));

    expect(error).toBeUndefined();
    const sent = bodies(server);
    expect(threadsOf(server)).toEqual(['create', 'continue msg_1', 'continue msg_2']);
    expect(sent[0]).toMatchObject({ system: 'Be short.', tools: [look.definition], messages: question.messages });
    for (const [at, id] of ['t1', 't2'].entries()) {
      const content = [expect.objectContaining({ type: 'tool_result', tool_use_id: id })];
      expect(sent[at + 1]!.messages).toEqual([{ role: 'user', content }]);
      expect(sent[at + 1]).not.toHaveProperty('system');
      expect(sent[at + 1]).not.toHaveProperty('tools');
    }
    expect(sent.map(({ model, max_tokens, stream }) => [model, max_tokens, stream])).toEqual(
      sent.map(() => ['claude-opus-5-5', 1024, true]),
    );
    expect(server.requests.map((_, n) => betasOf(server, n))).toEqual(sent.map(() => [threadsBeta]));
  });

  it('shows nothing of it: the events, the history and what the server holds are those of a run without', async () => {
    const server = await serve(three);
    const { events, error, completed } = await run(threaded(sdkClient(server.url).beta));

    expect(error).toBeUndefined();
    expect(completed).toBe(true);
    expect(timeless(events)).toEqual(await undisturbed(three));
    const end = only(events, 'conversation_end')[0]!;
    expect(end.messages.map(({ role }) => role)).toEqual('user assistant user assistant user assistant'.split(' '));
    expect(server.histories.at(-1)?.['messages']).toEqual(end.messages.slice(0, -1));
    expect(server.refusals).toEqual([]);
    expect(server.openSockets()).toBe(0);
  });

  it('is not held with a client alone', async () => {
    const server = await serve(three);
    const { error } = await run(converse(sdkClient(server.url).beta, request));

    expect(error).toBeUndefined();
    expect(threadsOf(server)).toEqual(['whole', 'whole', 'whole']);
    expect(server.requests.map(({ raw }) => raw.includes('thread'))).toEqual([false, false, false]);
    expect(betasOf(server)).toEqual([]);
  });

  it('goes on after a pause without any message', async () => {
    const paused = reply({
      content: [serverToolUse({ id: 'srvtoolu_1', name: 'web_search', input: { query: 'noon' } })],
      stop_reason: 'pause_turn',
    });
    const found = whole({ type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [] });
    const rounds = played(paused, reply({ content: [found, text('Noon.')] }));
    const tools = [look, { type: 'web_search_20250305', name: 'web_search' } as const];
    const server = await serve(rounds);

    const { events, error } = await run(threaded(sdkClient(server.url).beta, { tools }));

    expect(error).toBeUndefined();
    expect(threadsOf(server)).toEqual(['create', 'continue msg_1']);
    expect(bodies(server)[1]!.messages).toEqual([]);
    expect(timeless(events)).toEqual(await undisturbed(rounds, { tools }));
  });

  it('keeps what changes from round to round: a forced choice becomes `auto`, a container goes on', async () => {
    const first = reply({
      content: [toolUse({ id: 't1', name: 'look' })],
      container: { id: 'container_1', expires_at: '2026-11-22T12:00:00Z' },
    });
    const server = await serve(played(first, answer));
    await run(threaded(sdkClient(server.url).beta, { tool_choice: { type: 'any' } }));

    expect(threadsOf(server)).toEqual(['create', 'continue msg_1']);
    expect(bodies(server)[0]).toMatchObject({ tool_choice: { type: 'any' } });
    expect(bodies(server)[1]).toMatchObject({ tool_choice: { type: 'auto' }, container: 'container_1' });
    expect(server.refusals).toEqual([]);
  });

  it('has a thread of its own in each subscription, one after the other', async () => {
    const server = await serve([...three, ...three]);
    const talk = threaded(sdkClient(server.url).beta);
    const first = await run(talk);
    const second = await run(talk);

    expect(first.error ?? second.error).toBeUndefined();
    expect(threadsOf(server)).toEqual([
      ...['create', 'continue msg_1', 'continue msg_2'],
      ...['create', 'continue msg_4', 'continue msg_5'],
    ]);
  });

  it('has a thread of its own in each subscription, side by side', async () => {
    const server = await serve(played(call('t1'), call('t1'), answer, answer));
    let arrive = (): void => undefined;
    const both = new Promise<void>((resolve) => (arrive = resolve));
    let waiting = 0;
    const meet = anyTool('look', async () => {
      if (++waiting === 2) arrive();
      await both;
      return 'Met.';
    });
    const talk = threaded(sdkClient(server.url).beta, { tools: [meet] });

    const outcomes = await Promise.all([run(talk), run(talk)]);

    expect(outcomes.map(({ error }) => error)).toEqual([undefined, undefined]);
    expect(threadsOf(server).slice(0, 2)).toEqual(['create', 'create']);
    expect(threadsOf(server).slice(2).sort()).toEqual(['continue msg_1', 'continue msg_2']);
  });

  it.each<[string, (url: string) => ClaudeClient]>([
    ['the stable client', (url) => sdkClient(url)],
    ['fetchClient', (url) => fetchClient({ baseURL: url, apiKey: 'test-key' })],
  ])('works through %s', async (_what, clientOf) => {
    const server = await serve(three);
    const { events, error } = await run(threaded(clientOf(server.url)));

    expect(error).toBeUndefined();
    expect(threadsOf(server)).toEqual(['create', 'continue msg_1', 'continue msg_2']);
    expect(timeless(events)).toEqual(await undisturbed(three));
  });
});

describe("the caller's headers", () => {
  const inParams: Partial<ClaudeRequest> = { betas: ['params-1', 'params-2'] };
  const cases: readonly [string, Partial<ClaudeRequest>, RequestOptions['headers']][] = [
    ['params.betas', inParams, undefined],
    ['a header', {}, { 'anthropic-beta': 'header-1' }],
    ['a header of two', {}, { 'anthropic-beta': 'header-1,header-2' }],
    ['a header in capitals', {}, { 'Anthropic-Beta': 'header-1' }],
    ['a header of several values', {}, { 'anthropic-beta': ['header-1', 'header-2'] }],
    ['Headers', {}, new Headers({ 'Anthropic-Beta': 'header-1' })],
    ['a list of pairs', {}, [['ANTHROPIC-BETA', 'header-1']]],
    [
      'a list with the name twice',
      {},
      [
        ['anthropic-beta', 'header-1'],
        ['anthropic-beta', 'header-2'],
      ],
    ],
    ['both', inParams, { 'anthropic-beta': 'header-1' }],
    ['a header that takes params.betas away', inParams, { 'anthropic-beta': null }],
  ];

  it.each(cases)('betas stay: %s', async (_what, more, headers) => {
    const asked = { ...request, ...more };
    const stream = headers === undefined ? {} : { headers };
    const plain = await serve(three);
    await run(converse(sdkClient(plain.url).beta, asked, { stream }));
    const server = await serve(three);
    await run(converse(claudeThread(sdkClient(server.url).beta, stream), asked));

    expect(threadsOf(server)).toEqual(['create', 'continue msg_1', 'continue msg_2']);
    const expected = [...betasOf(plain), threadsBeta];
    expect(server.requests.map((_, n) => betasOf(server, n))).toEqual([expected, expected, expected]);
    expect(bodies(server).map((body) => 'betas' in body)).toEqual([false, false, false]);
  });

  it('the threads beta is not asked for twice where the caller asks for it too', async () => {
    const server = await serve(three);
    await run(threaded(sdkClient(server.url).beta, { betas: [threadsBeta] }));
    expect(betasOf(server)).toEqual([threadsBeta]);
  });

  it('other headers stay', async () => {
    const server = await serve(three);
    const options = { headers: { 'x-trace': 'abc' } };
    await run(converse(claudeThread(sdkClient(server.url).beta, options), request));
    expect(server.requests.map(({ headers }) => headers['x-trace'])).toEqual(['abc', 'abc', 'abc']);
  });

  it("a header of the client's that the caller takes away stays away", async () => {
    const server = await serve(three);
    const client = sdkClient(server.url, { defaultHeaders: { 'x-trace': 'abc' } });
    const options = { headers: { 'x-trace': null } };
    await run(converse(claudeThread(client.beta, options), request));
    expect(server.requests.map(({ headers }) => headers['x-trace'])).toEqual([undefined, undefined, undefined]);
  });

  it('the threads beta is asked for no more once there are no threads', async () => {
    const server = await serve(three, { threads: 'unknown' });
    await run(threaded(sdkClient(server.url).beta, { betas: ['params-1'] }));
    expect(server.requests.map((_, n) => betasOf(server, n))).toEqual([
      ['params-1', threadsBeta],
      ['params-1'],
      ['params-1'],
      ['params-1'],
    ]);
  });
});

describe('a thread that cannot be continued', () => {
  const lost = [
    'thread_not_found',
    'thread_already_continued',
    'thread_continue_in_flight',
    'thread_fingerprint_mismatch',
  ] as const;
  const cases = lost.flatMap((code) => [
    [code, 't1', ['create', 'continue msg_1', 'create', 'continue msg_2']] as const,
    [code, 't2', ['create', 'continue msg_1', 'continue msg_2', 'create']] as const,
  ]);

  it.each(cases)('%s after %s: the whole history begins a new one, unseen', async (code, id, expected) => {
    const server: ThreadServer = await serve(three);
    const tools = [spoiling(() => server, code, [id])];
    const { events, error } = await run(threaded(sdkClient(server.url).beta, { tools }));

    expect(error).toBeUndefined();
    expect(threadsOf(server)).toEqual(expected);
    expect(timeless(events)).toEqual(await undisturbed(three));
    expect(server.refusals).toEqual([]);
    const again = bodies(server)[expected.lastIndexOf('create')]!;
    expect(again).toMatchObject({ system: 'Be short.', tools: [look.definition] });
    expect(again.messages).toEqual(server.histories[id === 't1' ? 1 : 2]!['messages']);
  });

  it.each(['t1', 't2'])('thread_unsupported_request after %s: no more threads, unseen', async (id) => {
    const server: ThreadServer = await serve(three);
    const tools = [spoiling(() => server, 'thread_unsupported_request', [id])];
    const { events, error } = await run(threaded(sdkClient(server.url).beta, { tools }));

    expect(error).toBeUndefined();
    expect(threadsOf(server)).toEqual(
      id === 't1'
        ? ['create', 'continue msg_1', 'whole', 'whole']
        : ['create', 'continue msg_1', 'continue msg_2', 'whole'],
    );
    expect(timeless(events)).toEqual(await undisturbed(three));
  });

  it('lost twice in a row: no more threads', async () => {
    const server: ThreadServer = await serve(five);
    const tools = [spoiling(() => server, 'thread_not_found', ['t1', 't2', 't3', 't4'])];
    const { events, error } = await run(threaded(sdkClient(server.url).beta, { tools }));

    expect(error).toBeUndefined();
    expect(threadsOf(server)).toEqual([
      ...['create', 'continue msg_1', 'create', 'continue msg_2'],
      ...['whole', 'whole', 'whole'],
    ]);
    expect(timeless(events)).toEqual(await undisturbed(five));
  });

  it('lost, continued and lost again: a new thread each time', async () => {
    const server: ThreadServer = await serve(five);
    const tools = [spoiling(() => server, 'thread_not_found', ['t1', 't3'])];
    const { events, error } = await run(threaded(sdkClient(server.url).beta, { tools }));

    expect(error).toBeUndefined();
    expect(threadsOf(server)).toEqual([
      ...['create', 'continue msg_1', 'create', 'continue msg_2', 'continue msg_3'],
      ...['create', 'continue msg_4'],
    ]);
    expect(timeless(events)).toEqual(await undisturbed(five));
  });

  it("lost to a retry of the SDK's own: the server went on from the attempt that failed", async () => {
    const overloaded = failedRound(529, 'overloaded_error', 'Overloaded', { 'retry-after-ms': '1' });
    const server = await serve([three[0]!, overloaded, ...three.slice(1)]);
    const { events, error } = await run(threaded(sdkClient(server.url, { maxRetries: 1 }).beta));

    expect(error).toBeUndefined();
    expect(threadsOf(server)).toEqual(['create', 'continue msg_1', 'continue msg_1', 'create', 'continue msg_3']);
    expect(only(events, 'conversation_end')[0]).toMatchObject({
      reason: 'finished',
      stop_reason: 'end_turn',
      rounds: 3,
    });
  });

  it('lost to a retry of a whole round: the server went on from the attempt that broke off', async () => {
    const broken = { events: three[1]!.events.slice(0, 4), then: 'destroy' as const };
    const server = await serve([three[0]!, broken, ...three.slice(1)]);
    const source = claudeThread(sdkClient(server.url).beta);
    const { events, error } = await run(converse(source, request, { retry: { minDelay: 1 } }));

    expect(error).toBeUndefined();
    expect(threadsOf(server)).toEqual(['create', 'continue msg_1', 'continue msg_1', 'create', 'continue msg_3']);
    expect(only(events, 'round_retry')).toMatchObject([{ attempt: 1, error: { tag: 'TruncatedStreamError' } }]);
    expect(only(events, 'conversation_end')[0]).toMatchObject({
      reason: 'finished',
      stop_reason: 'end_turn',
      rounds: 3,
    });
  });

  it('is not continued from a reply that another model has finished', async () => {
    const handed = whole({ type: 'fallback', from: { model: 'claude-opus-5-5' }, to: { model: 'claude-haiku-4-5' } });
    const rounds = played(reply({ content: [handed, toolUse({ id: 't1', name: 'look' })] }), call('t2'), answer);
    const server = await serve(rounds);
    const { events, error } = await run(threaded(sdkClient(server.url).beta));

    expect(error).toBeUndefined();
    expect(threadsOf(server)).toEqual(['create', 'create', 'continue msg_2']);
    expect(timeless(events)).toEqual(await undisturbed(rounds));
  });
});

describe('a server without threads', () => {
  it.each([
    ['refuses the field', 'unknown', ['create', 'whole', 'whole', 'whole']],
    ['cannot keep this conversation', 'unsupported', ['create', 'whole', 'whole', 'whole']],
    ['ignores the field and misses the calls', 'ignored', ['create', 'continue msg_1', 'whole', 'whole']],
  ] as const)('that %s is asked once, unseen', async (_what, threads, expected) => {
    const server = await serve(three, { threads });
    const { events, error } = await run(threaded(sdkClient(server.url).beta));

    expect(error).toBeUndefined();
    expect(threadsOf(server)).toEqual(expected);
    expect(timeless(events)).toEqual(await undisturbed(three));
  });

  it('is asked again in another conversation', async () => {
    const server = await serve(played(answer, answer), { threads: 'unknown' });
    const talk = threaded(sdkClient(server.url).beta);
    await run(talk);
    await run(talk);
    expect(threadsOf(server)).toEqual(['create', 'whole', 'create', 'whole']);
  });
});

describe('an error that has nothing to do with threads', () => {
  it.each([
    [401, 'authentication_error'],
    [403, 'permission_error'],
    [413, 'request_too_large'],
    [429, 'rate_limit_error'],
    [500, 'api_error'],
    [529, 'overloaded_error'],
  ])('HTTP %i reaches the caller after one request, in the first round and in the second', async (status, type) => {
    const failed = failedRound(status, type, 'No.');
    const first = await serve([failed, ...three]);
    const second = await serve([three[0]!, failed, ...three]);

    const outcomes = await Promise.all([first, second].map(async ({ url }) => run(threaded(sdkClient(url).beta))));

    for (const { error } of outcomes) expect(error).toMatchObject({ status, type });
    expect(threadsOf(first)).toEqual(['create']);
    expect(threadsOf(second)).toEqual(['create', 'continue msg_1']);
  });

  it('a genuine 400 reaches the caller once, whatever is tried in between', async () => {
    const refused = failedRound(400, 'invalid_request_error', 'max_tokens: 999999 > 128000');
    const server = await serve([refused, refused, refused]);
    const { events, error } = await run(threaded(sdkClient(server.url).beta));

    expect(error).toBeInstanceOf(BadRequestError);
    expect((error as Error).message).toContain('max_tokens: 999999 > 128000');
    expect(events.map(({ type }) => type)).toEqual(['round_start', 'conversation_end']);
    expect(threadsOf(server)).toEqual(['create', 'whole']);
  });

  it('an `error` event in the stream reaches the caller after one request', async () => {
    const event = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } };
    const server = await serve(played([event], answer));
    const { error } = await run(threaded(sdkClient(server.url).beta));
    expect(error).toMatchObject({ type: 'overloaded_error', status: undefined });
    expect(server.requests).toHaveLength(1);
  });

  it('a refused connection', async () => {
    const server = await serve([]);
    await server.close();
    const { error } = await run(threaded(sdkClient(server.url).beta));
    expect(error).toMatchObject({ name: 'APIConnectionError' });
  });
});

const ask = (words: string): RoundRequest['messages'][number] => ({ role: 'user', content: words });
const first: RoundRequest = {
  model: 'claude-opus-5-5',
  max_tokens: 1024,
  system: 'Be short.',
  messages: [ask('1?')],
};

/** The request after a reply, with a new question. */
async function following(before: RoundRequest, events: readonly SourceEvent[], words: string): Promise<RoundRequest> {
  const { content } = await lastValueFrom(from(events).pipe(accumulateMessage()));
  const echo = { role: 'assistant', content } as RoundRequest['messages'][number];
  return { ...before, messages: [...before.messages, echo, ask(words)] };
}

const all = async (events: Observable<SourceEvent>): Promise<SourceEvent[]> => lastValueFrom(events.pipe(toArray()));

describe('claudeThread by itself', () => {
  /** The rounds of one conversation. */
  const rounds = (client: ClaudeClient, options?: ClaudeStreamOptions, id = 'run') => {
    const source = claudeThread(client, options);
    let round = 0;
    return (sent: RoundRequest): Observable<SourceEvent> => source(sent, { id, round: ++round });
  };

  it('goes on from question to question', async () => {
    const server = await serve(played(answer, answer, answer));
    const thread = rounds(sdkClient(server.url).beta);
    const second = await following(first, await all(thread(first)), '2?');
    const third = await following(second, await all(thread(second)), '3?');
    await all(thread(third));

    expect(threadsOf(server)).toEqual(['create', 'continue msg_1', 'continue msg_2']);
    expect(bodies(server)[2]!.messages).toEqual([ask('3?')]);
    expect(server.histories.at(-1)).toEqual({ ...third, stream: true });
  });

  it('sends nothing before it is subscribed to', async () => {
    const server = await serve(played(answer));
    void rounds(sdkClient(server.url).beta)(first);
    await pause(30);
    expect(server.requests).toEqual([]);
  });

  it.each<[string, (second: RoundRequest) => RoundRequest]>([
    ['another system', (second) => ({ ...second, system: 'Be long.' })],
    ['no system', ({ system: _, ...second }) => second],
    ['other tools', (second) => ({ ...second, tools: [look.definition] })],
    ['another beginning', (second) => ({ ...second, messages: [ask('0?'), ...second.messages.slice(1)] })],
    ['a history that is shorter', (second) => ({ ...second, messages: [ask('2?')] })],
  ])('begins a new thread for a request with %s', async (_what, change) => {
    const server = await serve(played(answer, answer));
    const thread = rounds(sdkClient(server.url).beta);
    const second = change(await following(first, await all(thread(first)), '2?'));
    await run(thread(second));

    expect(threadsOf(server)[1]).toBe('create');
    expect(bodies(server)[1]!.messages).toEqual(second.messages);
    expect(bodies(server)[1]!['system']).toEqual(second.system);
  });

  it("ends with the caller's signal, in a round that is sent again too", async () => {
    const server = await serve([{ events: answer.slice(0, 4), then: 'hang' }], { threads: 'unknown' });
    const controller = new AbortController();
    const running = start(rounds(sdkClient(server.url).beta, { signal: controller.signal })(first));
    await running.until(({ type }) => type === 'content_block_delta');

    controller.abort();

    expect((await running.outcome).error).toMatchObject({ name: 'APIUserAbortError' });
    expect(threadsOf(server)).toEqual(['create', 'whole']);
    await closed(server);
  });

  it('does not continue from a refusal', async () => {
    const server = await serve(played(reply({ content: [text('No.')], stop_reason: 'refusal' }), answer));
    const thread = rounds(sdkClient(server.url).beta);
    await all(thread(first));
    await all(thread({ ...first, messages: [...first.messages, ask('Please.')] }));
    expect(threadsOf(server)).toEqual(['create', 'create']);
  });

  it('does not continue from a reply that was cut', async () => {
    const server = await serve([
      { events: answer },
      { events: answer.slice(0, 5), then: 'destroy' },
      { events: answer.slice(0, 5), then: 'end' },
      { events: answer },
    ]);
    const thread = rounds(sdkClient(server.url).beta);
    const second = await following(first, await all(thread(first)), '2?');
    for (let n = 0; n < 2; n++) expect((await run(thread(second))).error).toEqual(tagged('TruncatedStreamError'));
    const { events, error } = await run(thread(second));

    expect(error).toBeUndefined();
    expect(events.at(-1)).toEqual({ type: 'message_stop' });
    expect(threadsOf(server).join()).not.toMatch(/msg_[23]/);
    expect(server.histories.at(-1)?.['messages']).toEqual(second.messages);
  });

  it('a round that is retried after a cut is sent again', async () => {
    const server = await serve([{ events: answer.slice(0, 5), then: 'destroy' }, { events: answer }]);
    const { error } = await run(rounds(sdkClient(server.url).beta)(first).pipe(retry(1)));
    expect(error).toBeUndefined();
    expect(threadsOf(server)).toEqual(['create', 'create']);
  });

  it('a request that is sent again after its reply is not taken for one that goes on', async () => {
    const paused = reply({ content: [text('Well, ')], stop_reason: 'pause_turn' });
    const server = await serve(played(paused, answer));
    const thread = rounds(sdkClient(server.url).beta);
    await all(thread(first));
    await all(thread(first));
    expect(server.histories.map(({ messages }) => messages)).toEqual([first.messages, first.messages]);
  });
});

describe('one source of several conversations', () => {
  const settled = async (runs: readonly Observable<RoundEvent>[]) => Promise.all(runs.map(async (talk) => run(talk)));

  it('at the same time: none goes on from the reply of another', async () => {
    const called = reply({ content: [toolUse({ id: 't1', name: 'look' })] });
    const server = await serve(played(called, called, called, answer, answer, answer));
    const source = claudeThread(sdkClient(server.url).beta);
    const talks = ['a', 'b', 'c'].map((content) =>
      converse(source, { ...request, messages: [{ role: 'user', content }] }, { retry: false }),
    );
    for (const { error } of await settled(talks)) expect(error).toBeUndefined();

    expect(threadsOf(server).slice(3).sort()).toEqual(['continue msg_1', 'continue msg_2', 'continue msg_3']);
    const beginnings = server.histories.slice(3).map(({ messages }) => (messages as [{ content: unknown }])[0].content);
    expect(beginnings.sort()).toEqual(['a', 'b', 'c']);
    expect(server.refusals).toEqual([]);
  });

  it('one after the other: each begins a thread of its own', async () => {
    const server = await serve([...three, ...three]);
    const talk = threaded(sdkClient(server.url).beta);
    await run(talk);
    await run(talk);
    expect(threadsOf(server)).toEqual([
      'create',
      'continue msg_1',
      'continue msg_2',
      'create',
      'continue msg_4',
      'continue msg_5',
    ]);
  });

  it('with the very same messages: told apart by the id of the run', async () => {
    const server = await serve(played(answer, answer, answer, answer));
    const source = claudeThread(sdkClient(server.url).beta);
    await run(source(first, { id: 'a', round: 1 }));
    const second = await following(first, await all(source(first, { id: 'b', round: 1 })), '2?');
    await run(source(second, { id: 'a', round: 2 }));
    await run(source(second, { id: 'b', round: 2 }));
    expect(threadsOf(server)).toEqual(['create', 'create', 'create', 'continue msg_2']);
  });

  it('keeps nothing of one that is over', async () => {
    const server = await serve(played(...Array.from({ length: 4 }, () => answer)));
    const source = claudeThread(sdkClient(server.url).beta);
    const gone = await (async () => {
      const messages = [{ role: 'user' as const, content: 'x' }];
      await run(source({ model: 'claude-opus-5-5', max_tokens: 1024, messages }, { id: 'run', round: 1 }));
      return new WeakRef(messages[0]!);
    })();
    await run(
      source({ model: 'claude-opus-5-5', max_tokens: 1024, messages: [...first.messages] }, { id: 'b', round: 1 }),
    );
    await heapInUse();
    expect(gone.deref()).toBeUndefined();
  });
});

describe('leaving', () => {
  it('unsubscribing in the second round aborts it', async () => {
    const server = await serve([three[0]!, { events: answer.slice(0, 4), then: 'hang' }, ...three]);
    const running = start(threaded(sdkClient(server.url).beta));
    await running.until((event) => event.type === 'content_block_delta' && event.delta.type === 'text_delta');

    running.subscription.unsubscribe();
    await closed(server);

    await pause(20);
    expect(threadsOf(server)).toEqual(['create', 'continue msg_1']);
  });

  it('unsubscribing while the whole history is sent again aborts that', async () => {
    const server: ThreadServer = await serve([three[0]!, { events: answer.slice(0, 4), then: 'hang' }, ...three]);
    const tools = [spoiling(() => server, 'thread_not_found', ['t1'])];
    const running = start(threaded(sdkClient(server.url).beta, { tools }));
    await running.until((event) => event.type === 'content_block_delta' && event.delta.type === 'text_delta');
    expect(threadsOf(server)).toEqual(['create', 'continue msg_1', 'create']);

    running.subscription.unsubscribe();
    await closed(server);
  });

  it("the caller's signal ends it with the SDK's own error", async () => {
    const server = await serve([three[0]!, { events: answer.slice(0, 4), then: 'hang' }]);
    const controller = new AbortController();
    const { signal } = controller;
    const running = start(converse(claudeThread(sdkClient(server.url).beta, { signal }), request));
    await running.until((event) => event.type === 'content_block_delta' && event.delta.type === 'text_delta');

    controller.abort();

    expect((await running.outcome).error).toMatchObject({ name: 'APIUserAbortError' });
    await closed(server);
  });
});
