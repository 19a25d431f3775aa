/** One event that is too large: nobody keeps it, and nobody waits for the whole of it. */
import { claudeStream, converse, fetchClient, toErrorFacts } from 'rxclaude';
import type { ClaudeClient } from 'rxclaude';
import { claude } from '../../marbles/index.js';
import { watchRejections } from '../conformance/support/rejections.js';
import type { RejectionWatch } from '../conformance/support/rejections.js';
import { only, run } from '../conformance/support/run.js';
import { servers } from '../conformance/support/servers.js';
import { question } from '../conformance/support/talk.js';
import { responded } from '../support/events.js';
import { sdkClient } from '../support/sdkClient.js';
import { toSse, toSseEvent } from '../support/sse.js';
import { tagged } from '../support/errors.js';

const { bytes } = servers();
const headers = { 'request-id': 'req_bounds' };
const before = [claude.messageStart(), claude.textStart(), claude.text('Hi')];
const after = [claude.contentBlockStop(), claude.stop(), claude.messageStop()];
const limit = 1_000;
/** Text without an end, in pieces. */
const endless = Array.from({ length: 200 }, () => 'x'.repeat(100));

let watch: RejectionWatch;
beforeEach(() => {
  watch = watchRejections();
});
afterEach(async () => {
  expect(await watch.seen()).toEqual([]);
});

const clients: [string, (url: string) => ClaudeClient][] = [
  ['the SDK', (url) => sdkClient(url)],
  ['the SDK’s beta client', (url) => sdkClient(url).beta],
  ['fetchClient', (url) => fetchClient({ baseURL: url, apiKey: 'test-key' })],
];

/** What every reply with such an event comes to. */
const tooLarge = (maximum: number) => ({
  name: 'LimitError',
  limit: 'maxEventChars',
  maximum,
  requestId: 'req_bounds',
  message: `An event of the response is too large. Expected at most ${maximum}. Raise \`maxEventChars\`.`,
});

describe.each(clients)('with %s, an event that is too large', (_, clientOf) => {
  it.each<[string, string[]]>([
    ['in one chunk', [toSseEvent(claude.text('x'.repeat(2_000)))]],
    ['in one chunk with others', [toSse([claude.text('Ho'), claude.text('x'.repeat(2_000)), ...after])]],
    ['in many chunks, without an end', ['event: content_block_delta\ndata: {"x":"', ...endless]],
    ['in many lines, without an end', ['event: content_block_delta\n', ...endless.map((text) => `data: ${text}\n`)]],
    ['without any line break', endless],
    ['that is a comment without an end', [': ', ...endless]],
    ['whose name has no end', ['event: ', ...endless]],
    ['whose id has no end', ['id: ', ...endless]],
  ])('%s ends the request, and nobody waits for the rest', async (_how, chunks) => {
    const server = await bytes({ headers, chunks: [toSse(before), ...chunks], then: 'hang' });
    const { error, events } = await run(claudeStream(clientOf(server.url), question, { maxEventChars: limit }));

    expect(error).toEqual(tagged('LimitError'));
    expect(error).toMatchObject(tooLarge(limit));
    expect(events.slice(0, 4)).toEqual(responded('req_bounds', before));
    await server.closed(1);
    expect(server.openSockets()).toBe(0);
  });
});

describe('the bound', () => {
  /** A client whose response has this body. */
  const answering = (body: BodyInit): ClaudeClient => ({
    messages: {
      create: async () => new Response(body, { headers: { ...headers, 'content-type': 'text/event-stream' } }),
    },
  });
  const whole = (words: string) => [claude.messageStart(), claude.textStart(), claude.text(words), ...after];

  it('is on one event, and not on all of them', async () => {
    const events = [...before, ...Array.from({ length: 500 }, () => claude.text('x'.repeat(100))), ...after];
    const { completed } = await run(claudeStream(answering(toSse(events)), question, { maxEventChars: 400 }));
    expect(completed).toBe(true);
  });

  it('is the number of characters of its data, to the last one', async () => {
    const { length } = JSON.stringify(claude.text('x'.repeat(2_000)));
    const client = () => answering(toSse(whole('x'.repeat(2_000))));
    expect((await run(claudeStream(client(), question, { maxEventChars: length }))).completed).toBe(true);
    const { error } = await run(claudeStream(client(), question, { maxEventChars: length - 1 }));
    expect(error).toMatchObject(tooLarge(length - 1));
  });

  it('is the same however the body is cut', async () => {
    const words = 'x'.repeat(2_000);
    const { length } = JSON.stringify(claude.text(words));
    const inBytes = () =>
      new ReadableStream<Uint8Array>({
        start: (controller) => {
          for (const byte of new TextEncoder().encode(toSse(whole(words)))) controller.enqueue(Uint8Array.of(byte));
          controller.close();
        },
      });
    const { error } = await run(claudeStream(answering(inBytes()), question, { maxEventChars: length - 1 }));
    expect(error).toMatchObject(tooLarge(length - 1));
    const { completed } = await run(claudeStream(answering(inBytes()), question, { maxEventChars: length }));
    expect(completed).toBe(true);
  });

  it('is 16 777 216 characters unless told otherwise', async () => {
    const around = JSON.stringify(claude.text('')).length;
    const ofLength = (chars: number) => answering(toSse(whole('x'.repeat(chars - around))));
    expect((await run(claudeStream(ofLength(16_777_216), question))).completed).toBe(true);
    expect((await run(claudeStream(ofLength(16_777_217), question))).error).toMatchObject(tooLarge(16_777_216));
  });

  it('may be taken away', async () => {
    const client = answering(toSse(whole('x'.repeat(2_000))));
    expect((await run(claudeStream(client, question, { maxEventChars: Infinity }))).completed).toBe(true);
  });

  it('is kept without reading on: what had come is all that was taken', async () => {
    let pulled = 0;
    const cancelled = jest.fn();
    const encoder = new TextEncoder();
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        controller.enqueue(encoder.encode(pulled++ === 0 ? 'event: ping\ndata: ' : 'x'.repeat(100)));
      },
      cancel: cancelled,
    });
    const { error } = await run(claudeStream(answering(body), question, { maxEventChars: limit }));
    expect(error).toMatchObject(tooLarge(limit));
    expect(cancelled).toHaveBeenCalledTimes(1);
    expect(pulled).toBeLessThan(16);
  });

  it.each([0, -1, 1.5, NaN, '5', null])('cannot be %p: that fails at once', (maxEventChars) => {
    const refusing = () => claudeStream(answering(''), question, { maxEventChars: maxEventChars as number });
    expect(refusing).toThrow(tagged('OptionError'));
    expect(refusing).toThrow('claudeStream.maxEventChars');
  });

  it('is no reason to try again, and a conversation keeps what had come', async () => {
    const server = await bytes({ headers, chunks: [toSse(before), ...endless], then: 'hang' });
    const options = { stream: { maxEventChars: limit } };
    const { events, error } = await run(converse(sdkClient(server.url), question, options));
    expect(error).toMatchObject({ ...tooLarge(limit), round: 1, attempt: 1 });
    const [end] = only(events, 'conversation_end');
    expect(end).toMatchObject({ reason: 'error', error: toErrorFacts(error) });
    expect(end!.messages.at(-1)).toEqual({ role: 'assistant', content: [{ type: 'text', text: 'Hi' }] });
    expect(server.requests).toHaveLength(1);
  });
});

describe('a response that stays open behind the end of its reply', () => {
  it('is closed a second later, and the stream completes', async () => {
    const server = await bytes({ headers, chunks: [toSse([...before, ...after])], then: 'hang' });
    const from = Date.now();
    const { completed, events } = await run(claudeStream(sdkClient(server.url), question));
    expect(completed).toBe(true);
    expect(events.at(-1)).toEqual(claude.messageStop());
    expect(Date.now() - from).toBeGreaterThanOrEqual(990);
    await server.closed(1);
    expect(server.openSockets()).toBe(0);
  });
});

it('an event that cannot be says which response it was in', async () => {
  const server = await bytes({ headers, chunks: [toSse(before), 'event: ping_pong\ndata: {"x"\n\n'], then: 'hang' });
  const { error } = await run(claudeStream(sdkClient(server.url), question));
  expect(error).toMatchObject({ _tag: 'ProtocolError', requestId: 'req_bounds' });
  await server.closed(1);
});
