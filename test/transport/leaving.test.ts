/** Leaving a stream, over real HTTP: everything stops at once and nothing is left behind. */
import { getEventListeners } from 'node:events';
import { APIUserAbortError } from '@anthropic-ai/sdk';
import { take } from 'rxjs';
import { claudeStream, converse } from 'rxclaude';
import { watchRejections } from '../conformance/support/rejections.js';
import type { RejectionWatch } from '../conformance/support/rejections.js';
import { pause, run, start } from '../conformance/support/run.js';
import { servers, sse } from '../conformance/support/servers.js';
import { question } from '../conformance/support/talk.js';
import { anyTool } from '../conformance/support/tools.js';
import type { Loopback } from '../support/loopback.js';
import { callsReply, textReply } from '../support/replies.js';
import { sdkClient } from '../support/sdkClient.js';

const { bytes } = servers();
const answer = textReply(['It ', 'is ', 'noon.']);
const silent = { chunks: [], headersAfterMs: Infinity, then: 'end' as const };

let watch: RejectionWatch;
beforeEach(() => {
  watch = watchRejections();
});
afterEach(async () => {
  expect(await watch.seen()).toEqual([]);
});

async function requested(server: Loopback, count = 1): Promise<void> {
  for (let waited = 0; server.requests.length < count && waited < 400; waited++) await pause(5);
  expect(server.requests).toHaveLength(count);
}

const listeners = (signal: AbortSignal): number => getEventListeners(signal, 'abort').length;

describe('unsubscribe', () => {
  it('before the headers: the socket is closed at once, and nothing further comes', async () => {
    const server = await bytes(silent);
    const running = start(claudeStream(sdkClient(server.url), question));
    await requested(server);

    running.subscription.unsubscribe();
    await server.closed(1);

    expect(server.openSockets()).toBe(0);
    expect(running.events).toEqual([]);
    await pause(20);
    expect(server.requests).toHaveLength(1);
  });

  it('before the headers, of a client that retries: no second request', async () => {
    const server = await bytes(silent, silent);
    const running = start(claudeStream(sdkClient(server.url, { maxRetries: 3 }), question));
    await requested(server);

    running.subscription.unsubscribe();
    await server.closed(1);
    await pause(50);

    expect(server.requests).toHaveLength(1);
  });

  it('in the same tick: no request, or one that is closed', async () => {
    const server = await bytes(silent);

    start(claudeStream(sdkClient(server.url), question)).subscription.unsubscribe();
    await pause(50);

    expect(server.openSockets()).toBe(0);
    expect(server.requests.length).toBeLessThanOrEqual(1);
  });

  it("in the SDK's back-off between two attempts: no further request, no timer", async () => {
    const overloaded = { status: 529, headers: { 'retry-after-ms': '40' }, chunks: ['{}'], then: 'end' as const };
    const server = await bytes(overloaded, sse(answer));
    const running = start(claudeStream(sdkClient(server.url, { maxRetries: 3 }), question));
    await requested(server);
    await pause(10);

    running.subscription.unsubscribe();
    await pause(80);

    expect(server.requests).toHaveLength(1);
    expect(running.events).toEqual([]);
  });

  it('after the headers, mid-text: the socket is closed at once', async () => {
    const server = await bytes({ ...sse(answer.slice(0, 4), 'hang') });
    const running = start(claudeStream(sdkClient(server.url), question));
    await running.until(({ type }) => type === 'content_block_delta');
    const before = running.events.length;

    running.subscription.unsubscribe();
    await server.closed(1);

    expect(server.openSockets()).toBe(0);
    expect(running.events).toHaveLength(before);
  });

  it('from within next: take(n) gets n events of one chunk and no more, and aborts', async () => {
    const server = await bytes(sse(answer, 'hang'));
    const { events, completed } = await run(claudeStream(sdkClient(server.url), question).pipe(take(2)));
    expect(completed).toBe(true);
    expect(events).toEqual(answer.slice(0, 2));
    await server.closed(1);
    expect(server.openSockets()).toBe(0);
  });

  it('while the server floods: reading stops', async () => {
    const flood = Array.from({ length: 2000 }, () => `event: ping\ndata: {"type":"ping"}\n\n`.repeat(20));
    const server = await bytes({ chunks: flood, then: 'hang' });
    const running = start(claudeStream(sdkClient(server.url), question));
    await running.until(() => running.events.length > 50);

    running.subscription.unsubscribe();
    const before = running.events.length;
    await server.closed(1);
    await pause(20);

    expect(running.events).toHaveLength(before);
    expect(before).toBeLessThan(40_000);
  });

  it('during a tool: its signal is aborted, and there is no next request', async () => {
    const signals: AbortSignal[] = [];
    const slow = anyTool('slow', async (_input, { signal }) => {
      signals.push(signal);
      await pause(30);
      throw new Error('too late');
    });
    const server = await bytes(sse(callsReply({ id: 't1', name: 'slow' })), sse(answer));
    const running = start(converse(sdkClient(server.url), { ...question, tools: [slow] }));
    await running.until(({ type }) => type === 'message_stop');

    running.subscription.unsubscribe();

    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    await pause(50);
    expect(server.requests).toHaveLength(1);
    expect(server.openSockets()).toBe(0);
  });

  it('during the second round: that request is closed too', async () => {
    const server = await bytes(sse(callsReply({ id: 't1', name: 'now' })), sse(answer.slice(0, 4), 'hang'));
    const now = anyTool('now', () => 'noon');
    const running = start(converse(sdkClient(server.url), { ...question, tools: [now] }));
    await running.until(({ type }) => type === 'content_block_delta' && running.events.some(isSecondRound));
    await running.until((event) => event.type === 'content_block_delta' && event.delta.type === 'text_delta');

    running.subscription.unsubscribe();
    await server.closed(2);

    expect(server.openSockets()).toBe(0);
  });
});

const isSecondRound = (event: { type: string }): boolean => 'round' in event && event.round === 2;

describe("the caller's AbortSignal", () => {
  it('aborted before: APIUserAbortError, zero requests, no listener', async () => {
    const server = await bytes(sse(answer));
    const signal = AbortSignal.abort('enough');

    const { error, events } = await run(claudeStream(sdkClient(server.url), question, { signal }));

    expect(error).toBeInstanceOf(APIUserAbortError);
    expect(events).toEqual([]);
    await pause(20);
    expect(server.requests).toEqual([]);
    expect(listeners(signal)).toBe(0);
  });

  it.each([
    ['before the headers', silent],
    ['mid-text', sse(answer.slice(0, 4), 'hang')],
  ])('aborted %s: APIUserAbortError at once, the socket closed, no listener left', async (_what, response) => {
    const server = await bytes(response);
    const controller = new AbortController();
    const running = start(claudeStream(sdkClient(server.url), question, { signal: controller.signal }));
    await requested(server);
    if (response !== silent) await running.until(({ type }) => type === 'content_block_delta');
    expect(listeners(controller.signal)).toBeGreaterThan(0);

    controller.abort();
    const { error } = await running.outcome;

    expect(error).toBeInstanceOf(APIUserAbortError);
    await server.closed(1);
    expect(server.openSockets()).toBe(0);
    expect(listeners(controller.signal)).toBe(0);
  });

  it('aborted while a tool runs: the run fails, the tool stops, no next request', async () => {
    const signals: AbortSignal[] = [];
    const stuck = anyTool('stuck', (_input, { signal }) => {
      signals.push(signal);
      return new Promise(() => undefined);
    });
    const server = await bytes(sse(callsReply({ id: 't1', name: 'stuck' })), sse(answer));
    const controller = new AbortController();
    const stream = { signal: controller.signal };
    const running = start(converse(sdkClient(server.url), { ...question, tools: [stuck] }, { stream }));
    await running.until(({ type }) => type === 'message_stop');
    await pause(10);

    controller.abort();
    const ended = await Promise.race([running.outcome, pause(200).then(() => 'still running')]);
    running.subscription.unsubscribe();

    expect(ended).toMatchObject({ completed: false });
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    expect(server.requests).toHaveLength(1);
  });

  it('never aborted: no listener after completion, an error or an unsubscription, of ten runs', async () => {
    const { signal } = new AbortController();
    const failing = {
      status: 400,
      headers: { 'content-type': 'application/json' },
      chunks: ['{}'],
      then: 'end' as const,
    };
    const server = await bytes(
      ...Array.from({ length: 4 }, () => sse(answer)),
      ...Array.from({ length: 3 }, () => sse(answer.slice(0, 3))),
      failing,
      sse(answer.slice(0, 4), 'hang'),
      silent,
    );
    const client = sdkClient(server.url);
    for (let n = 0; n < 8; n++) await run(claudeStream(client, question, { signal }));
    const hanging = start(claudeStream(client, question, { signal }));
    await hanging.until(({ type }) => type === 'content_block_delta');
    hanging.subscription.unsubscribe();
    const waiting = start(claudeStream(client, question, { signal }));
    await requested(server, 10);
    waiting.subscription.unsubscribe();
    await server.closed(9);
    await server.closed(10);

    expect(listeners(signal)).toBe(0);
    expect(server.openSockets()).toBe(0);
  });

  it('a timeout signal aborts as any other', async () => {
    const server = await bytes(sse(answer.slice(0, 4), 'hang'));
    const signal = AbortSignal.timeout(60);
    const { error } = await run(claudeStream(sdkClient(server.url), question, { signal }));
    expect(error).toBeInstanceOf(APIUserAbortError);
    await server.closed(1);
  });
});
