/** The bytes of an event stream in all their forms, over real HTTP, and as the SDK reads them. */
import { claudeStream } from 'rxclaude';
import type { RoundEvent } from 'rxclaude';
import { run } from '../conformance/support/run.js';
import type { Outcome } from '../conformance/support/run.js';
import { servers } from '../conformance/support/servers.js';
import { question } from '../conformance/support/talk.js';
import { callsReply, reply, textReply } from '../support/replies.js';
import { sdkClient } from '../support/sdkClient.js';
import { singleBytes } from '../support/sseServer.js';
import { toSse, toSseEvent } from '../support/sse.js';
import { tagged } from '../support/errors.js';

const { bytes } = servers();

const answer = reply({
  content: [
    'Grüße, ',
    { contentBlock: { type: 'text', text: '' }, deltas: [{ type: 'text_delta', text: '\u{1F600}日本\u2028\u0085' }] },
  ],
});
const encode = (body: string): Uint8Array => new TextEncoder().encode(body);

/** Reads a body whole, in single bytes and in odd pieces, and says so when it matters. */
async function read(
  body: string | Uint8Array,
  headers: Readonly<Record<string, string>> = {},
): Promise<Outcome<RoundEvent>> {
  const all = typeof body === 'string' ? encode(body) : body;
  const odd = Array.from({ length: Math.ceil(all.length / 7) }, (_none, at) => all.subarray(at * 7, at * 7 + 7));
  const server = await bytes(
    ...[[all], singleBytes(all), odd].map((chunks) => ({ chunks, headers, then: 'end' as const })),
  );
  const stream = claudeStream(sdkClient(server.url), question);
  const [whole, single, cut] = [await run(stream), await run(stream), await run(stream)];
  for (const other of [single, cut]) {
    expect(other.events).toEqual(whole.events);
    expect(String(other.error)).toBe(String(whole.error));
  }
  return whole;
}

/** What the SDK's own stream yields; it hides pings. */
async function sdkEvents(body: string | Uint8Array): Promise<object[]> {
  const server = await bytes({ chunks: [body], then: 'end' });
  const events: object[] = [];
  const stream = await sdkClient(server.url, { logLevel: 'off' }).messages.create({
    ...(question as never as object),
    stream: true,
  } as never);
  for await (const event of stream as unknown as AsyncIterable<object>) events.push(event);
  return events;
}
const withoutPings = (events: readonly object[]): object[] =>
  events.filter((event) => !('type' in event && event.type === 'ping'));

describe('all forms of the same events', () => {
  const plain = toSse(answer);
  const lines = plain.split('\n');
  const forms: readonly [what: string, body: string | Uint8Array][] = [
    ['as it is', plain],
    ['CRLF', plain.replaceAll('\n', '\r\n')],
    ['CR', plain.replaceAll('\n', '\r')],
    ['line ends mixed', lines.map((line, at) => line + ['\n', '\r\n', '\r'][at % 3]!).join('')],
    ['a BOM', `\ufeff${plain}`],
    ['comments between and inside events', `: hi\n\n${plain.replaceAll('data:', ': more\ndata:')}`],
    ['no space behind the colon', plain.replaceAll('data: ', 'data:').replaceAll('event: ', 'event:')],
    ['padding behind the data', plain.replaceAll('\n\n', '      \n\n')],
    ['data before the event line', plain.replaceAll(/(event: [^\n]*)\n(data: [^\n]*)/g, '$2\n$1')],
    ['data on several lines', plain.replaceAll(/data: (\{"type":"[a-z_]+",)/g, 'data: $1\ndata: ')],
    ['id and retry fields', plain.replaceAll('event:', 'id: 7\nretry: 10\nevent:')],
    ['unknown fields', plain.replaceAll('event:', 'foo: bar\nfoo\nevent:')],
    ['blank lines before and between', `\n\n${plain.replaceAll('\n\n', '\n\n\n\n')}`],
    ['an end without a blank line, of a comment', `${plain}: bye`],
  ];

  it.each(forms)('%s', async (_what, body) => {
    const { events, error } = await read(body);
    expect(error).toBeUndefined();
    expect(events).toEqual(answer);
    expect(withoutPings(events)).toEqual(await sdkEvents(body));
  });

  it('a content type with other letters and parameters', async () => {
    for (const type of ['text/event-stream', 'text/event-stream;charset=UTF-8', 'Text/Event-Stream; Charset=utf-8']) {
      const { events, error } = await read(toSse(answer), { 'content-type': type });
      expect(error).toBeUndefined();
      expect(withoutPings(events)).toEqual(withoutPings(answer));
    }
  });

  it('a compressed body', async () => {
    const { gzipSync } = await import('node:zlib');
    const server = await bytes({
      chunks: [gzipSync(toSse(answer))],
      headers: { 'content-encoding': 'gzip' },
      then: 'end',
    });
    const { events, error } = await run(claudeStream(sdkClient(server.url), question));
    expect(error).toBeUndefined();
    expect(events).toEqual(answer);
  });
});

describe('events that are not Claude’s usual ones', () => {
  it('ping passes, with data and without', async () => {
    const pings = 'event: ping\ndata: {"type":"ping"}\n\nevent: ping\ndata: {}\n\n';
    const { events, error } = await read(pings + toSse(textReply('Hi')) + pings);
    expect(error).toBeUndefined();
    expect(events.filter(({ type }) => type === 'ping')).toHaveLength(5);
    expect(events.slice(0, 2)).toEqual([{ type: 'ping' }, { type: 'ping' }]);
  });

  it('unknown events pass as they are', async () => {
    const unknown = { type: 'progress_update', percent: 50, nested: { a: [null] } };
    const [start, ...rest] = textReply('Hi');
    const { events, error } = await read(toSse([unknown, start!, unknown, ...rest, unknown]));
    expect(error).toBeUndefined();
    expect(events.filter(({ type }) => (type as string) === unknown.type)).toEqual([unknown, unknown, unknown]);
  });

  it('an event without data is none', async () => {
    const { events, error } = await read(`event: heartbeat\n\n${toSse(answer)}event: heartbeat\ndata:\n\n`);
    expect(error).toBeUndefined();
    expect(events).toEqual(answer);
  });

  it('data without event names: an error that says what is missing, as a proxy may have dropped them', async () => {
    const unnamed = toSse(callsReply({ id: 't1', name: 'x' })).replaceAll(/^event: .*\n/gm, '');
    const { events, error } = await read(unnamed);
    expect(events).toEqual([]);
    expect(error).toEqual(tagged('TruncatedStreamError'));
    expect((error as Error).message).toContain('without an `event:` name');
    expect(await sdkEvents(unnamed)).toEqual([]);
  });

  it('a [DONE] trailer without a name is passed over, as the SDK does', async () => {
    const body = `${toSse(answer)}data: [DONE]\n\n`;
    const { events, error } = await read(body);
    expect(error).toBeUndefined();
    expect(events).toEqual(answer);
    expect(await sdkEvents(body)).toEqual(withoutPings(answer));
  });

  it('a [DONE] trailer with a name is refused, as the SDK does', async () => {
    const body = `${toSse(answer)}event: data\ndata: [DONE]\n\n`;
    const { events, error } = await read(body);
    expect(events).toEqual(answer);
    expect(error).toEqual(tagged('ProtocolError'));
    await expect(sdkEvents(body)).rejects.toThrow('not valid JSON');
  });

  it('invalid UTF-8 is replaced, as the SDK does', async () => {
    const body = encode(toSse(textReply('A?B'))).map((byte) => (byte === 0x3f ? 0xff : byte));
    const { events, error } = await read(body);
    expect(error).toBeUndefined();
    expect(JSON.stringify(events)).toContain('A\ufffdB');
    expect(withoutPings(events)).toEqual(await sdkEvents(body));
  });

  it('a type in the JSON that is not the name: the JSON counts, as in the SDK', async () => {
    const [start, ...rest] = textReply('Hi');
    const odd = toSseEvent(start!).replace('event: message_start', 'event: message_begin');
    const { events, error } = await read(odd + toSse(rest));
    expect(error).toBeUndefined();
    expect(events[0]).toEqual(start);
  });

  it('a very long line', async () => {
    const words = 'x'.repeat(2_000_000);
    const server = await bytes({ chunks: [toSse(textReply(words))], then: 'end' });
    const { events, error } = await run(claudeStream(sdkClient(server.url), question));
    expect(error).toBeUndefined();
    expect(JSON.stringify(events).length).toBeGreaterThan(words.length);
  });
});
