/** Keys are never recorded, wherever they appear and however they are cut. */
import Anthropic from '@anthropic-ai/sdk';
import fc from 'fast-check';
import { claudeStream, fetchClient } from 'rxclaude';
import type { RoundEvent } from 'rxclaude';
import { bytesOf } from '../../marbles/recordings/cassette/bytes.js';
import { parseCassette } from '../../marbles/recordings/cassette/parseCassette.js';
import { record, type RecordOptions } from '../../marbles/recordings/cassette/record.js';
import { replay } from '../../marbles/recordings/cassette/replay.js';
import { run } from '../conformance/support/run.js';
import { servers } from '../conformance/support/servers.js';
import { question } from '../conformance/support/talk.js';
import { callsReply, reply, text, textReply, thinking } from '../support/replies.js';
import { toSse } from '../support/sse.js';
import { virtually } from './support/virtually.js';
import { times } from '../support/runs.js';

const { bytes } = servers();

const KEY = 'sk-ant-api03-QWxhZGRpbjpvcGVuIHNlc2FtZQ';
const TOKEN = 'oauth/token+with=signs~and.dots';
const CUSTOM = 'gateway "quoted" \\ sëcret';
const secrets = [KEY, TOKEN, CUSTOM, 'gateway', 'QWxhZGRp', 'signs~and'];

/** The whole cassette in every form in which it might be read. */
function forms(cassette: string): string[] {
  const { exchanges } = parseCassette(cassette);
  const bodies = exchanges.map(({ chunks }) => Buffer.concat(chunks.map(bytesOf)).toString());
  const said = exchanges.flatMap((exchange) => {
    const { events } = virtually(() =>
      claudeStream(replay({ version: 1, exchanges: [exchange] }, { check: false }), question),
    );
    return [written(events)];
  });
  return [cassette, ...bodies, ...said];
}

/** What Claude says in all, its deltas side by side. */
function written(events: readonly RoundEvent[]): string {
  const pieces = events.map((event) =>
    event.type === 'content_block_delta' ? String(Object.values(event.delta as object)[1]) : '',
  );
  return pieces.join('');
}

function expectNone(cassette: string, none: readonly string[] = secrets): void {
  for (const form of forms(cassette)) for (const secret of none) expect(form).not.toContain(secret);
}

/** Records one response that a fake gives. */
async function recorded(
  chunks: readonly (string | Uint8Array)[],
  {
    headers = {},
    body = question,
    url = 'https://h/v1/messages',
    ...options
  }: RecordOptions & { headers?: Record<string, string>; body?: unknown; url?: string } = {},
): Promise<string> {
  const stream = () =>
    new ReadableStream({
      start(controller) {
        for (const chunk of chunks)
          controller.enqueue(typeof chunk === 'string' ? new TextEncoder().encode(chunk) : chunk);
        controller.close();
      },
    });
  const fetch = async () => new Response(stream(), { headers: { 'content-type': 'text/event-stream' } });
  const recorder = record({ fetch, ...options });
  await (await recorder.fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })).arrayBuffer();
  return recorder.cassette();
}

describe('a key', () => {
  it.each([
    [
      'apiKey',
      (fetch: typeof globalThis.fetch, baseURL: string) =>
        new Anthropic({ fetch, baseURL, apiKey: KEY, maxRetries: 0 }),
    ],
    [
      'authToken',
      (fetch: typeof globalThis.fetch, baseURL: string) =>
        new Anthropic({ fetch, baseURL, apiKey: null, authToken: TOKEN, maxRetries: 0 }),
    ],
    [
      'apiKey of fetchClient',
      (fetch: typeof globalThis.fetch, baseURL: string) => fetchClient({ fetch, baseURL, apiKey: KEY }),
    ],
    [
      'a header of its own',
      (fetch: typeof globalThis.fetch, baseURL: string) =>
        fetchClient({ fetch, baseURL, headers: { 'x-gateway-token': TOKEN } }),
    ],
    [
      'a cookie',
      (fetch: typeof globalThis.fetch, baseURL: string) =>
        fetchClient({ fetch, baseURL, headers: { cookie: `a=b; sid=${KEY}` } }),
    ],
  ])('as %s, sent back by the server in pieces, is nowhere', async (_name, connect) => {
    const secret = _name.startsWith('a') && _name !== 'authToken' && _name !== 'a header of its own' ? KEY : TOKEN;
    const events = toSse(textReply([`Your key is ${secret}, is it not?`]));
    const cut = events.indexOf(secret) + 9;
    const error = JSON.stringify({ type: 'error', error: { type: 'authentication_error', message: `No: ${secret}` } });
    const server = await bytes(
      {
        chunks: [events.slice(0, cut), events.slice(cut, cut + 5), events.slice(cut + 5)],
        then: 'end',
        delayMs: 5,
        headers: { 'request-id': `req_${encodeURIComponent(secret)}` },
      },
      {
        status: 401,
        headers: { 'content-type': 'application/json' },
        chunks: [error.slice(0, -12), error.slice(-12)],
        then: 'end',
        delayMs: 5,
      },
    );
    const recorder = record();
    const client = connect(recorder.fetch, server.url);
    const asked = { ...question, messages: [{ role: 'user' as const, content: `It is ${secret}.` }] };
    const real = await run(claudeStream(client, asked));
    const refused = await run(claudeStream(client, asked));
    expect(written(real.events)).toContain(secret);
    expect(String(refused.error)).toContain(secret);
    expect(JSON.stringify(server.requests[0]!.headers)).toContain(secret);

    expectNone(recorder.cassette());
    const played = replay(recorder.cassette());
    const { events: again } = virtually(() => claudeStream(played, asked));
    expect(again).toHaveLength(real.events.length);
    expect(written(again)).toBe(written(real.events).replace(secret, 'x'.repeat(secret.length)));
    expect(virtually(() => claudeStream(played, asked)).error).toMatchObject({ type: 'authentication_error' });
  });

  it('in the error that fetch fails with is hidden', async () => {
    const boom = new TypeError(`cannot connect with ${KEY}`);
    const recorder = record({ fetch: async () => Promise.reject(boom) });
    await expect(recorder.fetch('https://h/', { headers: { 'x-api-key': KEY } })).rejects.toBe(boom);
    expectNone(recorder.cassette());
    expect(recorder.cassette()).toContain('cannot connect with [hidden]');
  });

  it('in the body of a request is hidden, and learnt where the field holds nothing else', async () => {
    const body = {
      ...question,
      mcp_servers: [{ type: 'url', url: 'https://mcp', name: 'm', authorization_token: TOKEN }],
      messages: [
        { role: 'user', content: `Use ${TOKEN}, or Bearer abc123def456, or ghp_0123456789abcdefghij` },
        {
          role: 'assistant',
          content: [{ type: 'tool_use', id: 't', name: 'login', input: { user: 'me', password: 'correct horse' } }],
        },
      ],
      tools: [{ name: 'login', input_schema: { type: 'object', properties: { password: { type: 'string' } } } }],
      max_tokens: 5,
    };
    const cassette = await recorded([toSse(textReply(['It was ', TOKEN]))], { body });
    expectNone(cassette, [...secrets, 'abc123def456', 'ghp_', 'correct horse']);
    const [exchange] = parseCassette(cassette).exchanges;
    expect(exchange!.request.body).toMatchObject({
      max_tokens: 5,
      mcp_servers: [{ authorization_token: '[hidden]', name: 'm' }],
      messages: [
        { content: 'Use [hidden], or Bearer [hidden], or [hidden]' },
        { content: [{ input: { user: 'me' } }] },
      ],
      tools: [{ input_schema: { properties: { password: { type: 'string' } } } }],
    });
    expect(virtually(() => claudeStream(replay(cassette), body as never)).error).toBeUndefined();
  });

  it('in the URL is left out', async () => {
    const cassette = await recorded(['ok, 9f8e7d6c5b'], {
      url: `https://me:pass-word-9@h/v1/${KEY}/messages?key=9f8e7d6c5b&beta=true`,
    });
    expectNone(cassette, [...secrets, '9f8e7d6c5b', 'pass-word-9']);
    expect(parseCassette(cassette).exchanges[0]!.request.path).toBe('/v1/[hidden]/messages?beta=true');
  });

  it('is named in `secrets`, and then found in every form', async () => {
    const body = { ...question, system: `${CUSTOM} ${encodeURIComponent(CUSTOM)}` };
    const said = textReply([CUSTOM]);
    const cassette = await recorded([toSse(said), `plain ${CUSTOM}`], { secrets: [CUSTOM, ''], body });
    expectNone(cassette, [CUSTOM, JSON.stringify(CUSTOM).slice(1, -1), encodeURIComponent(CUSTOM), 'quoted']);
    expect(JSON.stringify(parseCassette(cassette).exchanges[0]!.request.body)).toContain('"[hidden] [hidden]"');
  });

  it.each([
    ['Anthropic', 'sk-ant-oat01-aaaaaaaa'],
    ['OpenAI', 'sk-proj-abcDEF123456ghiJKL'],
    ['GitHub', 'github_pat_11ABCDEFG0123456789'],
    ['Slack', 'xoxb-123456789012-abcdefghij'],
    ['AWS', 'AKIAIOSFODNN7EXAMPLE'],
    ['Google', 'AIzaSyA-1234567890abcdefghijklmnopqrstu'],
    ['a JSON web token', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc_def-123'],
    ['a bearer token', 'Bearer 0123456789abcdef'],
    ['a login', 'Basic QWxhZGRpbjpvcGVu'],
    ['a login in a URL', 'https://user:hunter2@host/path'],
    ['a private key', '-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nIBAAK\n-----END RSA PRIVATE KEY-----'],
  ])('of %s is known by its look', async (_whose, key) => {
    const secret =
      key
        .replace(/^(Bearer|Basic) |^https:\/\/|@host.*/g, '')
        .split('\n')
        .at(1) ?? key.replace(/^(Bearer|Basic) |^https:\/\/|@host.*/g, '');
    const cassette = await recorded([toSse(textReply([`Key: ${key}`, ' it was.']))], {
      body: { ...question, system: key },
    });
    expectNone(cassette, [secret]);
    expect(virtually(() => claudeStream(replay(cassette), { ...question, system: key })).error).toBeUndefined();
  });

  it.each([
    'A risk-assessment of task-management-systems, npm_lifecycle_event',
    'The bearer authentication of sk-learn; Basic understanding',
    'half-timbered, eyJ, AKIA, sk-',
  ])('is not found in %j', async (words) => {
    const cassette = await recorded([toSse(textReply([words]))], { body: { ...question, system: words } });
    expect(cassette).not.toContain('xxx');
    expect(cassette).not.toContain('[hidden]');
  });
});

describe('a key in pieces', () => {
  const headers = { 'x-api-key': KEY };

  it.each([
    ['text', reply({ content: [text(['Key sk-', 'ant', '-api03-QWxhZGRpbj', 'pvcGVuIHNlc2FtZQ', ' it is'])] })],
    ['thinking', reply({ content: [thinking(['Hm: sk-ant-api03-Q', 'WxhZGRpbjpvcGVuIHNlc2FtZQ', '.']), 'Well.'] })],
    ['the input of a tool', callsReply({ id: 't', name: 'n', input: { of: KEY, or: 'not' }, pieceSize: 7 })],
  ])('that Claude has cut, in %s, is written over', async (_where, events) => {
    const whole = toSse(events);
    const cassette = await recorded([whole.slice(0, 700), whole.slice(700)], { headers });
    expectNone(cassette);
    const played = virtually(() => claudeStream(replay(cassette), question));
    expect(played.error).toBeUndefined();
    expect(written(played.events)).toContain('x'.repeat(KEY.length));
    expect(written(played.events).length).toBe(written(events as RoundEvent[]).length);
  });

  it('is written over however bytes and deltas are cut, and nothing else is', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1 }),
        fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1 }),
        fc.string({ unit: 'grapheme' }),
        fc.constantFrom(KEY, TOKEN, CUSTOM),
        async (deltas, chunks, around, secret) => {
          const said = `${around}${secret}.`;
          const pieces = cutBy([...said], deltas).map((piece) => piece.join(''));
          const body = cutBy([...new TextEncoder().encode(toSse(textReply(pieces)))], chunks).map((piece) =>
            Uint8Array.from(piece),
          );
          const cassette = await recorded(body, { headers, secrets: [TOKEN, CUSTOM] });
          const { events, error } = virtually(() => claudeStream(replay(cassette), question));
          const masked = written(events);
          expect(error).toBeUndefined();
          expect(masked.startsWith(around)).toBe(true);
          expect(masked.slice(around.length)).toMatch(/^x+\.$/);
        },
      ),
      times(200),
    );
  });

  it('that has only begun is written over, in what there is so far and after an abort', async () => {
    let send: (chunk: string) => void = () => undefined;
    const stream = new ReadableStream<Uint8Array>({
      start(controller) {
        send = (chunk) => {
          controller.enqueue(new TextEncoder().encode(chunk));
        };
      },
    });
    const recorder = record({
      fetch: async () => new Response(stream, { headers: { 'content-type': 'text/event-stream' } }),
    });
    const reader = (await recorder.fetch('https://h/', { headers: { 'x-api-key': TOKEN } })).body!.getReader();
    for (const chunk of ['data: oauth/to', 'ken+with=si']) {
      send(chunk);
      await reader.read();
      expect(recorder.cassette()).not.toContain('oauth/t');
      expect(recorder.cassette()).toContain('data: xxx');
    }
    await reader.cancel();
    expect(recorder.cassette()).not.toContain('oauth/t');
    expect(parseCassette(recorder.cassette()).exchanges[0]!.chunks).toMatchObject([
      { text: 'data: xxxxxxxx' },
      { text: 'xxxxxxxxxxx' },
    ]);
  });

  it('is written over at the border of what is held, and memory has one', async () => {
    const piece = new TextEncoder().encode('.'.repeat(60_000));
    const pieces = Array.from({ length: 150 }, () => piece);
    const lines: number[] = [];
    const cut = pieces.flatMap((filler, at) =>
      at % 10 === 0 ? [filler, TOKEN.slice(0, 11), TOKEN.slice(11)] : [filler],
    );
    const cassette = await recorded(cut, { secrets: [TOKEN], write: (line) => lines.push(line.length) });
    expect(lines.length).toBe(4 + cut.length);
    const body = Buffer.concat(parseCassette(cassette).exchanges[0]!.chunks.map(bytesOf)).toString();
    expect(body).not.toContain(TOKEN.slice(0, 11));
    expect(body.match(/x+/g)).toEqual(Array.from({ length: 15 }, () => 'x'.repeat(TOKEN.length)));
  });
});

/** Cuts a list into pieces of these lengths, in turn. */
function cutBy<Item>(items: readonly Item[], lengths: readonly number[]): Item[][] {
  const pieces: Item[][] = [];
  for (let at = 0; at < items.length; at += pieces.at(-1)!.length) {
    pieces.push(items.slice(at, at + lengths[pieces.length % lengths.length]!));
  }
  return pieces;
}
