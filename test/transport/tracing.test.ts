/** The SDK's own tracing: its spans are the same whoever reads the stream. */
import type Anthropic from '@anthropic-ai/sdk';
import type { ClientOptions } from '@anthropic-ai/sdk';
import { take, tap } from 'rxjs';
import { claudeStream, converse } from 'rxclaude';
import { watchRejections } from '../conformance/support/rejections.js';
import type { RejectionWatch } from '../conformance/support/rejections.js';
import { only, pause, run, start } from '../conformance/support/run.js';
import { servers, sse } from '../conformance/support/servers.js';
import { question } from '../conformance/support/talk.js';
import { anyTool } from '../conformance/support/tools.js';
import { responded } from '../support/events.js';
import { callsReply, reply, text, textReply, thinking } from '../support/replies.js';
import { sdkClient } from '../support/sdkClient.js';
import { singleBytes } from '../support/sseServer.js';
import type { ScriptedResponse } from '../support/sseServer.js';
import { toSse } from '../support/sse.js';
import { tagged } from '../support/errors.js';

const { bytes } = servers();
const answer = textReply(['It ', 'is ', 'noon.']);
const headers = { 'request-id': 'req_traced', connection: 'keep-alive' };

let watch: RejectionWatch;
beforeEach(() => {
  watch = watchRejections();
});
afterEach(async () => {
  expect(await watch.seen()).toEqual([]);
});

/** What a span has come to hold. The code of a status is 0 while it is unset, 1 when it is OK, 2 for an error. */
interface Recorded {
  readonly name: string;
  readonly attributes: Record<string, unknown>;
  status: number;
  ends: number;
}

type Tracing = NonNullable<Exclude<ClientOptions['openTelemetry'], false>>;

/** A provider that keeps its spans in memory: of OpenTelemetry's, only what the SDK calls. */
function memory(): { readonly spans: readonly Recorded[]; readonly openTelemetry: Tracing } {
  const spans: Recorded[] = [];
  const startSpan = (name: string, { attributes }: { attributes: object }) => {
    const recorded: Recorded = { name, attributes: { ...attributes }, status: 0, ends: 0 };
    spans.push(recorded);
    return {
      isRecording: () => recorded.ends === 0,
      spanContext: () => ({ traceId: '0'.repeat(31) + '1', spanId: '0'.repeat(15) + '1', traceFlags: 1 }),
      setAttribute: (key: string, value: unknown) => {
        recorded.attributes[key] = value;
      },
      setAttributes: (more: object) => Object.assign(recorded.attributes, more),
      setStatus: ({ code }: { code: number }) => {
        recorded.status = code;
      },
      addEvent: () => undefined,
      recordException: () => undefined,
      end: () => {
        recorded.ends++;
      },
    };
  };
  const tracerProvider = { getTracer: () => ({ startSpan }) } as unknown as NonNullable<Tracing['tracerProvider']>;
  return { spans, openTelemetry: { tracerProvider, traces: true } };
}

const FIRST_CHUNK = 'gen_ai.response.time_to_first_chunk';

/** A span without what differs from run to run. */
function comparable({ attributes, ...span }: Recorded): object {
  const { [FIRST_CHUNK]: first, 'server.port': _port, 'url.full': _url, ...rest } = attributes;
  return { ...span, attributes: { ...rest, timed: typeof first === 'number' } };
}

/** The span of one reply when the SDK itself reads it. */
async function readBySdk(response: ScriptedResponse, leaveAfter = Infinity): Promise<Recorded> {
  const server = await bytes(response);
  const { spans, openTelemetry } = memory();
  const stream = await sdkClient(server.url, { openTelemetry }).messages.create({
    ...(question as unknown as Anthropic.MessageCreateParamsNonStreaming),
    stream: true,
  });
  try {
    const seen: unknown[] = [];
    for await (const event of stream) if (seen.push(event) >= leaveAfter) break;
  } catch {
    // What the span says of it is all that counts here.
  }
  expect(spans).toHaveLength(1);
  return spans[0]!;
}

const whole = [
  ['text', answer],
  [
    'thinking, calls, all kinds of usage',
    reply({
      content: [thinking('Hm.'), text(['So', '.'])],
      usage: {
        input_tokens: 7,
        output_tokens: 30,
        cache_creation_input_tokens: 11,
        cache_read_input_tokens: 13,
        output_tokens_details: { thinking_tokens: 17 },
        service_tier: 'priority',
      },
      stop_reason: 'max_tokens',
    }),
  ],
  ['nothing', reply({ content: [] })],
  ['a refusal', reply({ content: [text('No.')], stop_reason: 'refusal' })],
] as const;

describe('the span of a reply', () => {
  it.each(whole)("is that of the SDK's own reading: %s", async (_what, events) => {
    const response = { ...sse(events), headers };
    const { spans, openTelemetry } = memory();
    const server = await bytes(response);
    const outcome = await run(claudeStream(sdkClient(server.url, { openTelemetry }), question));

    expect(outcome).toEqual({ events: responded('req_traced', events), completed: true, error: undefined });
    expect(spans).toHaveLength(1);
    expect(spans[0]).toMatchObject({ name: 'anthropic.messages.create', status: 1, ends: 1 });
    expect(spans.map(comparable)).toEqual([comparable(await readBySdk(response))]);
  });

  it('has the usage, the stop reason, the id and the time to the first chunk', async () => {
    const { spans, openTelemetry } = memory();
    const server = await bytes({ ...sse(answer), headers });
    await run(claudeStream(sdkClient(server.url, { openTelemetry }).beta, question));

    expect(spans.map(({ attributes }) => attributes)).toMatchObject([
      {
        'gen_ai.request.model': 'claude-opus-5-5',
        'gen_ai.request.stream': true,
        'gen_ai.response.id': 'msg_test',
        'gen_ai.response.model': 'claude-opus-5-5',
        'gen_ai.usage.output_tokens': 20,
        'anthropic.message.stop_reason': 'end_turn',
        'anthropic.request.id': 'req_traced',
        'http.response.status_code': 200,
        [FIRST_CHUNK]: expect.any(Number) as number,
      },
    ]);
  });

  it('is the same when the body comes in single bytes', async () => {
    const chunks = singleBytes(new TextEncoder().encode(toSse(textReply(['é', '😀']))));
    const { spans, openTelemetry } = memory();
    const server = await bytes({ chunks, headers, then: 'end' });
    await run(claudeStream(sdkClient(server.url, { openTelemetry }), question));
    expect(spans.map(comparable)).toEqual([comparable(await readBySdk({ chunks, headers, then: 'end' }))]);
  });

  it('ends no sooner than the body, and before the stream completes', async () => {
    const { spans, openTelemetry } = memory();
    const server = await bytes({ ...sse(answer), delayMs: 20, chunks: answer.map((event) => toSse([event])) });
    const atEvent: number[] = [];
    let atCompletion: number | undefined;
    const seen = {
      next: () => {
        atEvent.push(spans[0]!.ends);
      },
      complete: () => {
        atCompletion = spans[0]!.ends;
      },
    };
    await run(claudeStream(sdkClient(server.url, { openTelemetry }), question).pipe(tap(seen)));

    expect(atEvent).toEqual(answer.map(() => 0));
    expect(atCompletion).toBe(1);
  });
});

describe('with tracing on', () => {
  it('pings and events of the future still reach the subscriber, in their order', async () => {
    const events = answer.flatMap((event) => [event, { type: 'ping' }, { type: 'weather', sky: 'blue' }]).slice(0, -2);
    const { openTelemetry } = memory();
    const server = await bytes(sse(events));
    const { events: got, error } = await run(claudeStream(sdkClient(server.url, { openTelemetry }), question));
    expect(error).toBeUndefined();
    expect(got).toEqual(events);
  });

  it('events come as they are written, not at the end', async () => {
    const { openTelemetry } = memory();
    const server = await bytes(sse(answer.slice(0, 4), 'hang'));
    const running = start(claudeStream(sdkClient(server.url, { openTelemetry }), question));
    await running.until(() => running.events.length === 4);
    running.subscription.unsubscribe();
    await server.closed(1);
  });

  it('a conversation has one ended span for each round', async () => {
    const look = anyTool('look', () => 'There is a clock.');
    const { spans, openTelemetry } = memory();
    const server = await bytes(sse(callsReply({ id: 't1', name: 'look' })), sse(answer));
    const client = sdkClient(server.url, { openTelemetry });
    const { events } = await run(converse(client.beta, { ...question, tools: [look] }));

    expect(only(events, 'conversation_end')).toHaveLength(1);
    expect(spans.map(({ status, ends }) => [status, ends])).toEqual([
      [1, 1],
      [1, 1],
    ]);
  });
});

describe('the span of a reply that goes wrong', () => {
  const event = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } };

  it.each([
    ['first', [event]],
    ['in mid-text', [...answer.slice(0, 5), event]],
    ['after message_delta', [...answer.slice(0, -1), event]],
  ])('an `error` event %s: an error of its type', async (_where, events) => {
    const response = { ...sse(events), headers };
    const { spans, openTelemetry } = memory();
    const server = await bytes(response);
    const { error } = await run(claudeStream(sdkClient(server.url, { openTelemetry }), question));

    expect(error).toMatchObject({ name: 'APIError', type: 'overloaded_error' });
    expect(spans).toMatchObject([{ status: 2, ends: 1, attributes: { 'error.type': 'overloaded_error' } }]);
    expect(spans.map(comparable)).toEqual([comparable(await readBySdk(response))]);
  });

  it.each([
    ['ended in mid-text', sse(answer.slice(0, 5), 'end')],
    ['broken in mid-text', sse(answer.slice(0, 5), 'destroy')],
    ['ended before message_stop', sse(answer.slice(0, -1), 'end')],
    ['empty', sse([], 'end')],
  ])('a body that is %s: an error', async (_how, body) => {
    const response = { ...body, headers };
    const { spans, openTelemetry } = memory();
    const server = await bytes(response);
    const { error, events } = await run(claudeStream(sdkClient(server.url, { openTelemetry }), question));

    expect(error).toEqual(tagged('TruncatedStreamError'));
    expect(spans).toMatchObject([{ status: 2, ends: 1 }]);
    expect(spans.map(comparable)).toEqual([comparable(await readBySdk(response))]);
    expect(events).toEqual(body.chunks[0] === '' ? [] : events);
  });

  it.each([
    ['data that is no JSON', ['event: message_start\ndata: {"ty\n\n'], 'ProtocolError'],
    ['two messages', [toSse([...answer, ...answer])], 'ProtocolError'],
  ])('%s: the span is ended too', async (_what, chunks, name) => {
    const { spans, openTelemetry } = memory();
    const server = await bytes({ chunks, headers, then: 'hang' });
    const client = sdkClient(server.url, { openTelemetry, logLevel: 'off' });
    const { error } = await run(claudeStream(client, question));
    await server.closed(1);
    expect(error).toMatchObject({ name });
    expect(spans).toMatchObject([{ ends: 1 }]);
  });

  it('a 200 that is no stream: the span is ended too', async () => {
    const { spans, openTelemetry } = memory();
    const server = await bytes({ headers: { 'content-type': 'application/json' }, chunks: ['{}'], then: 'end' });
    const { error } = await run(claudeStream(sdkClient(server.url, { openTelemetry }), question));
    expect(error).toEqual(tagged('UnexpectedResponseError'));
    expect(spans).toMatchObject([{ ends: 1 }]);
  });

  it('a request that is refused: an error of its type', async () => {
    const body = JSON.stringify({ type: 'error', error: { type: 'rate_limit_error', message: 'Slow down' } });
    const { spans, openTelemetry } = memory();
    const type = { 'content-type': 'application/json' };
    const server = await bytes({ status: 429, headers: type, chunks: [body], then: 'end' });
    await run(claudeStream(sdkClient(server.url, { openTelemetry }), question));
    expect(spans).toMatchObject([{ status: 2, ends: 1, attributes: { 'error.type': 'rate_limit_error' } }]);
  });
});

describe('the span of a reply that is left', () => {
  it('in mid-text: ended at once, neither OK nor an error, with what was known', async () => {
    const response = { ...sse(answer.slice(0, 5), 'hang'), headers };
    const { spans, openTelemetry } = memory();
    const server = await bytes(response);
    const running = start(claudeStream(sdkClient(server.url, { openTelemetry }), question));
    await running.until(() => running.events.length === 5);
    await pause(10);
    expect(spans).toMatchObject([{ status: 0, ends: 0 }]);

    running.subscription.unsubscribe();
    await pause(0);

    expect(spans).toMatchObject([{ status: 0, ends: 1 }]);
    // The SDK does not hand on pings: it is one event behind.
    expect(spans.map(comparable)).toEqual([comparable(await readBySdk(response, 4))]);
    await server.closed(1);
    expect(server.openSockets()).toBe(0);
  });

  it('from within next: ended', async () => {
    const { spans, openTelemetry } = memory();
    const server = await bytes({ ...sse(answer, 'hang'), headers });
    await run(claudeStream(sdkClient(server.url, { openTelemetry }), question).pipe(take(2)));
    await server.closed(1);
    expect(spans).toMatchObject([{ status: 0, ends: 1 }]);
  });

  it('before the headers: ended, and not as an error', async () => {
    const { spans, openTelemetry } = memory();
    const server = await bytes({ chunks: [], headersAfterMs: Infinity, then: 'end' });
    const running = start(claudeStream(sdkClient(server.url, { openTelemetry }), question));
    for (let waited = 0; server.requests.length < 1 && waited < 400; waited++) await pause(5);

    running.subscription.unsubscribe();
    await server.closed(1);
    await pause(10);

    expect(spans).toMatchObject([{ status: 0, ends: 1 }]);
  });

  it("by the caller's signal: ended, and not as an error", async () => {
    const { spans, openTelemetry } = memory();
    const server = await bytes({ ...sse(answer.slice(0, 5), 'hang'), headers });
    const controller = new AbortController();
    const { signal } = controller;
    const running = start(claudeStream(sdkClient(server.url, { openTelemetry }), question, { signal }));
    await running.until(() => running.events.length === 5);

    controller.abort();
    expect((await running.outcome).error).toMatchObject({ name: 'APIUserAbortError' });
    await server.closed(1);

    expect(spans).toMatchObject([{ status: 0, ends: 1 }]);
  });
});
