/** The client over `fetch`: what it sends, what it takes for an answer, and how it fails. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { claudeStream, converse, fetchClient, RxClaudeError } from 'rxclaude';
import type { ClaudeEvent, ClaudeRequest, FetchClientOptions, RequestOptions, RxClaudeFailure } from 'rxclaude';
import { watchRejections } from '../conformance/support/rejections.js';
import type { RejectionWatch } from '../conformance/support/rejections.js';
import { only, pause, run, start } from '../conformance/support/run.js';
import { servers, sse } from '../conformance/support/servers.js';
import { bodies, question, resultsOf } from '../conformance/support/talk.js';
import { add } from '../conformance/support/tools.js';
import { responded } from '../support/events.js';
import { describeRecordings, recordings } from '../support/recordings.js';
import { callsReply, reply, text, textReply, thinking, toolUse } from '../support/replies.js';
import { sdkClient } from '../support/sdkClient.js';
import { singleBytes } from '../support/sseServer.js';
import type { SseServer } from '../support/sseServer.js';
import { tagged } from '../support/errors.js';
import { timeless } from '../support/timeless.js';

const { bytes } = servers();
const answer = textReply(['It ', 'is ', 'noon.']);
const silent = { chunks: [], headersAfterMs: Infinity, then: 'end' as const };
const json = { 'content-type': 'application/json', 'request-id': 'req_http' };
const KEY = 'sk-ant-secret';

let watch: RejectionWatch;
beforeEach(() => {
  watch = watchRejections();
});
afterEach(async () => {
  expect(await watch.seen()).toEqual([]);
});

/** What one request was, over the wire. */
async function sent(
  options: FetchClientOptions,
  request: Partial<ClaudeRequest> = {},
  requestOptions: RequestOptions = {},
) {
  const server = await bytes(sse(answer));
  const client = fetchClient({ apiKey: KEY, ...options, baseURL: `${server.url}${options.baseURL ?? ''}` });
  await run(claudeStream(client, { ...question, ...request }, requestOptions));
  expect(server.requests).toHaveLength(1);
  return server.requests[0]!;
}

describe('the request', () => {
  it('is a POST of JSON to /v1/messages, with the key', async () => {
    const { method, path, headers, body } = await sent({});
    expect([method, path]).toEqual(['POST', '/v1/messages']);
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'x-api-key': KEY });
    expect(headers).not.toHaveProperty('anthropic-beta');
    expect(body).toEqual({ ...question, stream: true });
  });

  const requests: readonly [string, Partial<ClaudeRequest>][] = [
    ['the least', {}],
    ['tools', { tools: [add], tool_choice: { type: 'auto' } }],
    ['betas', { betas: ['beta-1', 'beta-2'] }],
    ['an empty list of betas', { betas: [] }],
    ['undefined in it', { system: undefined as never, stop_sequences: ['\u2028', '\ud800'] }],
    ['a user profile', { user_profile_id: 'profile_1' }],
    ['a workspace', { workspace_id: 'workspace_1' }],
  ];
  it.each(requests)('is that of the SDK to the byte: %s', async (_what, request) => {
    const server = await bytes(sse(answer), sse(answer));
    const asked = { ...question, ...request };
    await run(claudeStream(sdkClient(server.url, { apiKey: KEY }).beta, asked));
    await run(claudeStream(fetchClient({ baseURL: server.url, apiKey: KEY }), asked));

    const [theirs, ours] = server.requests;
    expect(ours!.raw).toBe(theirs!.raw);
    const ofApi = ({ headers }: typeof ours & object): object =>
      Object.fromEntries(
        Object.entries(headers).filter(([name]) => /^(anthropic-(?!version)|content-type)/.test(name)),
      );
    expect(ofApi(ours!)).toEqual(ofApi(theirs!));
  });

  it('is for the version of the API that the SDK speaks', async () => {
    const server = await bytes(sse(answer), sse(answer));
    await run(claudeStream(sdkClient(server.url), question));
    await run(claudeStream(fetchClient({ baseURL: server.url }), question));
    const [theirs, ours] = server.requests.map(({ headers }) => headers['anthropic-version']);
    expect(ours).toBe(theirs);
  });

  it('has `betas` in its header and not in its body, and asks for the beta API', async () => {
    const { path, headers, body } = await sent({}, { betas: ['beta-1', 'beta-2'] });
    expect(path).toBe('/v1/messages?beta=true');
    expect(headers['anthropic-beta']).toBe('beta-1,beta-2');
    expect(body).not.toHaveProperty('betas');
  });

  it('has no key where none was given', async () => {
    const server = await bytes(sse(answer));
    await run(claudeStream(fetchClient({ baseURL: server.url }), question));
    expect(server.requests[0]!.headers).not.toHaveProperty('x-api-key');
  });

  it("has the client's own headers, which go before ours", async () => {
    const { headers } = await sent({ headers: { authorization: 'Bearer x', 'Anthropic-Version': '2030-01-01' } });
    expect(headers).toMatchObject({ authorization: 'Bearer x', 'anthropic-version': '2030-01-01' });
  });

  const perRequest: readonly [string, RequestOptions['headers']][] = [
    ['an object', { 'X-Trace': 'request', 'x-more': 'yes' }],
    ['Headers', new Headers({ 'x-trace': 'request', 'x-more': 'yes' })],
    [
      'pairs',
      [
        ['x-trace', 'request'],
        ['X-More', 'yes'],
      ],
    ],
  ];
  it.each(perRequest)("has the request's headers, which go before the client's: %s", async (_what, headers) => {
    const { headers: got } = await sent({ headers: { 'x-trace': 'client', 'x-stays': 'yes' } }, {}, { headers });
    expect(got).toMatchObject({ 'x-trace': 'request', 'x-more': 'yes', 'x-stays': 'yes', 'x-api-key': KEY });
  });

  it('loses the headers that are null, and none that are undefined', async () => {
    const headers = { 'X-Api-Key': null, 'x-trace': null, 'x-stays': undefined };
    const { headers: got } = await sent({ headers: { 'x-trace': 'client', 'x-stays': 'yes' } }, {}, { headers });
    expect(got).not.toHaveProperty('x-api-key');
    expect(got).not.toHaveProperty('x-trace');
    expect(got['x-stays']).toBe('yes');
  });

  it.each(['', '/', '//'])('goes to the same place with %j behind the base URL', async (slash) => {
    expect((await sent({ baseURL: slash })).path).toBe('/v1/messages');
  });

  it.each(['', '/'])('goes to where? %j behind a base URL with a path', async (slash) => {
    const paths: unknown[] = [];
    const server = createServer(({ url }, response) => {
      paths.push(url);
      response.writeHead(418).end();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const baseURL = `http://127.0.0.1:${String(port)}/api/claude${slash}`;
    await run(claudeStream(fetchClient({ baseURL, headers: { connection: 'close' } }), question));
    server.closeAllConnections();
    server.close();
    expect(paths).toEqual(['/api/claude/v1/messages']);
  });

  it('goes through the given `fetch`: a relative base URL is for that to know', async () => {
    const server = await bytes(sse(answer));
    const asked: unknown[] = [];
    const send: typeof fetch = async (url, init) => {
      asked.push(url);
      return fetch(`${server.url}/v1/messages`, init);
    };
    const { events } = await run(claudeStream(fetchClient({ baseURL: '/api/claude', fetch: send }), question));
    expect(asked).toEqual(['/api/claude/v1/messages']);
    expect(events).toEqual(answer);
  });

  it('goes to the API itself where no base URL is given', async () => {
    const asked: unknown[] = [];
    const send: typeof fetch = async (url) => {
      asked.push(url);
      return Promise.reject(new TypeError('offline'));
    };
    await run(claudeStream(fetchClient({ fetch: send }), question));
    expect(asked).toEqual(['https://api.anthropic.com/v1/messages']);
  });
});

describe('the events', () => {
  const replies: readonly [string, readonly object[]][] = [
    ['text', answer],
    ['thinking and calls', reply({ content: [thinking(['Hm', 'm.']), 'So:', toolUse({ id: 't1', name: 'add' })] })],
    ['characters of all sizes', textReply(['é', '中', '😀', '\ud83d', '\u2028', '\\"\n'])],
    ['an event of the future', [...answer.slice(0, 3), { type: 'weather', sky: 'blue' }, ...answer.slice(3)]],
    ['nothing at all in it', reply({ content: [] })],
    ['a refusal', reply({ content: [text('No.')], stop_reason: 'refusal' })],
  ];

  it.each(replies)('are those through the SDK: %s', async (_what, events) => {
    const server = await bytes(sse(events), sse(events));
    const theirs = await run(claudeStream(sdkClient(server.url), question));
    const ours = await run(claudeStream(fetchClient({ baseURL: server.url }), question));
    expect(ours).toEqual(theirs);
    expect(ours).toEqual({ events, completed: true, error: undefined });
  });

  it('come as they are written, not at the end', async () => {
    const server = await bytes(sse(answer.slice(0, 4), 'hang'));
    const running = start(claudeStream(fetchClient({ baseURL: server.url }), question));
    await running.until(() => running.events.length === 4);
    expect(running.events).toEqual(answer.slice(0, 4));
    running.subscription.unsubscribe();
    await server.closed(1);
  });

  describeRecordings('of recordings, byte by byte', () => {
    const whole = recordings().filter(({ bytes: { length }, ...one }) => 'message' in one && length < 12_000);
    const some = whole.filter((_, at) => at % Math.ceil(whole.length / 8) === 0);

    it.each(some.map((recording) => [recording.name, recording] as const))('%s', async (_name, recording) => {
      const chunks = singleBytes(recording.bytes);
      const server = await bytes({ chunks, then: 'end' }, { chunks: [recording.bytes], then: 'end' });
      const ours = await run(claudeStream(fetchClient({ baseURL: server.url }), question));
      const theirs = await run(claudeStream(sdkClient(server.url).beta, question));
      expect(ours).toEqual(theirs);
      expect(ours.completed).toBe(true);
    });

    it('are enough of them', () => {
      expect(some.length).toBeGreaterThanOrEqual(6);
    });
  });
});

describe('a refusal', () => {
  const errorBody = (type: string, code?: string) => ({
    type: 'error',
    error: { type, message: `This is ${type}`, ...(code !== undefined && { details: { error_code: code } }) },
    request_id: 'req_body',
  });
  const refused = (status: number, body: string, headers: Record<string, string> = json) => ({
    status,
    headers,
    chunks: [body],
    then: 'end' as const,
  });

  it.each([
    [400, 'invalid_request_error'],
    [401, 'authentication_error'],
    [404, 'not_found_error'],
    [429, 'rate_limit_error'],
    [500, 'api_error'],
    [529, 'overloaded_error'],
  ])('HTTP %i %s: a ClaudeApiError with the fields of the SDK, after one request', async (status, type) => {
    const response = refused(status, JSON.stringify(errorBody(type, 'some_code')), { ...json, 'retry-after': '7' });
    const server = await bytes(response, response);
    const client = fetchClient({ baseURL: server.url, apiKey: KEY });
    const { events, error } = await run(claudeStream(client, question));
    const theirs = (await run(claudeStream(sdkClient(server.url), question))).error as Record<string, unknown>;

    expect(events).toEqual([]);
    expect(error).toEqual(tagged('ClaudeApiError'));
    expect(RxClaudeError.is(error)).toBe(true);
    const facts = { status, type, errorCode: 'some_code', requestID: 'req_http', error: errorBody(type, 'some_code') };
    expect(error).toMatchObject({ ...facts, name: 'ClaudeApiError', _tag: 'ClaudeApiError' });
    expect(theirs).toMatchObject(facts);
    const { headers, message } = error as RxClaudeFailure<'ClaudeApiError'>;
    expect(headers?.get('retry-after')).toBe('7');
    expect(message).toBe(`The API answered with status ${String(status)}: This is ${type}.`);
    expect(JSON.stringify([error, String(error)])).not.toContain(KEY);
    expect(server.requests).toHaveLength(2);
    expect(server.openSockets()).toBe(0);
  });

  it.each([
    ['a page', '<html>Bad gateway</html>', '<html>Bad gateway</html>'],
    ['nothing', '', ''],
    ['a JSON string', '"no"', 'no'],
    ['a JSON null', 'null', null],
    ['a JSON list', '[1]', [1]],
    ['an error that is a string', '{"error":"no"}', { error: 'no' }],
    ['an error that is null', '{"error":null}', { error: null }],
    ['details that are null', '{"error":{"type":"x","details":null}}', { error: { type: 'x', details: null } }],
  ])('with a body of %s: its text or its JSON is kept', async (_what, body, kept) => {
    const server = await bytes(refused(502, body, { 'content-type': 'text/html' }));
    const { error } = await run(claudeStream(fetchClient({ baseURL: server.url }), question));
    expect(error).toEqual(tagged('ClaudeApiError'));
    expect(error).toMatchObject({ status: 502, error: kept, errorCode: null, requestID: undefined });
    expect((error as Error).message).toMatch(/^The API answered with status 502: /);
  });

  it('with a body of megabytes: its beginning is kept', async () => {
    const body = JSON.stringify({ error: { message: 'x'.repeat(2_000_000) } });
    const server = await bytes(refused(502, body));
    const { error } = await run(claudeStream(fetchClient({ baseURL: server.url }), question));
    expect(error).toMatchObject({ _tag: 'ClaudeApiError', status: 502, error: body.slice(0, 65_536) });
    expect((error as Error).message).toBe('The API answered with status 502: no message.');
  });

  it.each([
    ['lists', '['.repeat(20_000) + ']'.repeat(20_000)],
    ['objects', `${'{"error":'.repeat(5_000)}1${'}'.repeat(5_000)}`],
  ])('with a body of %s in one another, thousands deep: its text is kept', async (_what, body) => {
    const server = await bytes(refused(500, body));
    const { error } = await run(claudeStream(fetchClient({ baseURL: server.url }), question));
    expect(error).toMatchObject({ _tag: 'ClaudeApiError', type: null, error: body });
  });

  it('with fields that are no text: facts are text or null', async () => {
    const body = { error: { type: ['x'], message: { text: 'no' }, details: { error_code: 5 } } };
    const server = await bytes(refused(500, JSON.stringify(body)));
    const { error } = await run(claudeStream(fetchClient({ baseURL: server.url }), question));
    expect(error).toMatchObject({ type: null, errorCode: null, error: body });
    expect((error as Error).message).toBe('The API answered with status 500: no message.');
  });

  it.each(['Overloaded.', 'Really?', 'No!'])('with a message that is a sentence: %s', async (message) => {
    const server = await bytes(refused(529, JSON.stringify({ error: { type: 'overloaded_error', message } })));
    const { error } = await run(claudeStream(fetchClient({ baseURL: server.url }), question));
    expect((error as Error).message).toBe(`The API answered with status 529: ${message}`);
  });

  it('with a body that is cut: what `fetch` says of it', async () => {
    const headers = { ...json, connection: 'keep-alive' };
    const server = await bytes({ status: 500, headers, chunks: ['{"ty'], then: 'destroy' });
    const { error } = await run(claudeStream(fetchClient({ baseURL: server.url }), question));
    expect(error).toMatchObject({ name: 'TypeError', message: 'terminated' });
  });

  it('a connection that is refused: the TypeError of `fetch`', async () => {
    const server = await bytes();
    await server.close();
    const { error, events } = await run(claudeStream(fetchClient({ baseURL: server.url }), question));
    expect(error).toMatchObject({ name: 'TypeError', message: 'fetch failed' });
    expect(events).toEqual([]);
  });

  it('a `fetch` that throws at once', async () => {
    const send = (() => {
      throw new RangeError('No.');
    }) as unknown as typeof fetch;
    const { error } = await run(claudeStream(fetchClient({ fetch: send }), question));
    expect(error).toEqual(new RangeError('No.'));
  });
});

describe('a reply that goes wrong', () => {
  const headers = { 'request-id': 'req_stream' };
  const event = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' }, request_id: 'req_body' };

  it.each([
    ['first', []],
    ['in mid-text', answer.slice(0, 5)],
    ['in place of message_stop', answer.slice(0, -1)],
  ])('an `error` event %s: what came, then a ClaudeApiError without a status', async (_where, before) => {
    const server = await bytes({ ...sse([...before, event]), headers });
    const { events, error } = await run(claudeStream(fetchClient({ baseURL: server.url }), question));
    expect(events).toEqual(responded('req_stream', before));
    expect(error).toEqual(tagged('ClaudeApiError'));
    expect(error).toMatchObject({ status: undefined, type: 'overloaded_error', requestID: 'req_stream', error: event });
    expect((error as Error).message).toBe('The API answered in its stream: Overloaded.');
  });

  it('an `error` event thousands of lists deep: its text', async () => {
    const data = '['.repeat(20_000) + ']'.repeat(20_000);
    const server = await bytes({ chunks: [`event: error\ndata: ${data}\n\n`], then: 'end' });
    const { error } = await run(claudeStream(fetchClient({ baseURL: server.url }), question));
    expect(error).toMatchObject({ _tag: 'ClaudeApiError', type: null, error: data });
  });

  it('an `error` event that is no JSON: its words', async () => {
    const server = await bytes({ chunks: ['event: error\ndata: upstream\ndata: died\n\n'], then: 'end' });
    const { error } = await run(claudeStream(fetchClient({ baseURL: server.url }), question));
    expect(error).toEqual(tagged('ClaudeApiError'));
    expect(error).toMatchObject({ status: undefined, type: null, error: 'upstream\ndied' });
  });

  it.each(['end', 'destroy'] as const)('a body that is cut by %s: TruncatedStreamError', async (then) => {
    const server = await bytes({ ...sse(answer.slice(0, 5), then), headers: { ...headers, connection: 'keep-alive' } });
    const { events, error } = await run(claudeStream(fetchClient({ baseURL: server.url }), question));
    expect(events).toEqual(responded('req_stream', answer.slice(0, 5)));
    expect(error).toEqual(tagged('TruncatedStreamError'));
    expect(error).toMatchObject({ events: 5, lastEvent: 'content_block_delta', requestId: 'req_stream' });
    expect((error as Error).cause === undefined).toBe(then === 'end');
  });

  it.each([
    ['JSON', { 'content-type': 'application/json' }],
    ['a page', { 'content-type': 'text/html; charset=utf-8' }],
    ['plain text', { 'content-type': 'text/plain' }],
  ])('a 200 of %s: UnexpectedResponseError', async (_what, type) => {
    const server = await bytes({ headers: { ...type, 'request-id': 'req_http' }, chunks: ['{}'], then: 'end' });
    const { error } = await run(claudeStream(fetchClient({ baseURL: server.url }), question));
    expect(error).toEqual(tagged('UnexpectedResponseError'));
    expect(error).toMatchObject({ status: 200, requestId: 'req_http' });
  });

  it.each([
    ['JSON that never ends', { 'content-type': 'application/json' }],
    ['plain text that never ends', { 'content-type': 'text/plain' }],
  ])('a 200 of %s: its socket is closed', async (_what, headers) => {
    const server = await bytes({ headers, chunks: ['{'], then: 'hang' });
    await run(claudeStream(fetchClient({ baseURL: server.url }), question));
    await server.closed(1);
    expect(server.openSockets()).toBe(0);
  });

  it('a 204 without a body: UnexpectedResponseError', async () => {
    const send: typeof fetch = async () => new Response(null, { status: 204 });
    const { error } = await run(claudeStream(fetchClient({ fetch: send }), question));
    expect(error).toEqual(tagged('UnexpectedResponseError'));
  });
});

describe('leaving', () => {
  async function requested(server: SseServer): Promise<void> {
    for (let waited = 0; server.requests.length < 1 && waited < 400; waited++) await pause(5);
  }

  it.each([
    ['before the headers', silent],
    ['in mid-text', sse(answer.slice(0, 4), 'hang')],
  ])('unsubscribing %s closes the socket', async (_when, response) => {
    const server = await bytes(response);
    const running = start(claudeStream(fetchClient({ baseURL: server.url }), question));
    await requested(server);
    if (response !== silent) await running.until(({ type }) => type === 'content_block_delta');
    const before = running.events.length;

    running.subscription.unsubscribe();
    await server.closed(1);

    expect(server.openSockets()).toBe(0);
    expect(running.events).toHaveLength(before);
  });

  it.each([
    ['before the headers', silent],
    ['in mid-text', sse(answer.slice(0, 4), 'hang')],
  ])("aborting by the caller's signal %s: the reason of the signal, and the socket closed", async (_when, response) => {
    const server = await bytes(response);
    const controller = new AbortController();
    const { signal } = controller;
    const running = start(claudeStream(fetchClient({ baseURL: server.url }), question, { signal }));
    await requested(server);
    if (response !== silent) await running.until(({ type }) => type === 'content_block_delta');
    const reason = new Error('enough');

    controller.abort(reason);

    expect((await running.outcome).error).toBe(reason);
    await server.closed(1);
    expect(server.openSockets()).toBe(0);
  });

  it('a signal that is aborted already: no request', async () => {
    const server = await bytes(sse(answer));
    const signal = AbortSignal.abort();
    const { error } = await run(claudeStream(fetchClient({ baseURL: server.url }), question, { signal }));
    expect(error).toBe(signal.reason);
    await pause(20);
    expect(server.requests).toEqual([]);
  });
});

describe('converse', () => {
  const calls = callsReply(
    { id: 't1', name: 'add', input: { a: 17, b: 25 } },
    { id: 't2', name: 'add', input: { a: '1', b: 2 } },
  );

  it('runs tools over it as over the SDK', async () => {
    const script = [sse(calls), sse(answer)];
    const server = await bytes(...script, ...script);
    const request = { ...question, tools: [add] };
    const ours = await run(converse(fetchClient({ baseURL: server.url, apiKey: KEY }), request));
    const theirs = await run(converse(sdkClient(server.url), request));

    expect(ours.error).toBeUndefined();
    expect(only(ours.events, 'conversation_end')).toEqual(only(theirs.events, 'conversation_end'));
    const [, second, , fourth] = bodies(server);
    expect(resultsOf(second)).toMatchObject([
      { tool_use_id: 't1', content: '42' },
      { tool_use_id: 't2', is_error: true },
    ]);
    expect(second).toEqual(fourth);
  });

  it('holds several conversations with one client', async () => {
    const server = await bytes(sse(answer), sse(answer));
    const client = fetchClient({ baseURL: server.url });
    const [left, right] = await Promise.all([run(converse(client, question)), run(converse(client, question))]);
    expect(only(left.events as readonly ClaudeEvent[], 'message_stop')).toHaveLength(1);
    expect(timeless(right.events)).toEqual(timeless(left.events));
  });
});
