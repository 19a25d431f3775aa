/** What went over a real connection, recorded and played again: the same events at the same distances, the same errors. */
import Anthropic from '@anthropic-ai/sdk';
import { claudeStream, converse, fetchClient } from 'rxclaude';
import type { ClaudeClient, ClaudeRequest, RoundEvent } from 'rxclaude';
import { firstValueFrom, merge, timer, toArray } from 'rxjs';
import type { Cassette } from '../../marbles/recordings/cassette/Cassette.js';
import { parseCassette } from '../../marbles/recordings/cassette/parseCassette.js';
import { record, type Recorder } from '../../marbles/recordings/cassette/record.js';
import { replay } from '../../marbles/recordings/cassette/replay.js';
import { type Outcome, run, start } from '../conformance/support/run.js';
import { servers, sse } from '../conformance/support/servers.js';
import { question, quick } from '../conformance/support/talk.js';
import { add } from '../conformance/support/tools.js';
import { callsReply, textReply } from '../support/replies.js';
import { toSse } from '../support/sse.js';
import type { ScriptedResponse } from '../support/sseServer.js';
import { virtually } from './support/virtually.js';
import { timeless } from '../support/timeless.js';

const { bytes, strict } = servers();
const answer = textReply(['It ', 'is ', 'noon, ', 'Ünïcödé 😀.']);

type Kind = (fetch: typeof globalThis.fetch, baseURL: string) => ClaudeClient;
const kinds: readonly (readonly [string, Kind])[] = [
  ['fetchClient', (fetch, baseURL) => fetchClient({ fetch, baseURL, apiKey: 'test-key' })],
  ['the SDK', (fetch, baseURL) => new Anthropic({ fetch, baseURL, apiKey: 'test-key', maxRetries: 0 })],
  ['the SDK, beta', (fetch, baseURL) => new Anthropic({ fetch, baseURL, apiKey: 'test-key', maxRetries: 0 }).beta],
];

const sum = (id: string) => ({ id, name: 'add', input: { a: 1, b: 2 } });
const rounds = () => [
  { events: callsReply(sum('toolu_1'), sum('toolu_2')), delayMs: 2 },
  { events: textReply(['Three, ', 'both times.']), delayMs: 2, pings: true },
];

const ask = (client: ClaudeClient, request: Partial<ClaudeRequest> = {}) =>
  claudeStream(client, { ...question, ...request });
const talk = (client: ClaudeClient) => converse(client, { ...question, tools: [add] }, { retry: quick });
const exchangesOf = (recorder: Recorder): Cassette['exchanges'] => parseCassette(recorder.cassette()).exchanges;

describe.each(kinds)('a conversation over %s', (_kind, connect) => {
  it('is the same in virtual time, all at once, and under a fetch', async () => {
    const server = await strict(rounds());
    const recorder = record();
    const real = await run(talk(connect(recorder.fetch, server.url)));
    expect(real.error).toBeUndefined();
    const cassette = recorder.cassette();

    const client = replay(cassette);
    const virtual = virtually(() => talk(client));
    expect(virtual.error).toBeUndefined();
    expect(timeless(virtual.events)).toEqual(timeless(real.events));
    expect(client.done).toBe(true);
    expect(client.requests.map(({ body, how }) => [body, how])).toEqual(
      server.requests.map(({ body }) => [body, 'completed']),
    );
    // Each reply takes as long as it took: the rounds follow each other without the program's own time.
    const took = parseCassette(cassette).exchanges.map(({ request, end }) => (end?.time ?? NaN) - request.time);
    expect(virtual.end).toBe(took.reduce((total, time) => total + time, 0));

    const atOnce = await run(talk(replay(cassette, { speed: Infinity })));
    expect(timeless(atOnce.events)).toEqual(timeless(real.events));

    const fetching = replay(cassette, { speed: 10 });
    const refetched = await run(talk(connect(fetching.fetch, 'http://nowhere.invalid')));
    expect(timeless(refetched.events)).toEqual(timeless(real.events));
    expect(fetching.done).toBe(true);
  });

  it('reaches the caller as it is, piece by piece', async () => {
    const server = await bytes({ chunks: [toSse(answer.slice(0, 4))], then: 'hang' });
    const running = start(ask(connect(record().fetch, server.url)));
    await running.until(({ type }) => type === 'content_block_delta');
    running.subscription.unsubscribe();
    await server.closed(1);
  });

  it('that was left is silent from there on', async () => {
    const server = await bytes({ chunks: [toSse(answer.slice(0, 4))], then: 'hang' });
    const recorder = record();
    const running = start(ask(connect(recorder.fetch, server.url)));
    await running.until(({ type }) => type === 'content_block_delta');
    const before = recorder.cassette();
    running.subscription.unsubscribe();
    await server.closed(1);

    expect(exchangesOf(recorder)).toMatchObject([{ response: { status: 200 }, end: { how: 'aborted' } }]);
    expect(parseCassette(before).exchanges[0]).not.toHaveProperty('end');
    for (const cassette of [before, recorder.cassette()]) {
      const played = virtually(() => ask(replay(cassette)));
      expect(played.events).toEqual(running.events);
      expect(played).not.toHaveProperty('end');
    }
    const again = start(ask(connect(replay(recorder.cassette()).fetch, '')));
    await again.until(({ type }) => type === 'content_block_delta');
    again.subscription.unsubscribe();
    expect(again.events).toEqual(running.events);
  });

  it('that was left before its response is', async () => {
    const server = await bytes({ chunks: [], headersAfterMs: Infinity, then: 'end' });
    const recorder = record();
    const running = start(ask(connect(recorder.fetch, server.url)));
    while (server.requests.length === 0) await firstValueFrom(timer(2));
    running.subscription.unsubscribe();
    await server.closed(1);
    expect(exchangesOf(recorder)).toMatchObject([{ chunks: [], end: { how: 'aborted' } }]);
    expect(exchangesOf(recorder)[0]).not.toHaveProperty('response');
    expect(virtually(() => ask(replay(recorder.cassette())))).toEqual({ events: [], times: [] });
  });

  const headers = { 'content-type': 'application/json', 'request-id': 'req_7', 'retry-after': '3' };
  const failures: readonly (readonly [string, ScriptedResponse])[] = [
    [
      'a broken connection',
      { chunks: [toSse(answer.slice(0, 5))], then: 'destroy', headers: { 'request-id': 'req_1' } },
    ],
    ['a reply that was cut', { chunks: [toSse(answer.slice(0, 5))], then: 'end', headers: { 'request-id': 'req_2' } }],
    ['an empty reply', { chunks: [], then: 'end' }],
    [
      'a rate limit',
      {
        status: 429,
        headers,
        chunks: ['{"type":"error","error":{"type":"rate_limit_error",', '"message":"ö"}}'],
        then: 'end',
      },
    ],
    [
      'a page of a proxy',
      { status: 502, headers: { 'content-type': 'text/html' }, chunks: ['<h1>502</h1>'], then: 'end' },
    ],
    [
      'an error in mid-stream',
      {
        chunks: [
          toSse(answer.slice(0, 5)),
          toSse([{ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }]),
        ],
        then: 'hang',
      },
    ],
    [
      'data that is not JSON',
      { chunks: [toSse(answer.slice(0, 5)), 'event: message_delta\ndata: {\n\n'], then: 'end' },
    ],
    ['two messages', { chunks: [toSse(answer), toSse(answer)], then: 'end', headers: { 'request-id': 'req_3' } }],
    ['no stream', { headers, chunks: [JSON.stringify({ type: 'message' })], then: 'end' }],
  ];

  it.each(failures)('that ends with %s is the same error again', async (_what, response) => {
    const server = await bytes(response);
    const recorder = record();
    const real = await run(ask(connect(recorder.fetch, server.url)));
    expect(real.error).toBeInstanceOf(Error);

    // The SDK has its own classes: what fetchClient makes of the same bytes is what the replay is compared with.
    const again = await run(
      ask(connect(replay(recorder.cassette(), { speed: Infinity }).fetch, 'http://nowhere.invalid')),
    );
    const plain = await run(ask(fetchClient({ fetch: replay(recorder.cassette(), { speed: Infinity }).fetch })));
    const virtual = virtually(() => ask(replay(recorder.cassette())));
    expect(again.events).toEqual(real.events);
    expect(factsOf(again)).toEqual(factsOf(real));
    expect(virtual.events).toEqual(plain.events);
    expect(factsOf(virtual)).toEqual(factsOf(plain));
    expect(virtual.error).toStrictEqual(plain.error);
    if (_kind === 'fetchClient') expect(factsOf(virtual)).toEqual(factsOf(real));
  });

  it('that did not come about fails with the error of fetch', async () => {
    const recorder = record();
    const real = await run(ask(connect(recorder.fetch, 'http://127.0.0.1:1')));
    expect(exchangesOf(recorder)).toMatchObject([{ end: { how: 'error', error: { name: 'TypeError' } } }]);
    const again = await run(ask(connect(replay(recorder.cassette()).fetch, 'http://127.0.0.1:1')));
    // Of what caused it, only the name and the message are kept.
    expect(factsOf(again)).toMatchObject({ ...(factsOf(real) as object), cause: expect.anything() as unknown });
    const { error } = virtually(() => ask(replay(recorder.cassette())));
    expect(error).toBeInstanceOf(TypeError);
    expect((error as Error).message).toBe('fetch failed');
  });

  it('that goes on beside another one', async () => {
    const answers = [textReply(['One, ', 'one.']), textReply(['Two, ', 'two.'])];
    const server = await bytes(
      ...[0, 1].flatMap((at) =>
        [answers[at]!, answers[at]!].map((events) => ({
          ...sse(events),
          chunks: events.map((event) => toSse([event])),
          delayMs: 1,
        })),
      ),
    );
    const recorder = record();
    const two = (client: ClaudeClient) =>
      merge(...['a', 'b'].map((content) => ask(client, { messages: [{ role: 'user', content }] }))).pipe(toArray());
    const real = connect(recorder.fetch, server.url);
    await firstValueFrom(two(real));
    await firstValueFrom(two(real));

    const exchanges = exchangesOf(recorder);
    expect(exchanges).toHaveLength(4);
    expect(exchanges[1]!.request.time).toBeLessThan(exchanges[0]!.end!.time);
    const client = replay(recorder.cassette());
    for (let time = 0; time < 2; time++) virtually(() => two(client));
    expect(client.done).toBe(true);

    // The second comes first: each gets its own all the same.
    const turned = replay(recorder.cassette(), { speed: Infinity });
    const textOf = (content: string) =>
      texts(virtually(() => ask(turned, { messages: [{ role: 'user', content }] })).events);
    expect(['b', 'a', 'b', 'a'].map(textOf)).toEqual(textsOfExchanges(exchanges));
  });
});

/** Of a, of b, of a, of b, as they were recorded, told in the order b, a, b, a. */
function textsOfExchanges(exchanges: Cassette['exchanges']): string[] {
  const played = exchanges.map((exchange) =>
    texts(virtually(() => ask(replay({ version: 1, exchanges: [exchange] }, { check: false }))).events),
  );
  return [1, 0, 3, 2].map((at) => played[at]!);
}

function texts(events: readonly RoundEvent[]): string {
  return events
    .map((event) => (event.type === 'content_block_delta' && event.delta.type === 'text_delta' ? event.delta.text : ''))
    .join('');
}

/** What a program reads of an error. */
function factsOf({ error }: Pick<Outcome<unknown>, 'error'> | { error?: unknown }): unknown {
  const { name, message, status, type, requestID, requestId, headers, cause } = error as Record<string, unknown> &
    Error;
  const retry = headers instanceof Headers ? headers.get('retry-after') : undefined;
  return { name, message, status, type, requestID, requestId, retry, cause: String(cause) };
}

describe('the retries of the SDK', () => {
  const busy = {
    status: 429,
    headers: { 'content-type': 'application/json', 'retry-after-ms': '1' },
    chunks: ['{"type":"error","error":{"type":"rate_limit_error","message":"Slow"}}'],
    then: 'end' as const,
  };

  it('are exchanges of their own, and are made again', async () => {
    const server = await bytes(busy, sse(answer));
    const recorder = record();
    const connect = (fetch: typeof globalThis.fetch) =>
      new Anthropic({ fetch, baseURL: server.url, apiKey: 'test-key', maxRetries: 1 });
    const real = await run(ask(connect(recorder.fetch)));
    expect(real).toMatchObject({ error: undefined, events: answer });

    expect(exchangesOf(recorder).map(({ response }) => response!.status)).toEqual([429, 200]);
    const client = replay(recorder.cassette(), { speed: 10 });
    expect((await run(ask(connect(client.fetch)))).events).toEqual(answer);
    expect(client.done).toBe(true);

    const plain = replay(recorder.cassette());
    // The SDK did not read the body: what it said is not known.
    expect(virtually(() => ask(plain)).error).toMatchObject({ status: 429, type: null });
    expect(virtually(() => ask(plain)).events).toEqual(answer);
  });
});

describe('reading', () => {
  it('stays as slow as the reader is', async () => {
    let pulled = 0;
    const endless = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          pulled++;
          controller.enqueue(new Uint8Array(10));
        },
      },
      { highWaterMark: 0 },
    );
    const recorder = record({ fetch: async () => new Response(endless) });
    const reader = (await recorder.fetch('http://x/')).body!.getReader();
    await firstValueFrom(timer(5));
    expect(pulled).toBe(0);
    await reader.read();
    await firstValueFrom(timer(5));
    expect(pulled).toBe(1);
    expect(exchangesOf(recorder)[0]!.chunks).toHaveLength(1);
    await reader.cancel('enough');
    expect(exchangesOf(recorder)[0]!.end).toMatchObject({ how: 'aborted' });
  });

  it('passes on why it was cancelled, and what the body fails with', async () => {
    const cancel = jest.fn();
    const boom = new RangeError('boom');
    const body = (source: UnderlyingDefaultSource) => async () => new Response(new ReadableStream(source));
    const left = await record({ fetch: body({ cancel }) }).fetch('http://x/');
    await left.body!.cancel('why');
    expect(cancel).toHaveBeenCalledWith('why');

    const recorder = record({
      fetch: body({
        pull: (controller) => {
          controller.error(boom);
        },
      }),
    });
    const broken = await recorder.fetch(new URL('http://x/'));
    await expect(broken.text()).rejects.toBe(boom);
    expect(exchangesOf(recorder)[0]!.end).toMatchObject({
      how: 'error',
      error: { name: 'RangeError', message: 'boom' },
    });
  });

  it('goes on through a Request, and leaves its body to be sent', async () => {
    const sent: string[] = [];
    const fetch = async (input: RequestInfo | URL) => {
      sent.push(await (input as Request).text());
      return new Response('ok', { headers: { 'request-id': 'req_9', 'set-cookie': 'a=b' } });
    };
    const recorder = record({ fetch });
    const request = new Request('https://h/v1/messages?beta=true&x=1', {
      method: 'POST',
      body: '{"a":1}',
      headers: { 'anthropic-version': 'v' },
    });
    const response = await recorder.fetch(request);
    expect(await response.text()).toBe('ok');
    expect(sent).toEqual(['{"a":1}']);
    expect(exchangesOf(recorder)).toMatchObject([
      {
        request: {
          method: 'POST',
          path: '/v1/messages?beta=true',
          headers: { 'anthropic-version': 'v' },
          body: { a: 1 },
        },
        response: { headers: { 'request-id': 'req_9' } },
      },
    ]);
    const played = replay(recorder.cassette(), { speed: Infinity });
    const again = await played.fetch(new Request('https://h/', { method: 'POST', body: '{"a":1}' }));
    expect([again.status, await again.text()]).toEqual([200, 'ok']);
  });

  it('writes each line as soon as it is final, and all lines once', async () => {
    const lines: string[] = [];
    const server = await bytes(sse(answer));
    const recorder = record({ write: (line) => lines.push(line) });
    expect(lines).toEqual(['{"type":"cassette","version":1}\n']);
    await run(ask(fetchClient({ fetch: recorder.fetch, baseURL: server.url })));
    expect(lines.join('')).toBe(recorder.cassette());
    expect(lines.every((line) => line.indexOf('\n') === line.length - 1)).toBe(true);
  });
});
