/** PROTOCOL.md section 6: how streams end (cases 16, 19, 20, 30 to 32, 57). */
import { APIUserAbortError } from '@anthropic-ai/sdk';
import { config, map, share } from 'rxjs';
import { boundedConcatMap, claudeStream, converse, toErrorFacts } from 'rxclaude';
import type { RoundEvent } from 'rxclaude';
import { textReply } from '../support/replies.js';
import { sdkClient } from '../support/sdkClient.js';
import type { ScriptedResponse } from '../support/sseServer.js';
import { watchRejections } from './support/rejections.js';
import { only, pause, run, start } from './support/run.js';
import { servers, sse } from './support/servers.js';
import { endOf, question, quick } from './support/talk.js';
import { tagged } from '../support/errors.js';
import { timeless } from '../support/timeless.js';

const { bytes } = servers();

const answer = textReply(['It ', 'is ', 'noon.']);
const overloaded = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' }, request_id: 'req_1' };
const wrong = { type: 'error', error: { type: 'invalid_request_error', message: 'No' }, request_id: 'req_1' };
const isText = ({ type }: RoundEvent): boolean => type === 'content_block_delta';

it('16: unsubscribe during text: HTTP request aborted at once, no further emission, no unhandledRejection', async () => {
  const watch = watchRejections();
  const server = await bytes(sse(answer.slice(0, 4), 'hang'));
  const running = start(converse(sdkClient(server.url), question));
  await running.until(isText);
  const before = running.events.length;

  running.subscription.unsubscribe();
  await server.closed(1);

  expect(running.events).toHaveLength(before);
  expect(server.openSockets()).toBe(0);
  expect(server.requests).toHaveLength(1);
  expect(await watch.seen()).toEqual([]);
});

it('19: external AbortSignal aborted before subscribe: APIUserAbortError, zero requests', async () => {
  const server = await bytes(sse(answer));
  const requestOptions = { signal: AbortSignal.abort() };

  const alone = await run(claudeStream(sdkClient(server.url), question, requestOptions));
  const whole = await run(converse(sdkClient(server.url), question, { stream: requestOptions }));

  for (const { error } of [alone, whole]) expect(error).toBeInstanceOf(APIUserAbortError);
  expect(alone.events).toEqual([]);
  expect(whole.events.filter(({ type }) => type !== 'conversation_end')).toEqual([]);
  await pause(20);
  expect(server.requests).toEqual([]);
});

describe('20: raw SDK loop ends but controller.signal.aborted', () => {
  it('20: a Stream of the SDK that is aborted from outside is reported as abort, not as complete', async () => {
    const server = await bytes(sse(answer.slice(0, 4), 'hang'));
    const client = sdkClient(server.url);
    const stream = await client.messages.create({ ...(question as never as object), stream: true } as never);
    const running = start(claudeStream({ messages: { create: () => Promise.resolve(stream as never) } }, question));
    await running.until(isText);

    (stream as unknown as { controller: AbortController }).controller.abort();
    const { error, completed } = await running.outcome;

    expect(completed).toBe(false);
    expect(error).toMatchObject({ name: 'AbortError' });
  });

  it('20: an external signal midway is reported as abort too, at once', async () => {
    const server = await bytes(sse(answer.slice(0, 4), 'hang'));
    const controller = new AbortController();
    const running = start(claudeStream(sdkClient(server.url), question, { signal: controller.signal }));
    await running.until(isText);

    controller.abort();

    expect((await running.outcome).error).toBeInstanceOf(APIUserAbortError);
    await server.closed(1);
    expect(server.openSockets()).toBe(0);
  });

  it('20: and by a conversation, behind its end, without a retry', async () => {
    const server = await bytes(sse(answer.slice(0, 4), 'hang'));
    const controller = new AbortController();
    const requestOptions = { signal: controller.signal };
    const running = start(converse(sdkClient(server.url), question, { stream: requestOptions, retry: quick }));
    await running.until(isText);

    controller.abort();

    const { events, error } = await running.outcome;
    expect(error).toBeInstanceOf(APIUserAbortError);
    expect(endOf(events)).toMatchObject({ reason: 'error', error: toErrorFacts(error) });
    await server.closed(1);
    expect(server.requests).toHaveLength(1);
  });
});

describe('30: slow subscriber, error arrives meanwhile', () => {
  const slowly = async (event: RoundEvent): Promise<RoundEvent> => pause(4).then(() => event);

  it.each(['end', 'destroy'] as const)('30: (%s): all events then the error; nothing lost', async (then) => {
    const cut = sse(answer.slice(0, 6), then);
    const server = await bytes(cut, cut);
    const source = converse(sdkClient(server.url), question, { retry: false });

    const fast = await run(source);
    const slow = await run(source.pipe(boundedConcatMap(slowly)));

    expect(fast.error).toEqual(tagged('TruncatedStreamError'));
    expect(String(slow.error)).toBe(String(fast.error));
    const types = (events: readonly RoundEvent[]): string[] => events.map(({ type }) => type);
    expect(types(slow.events)).toEqual(types(fast.events));
    expect(endOf(slow.events).error).toEqual(toErrorFacts(slow.error));
  });

  it('30: what waits for it is bounded: a LimitError, and the request is aborted', async () => {
    const server = await bytes(sse(answer.slice(0, -2), 'hang'));
    const never = async (): Promise<never> => new Promise(() => undefined);
    const source = converse(sdkClient(server.url), question);

    const { events, error } = await run(source.pipe(boundedConcatMap(never, { maxBufferedChars: 300 })));

    expect(events).toEqual([]);
    expect(error).toEqual(tagged('LimitError'));
    expect(error).toMatchObject({ limit: 'maxBufferedChars', maximum: 300 });
    await server.closed(1);
    expect(server.openSockets()).toBe(0);
  });
});

describe('31: subscriber throws in next', () => {
  const rxjsConfig = config as { onUnhandledError: ((error: unknown) => void) | null };
  afterEach(() => {
    rxjsConfig.onUnhandledError = null;
  });

  it('31: an operator behind claudeStream throws: request aborted, error delivered', async () => {
    const server = await bytes(sse(answer.slice(0, 4), 'hang'));
    const broken = map((event: RoundEvent) => {
      if (isText(event)) throw new Error('my bug');
      return event;
    });

    const { error } = await run(converse(sdkClient(server.url), question).pipe(broken));

    expect(error).toMatchObject({ message: 'my bug' });
    await server.closed(1);
    expect(server.openSockets()).toBe(0);
  });

  it('31: the observer itself throws: RxJS reports it, each time, and the run does not hang', async () => {
    const reported: unknown[] = [];
    rxjsConfig.onUnhandledError = (error) => reported.push(error);
    const server = await bytes(sse(answer));

    await new Promise<void>((resolve, reject) => {
      converse(sdkClient(server.url), question).subscribe({
        next: (event) => {
          if (isText(event)) throw new Error('my bug');
        },
        error: reject,
        complete: resolve,
      });
    });
    await pause(10);

    expect(reported.map((error) => (error as Error).message)).toEqual(['my bug', 'my bug', 'my bug']);
    expect(server.openSockets()).toBe(0);
  });
});

it('32: second subscribe to a cold run: own request; a shared run: one request', async () => {
  const server = await bytes(sse(answer), sse(answer), sse(answer));
  const cold = converse(sdkClient(server.url), question);

  const [first, second] = await Promise.all([run(cold), run(cold)]);
  expect(server.requests).toHaveLength(2);
  expect(JSON.stringify(timeless(first.events))).toBe(JSON.stringify(timeless(second.events)));

  const shared = cold.pipe(share());
  const both = await Promise.all([run(shared), run(shared)]);
  expect(server.requests).toHaveLength(3);
  expect(both[0].events.at(-1)).toBe(both[1].events.at(-1));
  expect(only(both[1].events, 'conversation_end')).toHaveLength(1);
});

describe('57: no subscriber error handler', () => {
  const failures: readonly [what: string, response: ScriptedResponse][] = [
    ['a cut stream', sse(answer.slice(0, 4))],
    ['a cut socket', sse(answer.slice(0, 4), 'destroy')],
    ['an error event', sse([overloaded])],
    ['an error event that is not retried', sse([wrong])],
    ['an HTTP error', { status: 400, headers: { 'content-type': 'application/json' }, chunks: ['{}'], then: 'end' }],
  ];

  it.each(failures)('57: %s goes through reportUnhandledError once, no unhandledRejection', async (_what, response) => {
    const reported: unknown[] = [];
    const rxjsConfig = config as { onUnhandledError: ((error: unknown) => void) | null };
    rxjsConfig.onUnhandledError = (error) => reported.push(error);
    const watch = watchRejections();
    try {
      const server = await bytes(response, response, response);
      converse(sdkClient(server.url), question, { retry: quick }).subscribe();
      for (let waited = 0; reported.length === 0 && waited < 100; waited++) await pause(10);

      expect(await watch.seen()).toEqual([]);
      expect(reported).toHaveLength(1);
      expect(reported[0]).toBeInstanceOf(Error);
    } finally {
      rxjsConfig.onUnhandledError = null;
    }
  });
});
