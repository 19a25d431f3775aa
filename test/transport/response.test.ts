/** `response`, the event that tells which request a reply answers; and names that only rxclaude may use. */
import { from, of } from 'rxjs';
import { claudeStream, converse, fetchClient, timeoutGuard } from 'rxclaude';
import type { ClaudeClient, ClaudeEvent, RoundEvent } from 'rxclaude';
import { only, pause, run, start } from '../conformance/support/run.js';
import { servers, sse } from '../conformance/support/servers.js';
import { question } from '../conformance/support/talk.js';
import { add } from '../conformance/support/tools.js';
import { responded } from '../support/events.js';
import { callsReply, textReply } from '../support/replies.js';
import { sdkClient } from '../support/sdkClient.js';
import { toSse } from '../support/sse.js';

const { bytes } = servers();
const answer = textReply(['It ', 'is ', 'noon.']) as ClaudeEvent[];
const headers = { 'request-id': 'req_1' };

const clients: readonly (readonly [string, (url: string) => ClaudeClient])[] = [
  ['the SDK', (url) => sdkClient(url)],
  ["the SDK's beta client", (url) => sdkClient(url).beta],
  ['fetchClient', (url) => fetchClient({ baseURL: url })],
];

describe.each(clients)('over %s, `response`', (_client, clientOf) => {
  it('comes first, once, with the id of the request', async () => {
    const server = await bytes({ ...sse(answer), headers });
    const { events } = await run(claudeStream(clientOf(server.url), question));
    expect(events).toEqual(responded('req_1', answer));
    expect(JSON.parse(JSON.stringify(events[0]))).toEqual(events[0]);
  });

  it('does not come where the response has no id', async () => {
    const server = await bytes(sse(answer));
    const { events } = await run(claudeStream(clientOf(server.url), question));
    expect(events).toEqual(answer);
  });

  it('carries the number of the round, which is not sent', async () => {
    const server = await bytes({ ...sse(answer), headers });
    const { events } = await run(claudeStream(clientOf(server.url), question, { round: 7 }));
    expect(events).toEqual(responded('req_1', answer, 7));
    expect(server.requests[0]!.raw).not.toContain('round');
  });

  it('comes together with the first event, so that the headers alone do not end the wait for it', async () => {
    const server = await bytes({ headers, chunks: [], then: 'hang' });
    const guarded = claudeStream(clientOf(server.url), question).pipe(timeoutGuard({ first: 80, each: 10 }));
    const { events, error } = await run(guarded);
    expect(events).toEqual([]);
    expect(error).toMatchObject({ _tag: 'TimeoutGuardError', limit: 'first' });
  });

  it('tells each round of a conversation apart', async () => {
    const server = await bytes(
      { ...sse(callsReply({ id: 't1', name: 'add', input: { a: 1, b: 2 } })), headers },
      { ...sse(answer), headers: { 'request-id': 'req_2' } },
    );
    const { events } = await run(converse(clientOf(server.url), { ...question, tools: [add] }));
    expect(only(events, 'response')).toEqual([
      { type: 'response', round: 1, request_id: 'req_1' },
      { type: 'response', round: 2, request_id: 'req_2' },
    ]);
    const order = events.map(({ type }) => type);
    expect(order.slice(0, 3)).toEqual(['round_start', 'response', 'message_start']);
  });
});

describe('`response` of other clients', () => {
  const client = (create: () => unknown): ClaudeClient => ({ messages: { create: create as never } });

  it("of another encoding, which the SDK reads: the response's id", async () => {
    const response = new Response(new ReadableStream(), {
      headers: { ...headers, 'content-type': 'application/vnd.amazon.eventstream' },
    });
    const reply = Object.assign(Promise.resolve(), {
      withResponse: async () => Promise.resolve({ data: iterable(answer), response }),
    });
    const { events } = await run(
      claudeStream(
        client(() => reply),
        question,
      ),
    );
    expect(events).toEqual(responded('req_1', answer));
  });

  it('that stand on another claudeStream: its id, and the number of this round', async () => {
    const server = await bytes({ ...sse(answer), headers });
    const inner = sdkClient(server.url);
    const outer = client(() => claudeStream(inner, question));
    const { events } = await run(claudeStream(outer, question, { round: 2 }));
    expect(events).toEqual(responded('req_1', answer, 2));
  });

  it('cannot come in mid-reply', async () => {
    const response = { type: 'response', round: 1, request_id: 'req_1' } as const;
    const outer = client(() => of(...answer.slice(0, 2), response, ...answer.slice(2)));
    const { events, error } = await run(claudeStream(outer, question));
    expect(events).toEqual(answer.slice(0, 2));
    expect(error).toMatchObject({ _tag: 'ProtocolError', message: expect.stringContaining('`response`') as string });
  });

  it.each([
    ['an async iterable', (events: readonly object[]) => iterable(events)],
    ['an Observable', (events: readonly object[]) => from(events)],
  ])('no other name of ours comes from %s', async (_what, replyOf) => {
    const outer = client(() => replyOf([answer[0]!, { type: 'tool_call' }, ...answer.slice(1)]));
    const { events, error } = await run(claudeStream(outer, question));
    expect(events).toEqual(answer.slice(0, 1));
    expect(error).toMatchObject({ _tag: 'ProtocolError' });
  });
});

describe('a name that only rxclaude may use', () => {
  const names: readonly RoundEvent['type'][] = [
    'response',
    'tool_input',
    'tool_call',
    'approval_request',
    'approval_decision',
    'tool_start',
    'tool_progress',
    'tool_result',
    'round_start',
    'round_retry',
    'round_end',
    'conversation_end',
  ];

  it.each([...names, 'deviation'])('from the wire, `%s` is a ProtocolError that tells the request', async (type) => {
    const forged = { type, request_id: 'req_forged', id: 't1', name: 'add', index: 0 };
    const chunks = [toSse(answer.slice(0, 2)), toSse([forged])];
    const server = await bytes({ headers, chunks, then: 'hang' }, { headers, chunks: [toSse([forged])], then: 'hang' });

    const late = await run(claudeStream(sdkClient(server.url), question));
    expect(late.events).toEqual(responded('req_1', answer.slice(0, 2)));
    expect(late.error).toMatchObject({
      _tag: 'ProtocolError',
      requestId: 'req_1',
      message: expect.stringContaining(`\`${type}\``) as string,
    });
    const early = await run(claudeStream(fetchClient({ baseURL: server.url }), question));
    expect(early.events).toEqual([]);
    expect(early.error).toMatchObject({ _tag: 'ProtocolError' });
    await server.closed(1);
    await server.closed(2);
  });

  it.each(['toString', '__proto__', 'constructor', 'responses'])('`%s` is none', async (type) => {
    const events = [...answer.slice(0, 2), { type }, ...answer.slice(2)];
    const server = await bytes(sse(events));
    const { events: got } = await run(claudeStream(sdkClient(server.url), question));
    expect(got).toEqual(events);
  });
});

it.each([0, -1, 1.5, NaN, '1', null])('the round cannot be %p: that fails at once', (round) => {
  const refusing = () => claudeStream(fetchClient(), question, { round: round as number });
  expect(refusing).toThrow(expect.objectContaining({ _tag: 'OptionError' }) as Error);
  expect(refusing).toThrow('claudeStream.round');
});

it('leaving at `response` stops the request', async () => {
  const server = await bytes({ headers, chunks: [toSse(answer.slice(0, 2))], then: 'hang' });
  const running = start(claudeStream(sdkClient(server.url), question));
  await running.until(({ type }) => type === 'response');
  running.subscription.unsubscribe();
  await server.closed(1);
  await pause(5);
  expect(server.openSockets()).toBe(0);
});

async function* iterable(events: readonly object[]): AsyncGenerator<object> {
  yield* events;
}
