/** PROTOCOL.md section 6: rounds that are tried again, and those that are not (cases 18, 24, 25, 27 to 29). */
import { APIError, BadRequestError, RateLimitError } from '@anthropic-ai/sdk';
import { from, Subject } from 'rxjs';
import { accumulateMessage, claudeStream, converse, textDeltas, toErrorFacts } from 'rxclaude';
import type { RoundEvent } from 'rxclaude';
import { textReply } from '../support/replies.js';
import { sdkClient } from '../support/sdkClient.js';
import type { ScriptedResponse } from '../support/sseServer.js';
import { failedRound } from '../support/strictServer.js';
import { watchRejections } from './support/rejections.js';
import { only, pause, run, start } from './support/run.js';
import { servers, sse } from './support/servers.js';
import { endOf, expectFailed, expectSound, question, quick, talk } from './support/talk.js';
import { watchTimers } from './support/timers.js';
import { tagged } from '../support/errors.js';

const { bytes, strict } = servers();

const answer = textReply(['It ', 'is ', 'noon.']);
const failure = (type: string): object => ({ type: 'error', error: { type, message: 'No' }, request_id: 'req_1' });
const overloaded = failure('overloaded_error');
const isRetry = ({ type }: RoundEvent): boolean => type === 'round_retry';

const textOf = (events: readonly RoundEvent[]): string =>
  only(events, 'content_block_delta')
    .map(({ delta }) => (delta.type === 'text_delta' ? delta.text : ''))
    .join('');

/** What stands: all that came behind the last retry. */
const standing = (events: readonly RoundEvent[]): readonly RoundEvent[] =>
  events.slice(events.findLastIndex(isRetry) + 1);

describe('18: unsubscribe in retry back-off', () => {
  it.each([
    ['the stream was cut', sse(answer.slice(0, 4))],
    ['an error event', sse([overloaded])],
  ])('18: %s: timer cleared, no request sent', async (_what, broken) => {
    const watch = watchRejections();
    const timers = watchTimers();
    const server = await bytes(broken, sse(answer));
    const retry = { minDelay: 40, random: () => 1 };
    const running = start(converse(sdkClient(server.url), question, { retry }));
    expect(await running.until(isRetry)).toMatchObject({ attempt: 1, delay: 40 });
    await pause(1);
    expect(timers.open()).toBe(1);

    running.subscription.unsubscribe();

    expect(timers.open()).toBe(0);
    const before = running.events.length;
    await pause(60);
    expect(running.events).toHaveLength(before);
    expect(server.requests).toHaveLength(1);
    expect(await watch.seen()).toEqual([]);
  });

  it('18: stop$ in the back-off ends the conversation at once, without a request', async () => {
    const timers = watchTimers();
    const server = await bytes(sse(answer.slice(0, 5)), sse(answer));
    const stop$ = new Subject<void>();
    const retry = { minDelay: 60_000, random: () => 1 };
    const running = start(converse(sdkClient(server.url), question, { retry, stop$ }));
    await running.until(isRetry);

    stop$.next();

    const { events, completed } = await running.outcome;
    expect(completed).toBe(true);
    // What the retry took back is not in the history.
    expect(endOf(events)).toMatchObject({ reason: 'stopped', messages: question.messages });
    expect(endOf(events)).not.toHaveProperty('message');
    expect(timers.open()).toBe(0);
    expect(server.requests).toHaveLength(1);
  });
});

describe('24: SSE error first in the stream', () => {
  const inStream = { events: [overloaded] };
  const http = failedRound(529, 'overloaded_error', 'Overloaded');

  it('24: retried like an HTTP 529, no duplicate output', async () => {
    const ways = [inStream, http].map(async (broken) => {
      const rounds = [broken, broken, { events: answer }];
      return talk(await strict(rounds), rounds, [], { retry: quick });
    });
    const [streamed, plain] = await Promise.all(ways);

    for (const { events, error: failed, requests } of [streamed!, plain!]) {
      expect(failed).toBeUndefined();
      expect(requests).toHaveLength(3);
      expect(requests[2]).toEqual(requests[0]);
      expect(only(events, 'round_retry')).toMatchObject([{ attempt: 1 }, { attempt: 2 }]);
      expect(only(events, 'message_start')).toHaveLength(1);
      expect(textOf(events)).toBe('It is noon.');
    }
    const types = ({ events }: { events: readonly RoundEvent[] }): string[] => events.map(({ type }) => type);
    expect(types(streamed!)).toEqual(types(plain!));
  });

  it('24: not retried, it is the APIError that an HTTP 529 is not', async () => {
    const server = await bytes(sse([overloaded]));
    const { events, error: failed } = await run(claudeStream(sdkClient(server.url), question));
    expect(events).toEqual([]);
    expect(failed).toBeInstanceOf(APIError);
    expect(failed).toMatchObject({ type: 'overloaded_error', status: undefined });
  });
});

describe('25: SSE overloaded_error after text was emitted', () => {
  const broken = { events: [...answer.slice(0, 5), overloaded] };

  it('25: restart with an explicit reset event; what stands is the text of one reply', async () => {
    const rounds = [broken, { events: [...textReply(['Nay']).slice(0, 4), overloaded] }, { events: answer }];

    const held = await talk(await strict(rounds), rounds, [], { retry: quick });

    expectSound(held);
    const error = { type: 'overloaded_error' };
    expect(only(held.events, 'round_retry')).toMatchObject([
      { attempt: 1, error },
      { attempt: 2, error },
    ]);
    expect(textOf(held.events)).toBe('It is NayIt is noon.');
    expect(textOf(standing(held.events))).toBe('It is noon.');
    expect(held.end.messages.at(-1)).toEqual({ role: 'assistant', content: [{ type: 'text', text: 'It is noon.' }] });
    const { events: messages } = await run(from(held.events).pipe(accumulateMessage()));
    expect(messages.at(-1)).toEqual(only(held.events, 'round_end')[0]!.message);
    const { events: pieces } = await run(from(held.events).pipe(textDeltas({ retryMark: '|' })));
    expect(pieces.join('')).toBe('It is |Nay|It is noon.');
  });

  it('25: it fails every time: the error, behind the text of the last reply alone', async () => {
    const rounds = [broken, broken, { events: [...textReply(['At ', 'last']).slice(0, 4), overloaded] }];

    const held = await talk(await strict(rounds), rounds, [], { retry: quick });

    expectFailed(held);
    expect(held.error).toMatchObject({ type: 'overloaded_error' });
    expect(held.requests).toHaveLength(3);
    expect(held.end.messages.at(-1)).toEqual({ role: 'assistant', content: [{ type: 'text', text: 'At ' }] });
    expect(held.end.usage_estimated).toBe(true);
  });
});

describe('27: a request that is wrong', () => {
  it.each([0, 5])('27: invalid_request_error in mid-stream, after %i events: no retry', async (at) => {
    const rounds = [{ events: [...answer.slice(0, at), failure('invalid_request_error')] }, { events: answer }];

    const held = await talk(await strict(rounds), rounds, [], { retry: quick });

    expectFailed(held);
    expect(held.error).toMatchObject({ type: 'invalid_request_error', status: undefined });
    expect(only(held.events, 'round_retry')).toEqual([]);
    expect(held.requests).toHaveLength(1);
  });

  it('27: HTTP 400: no retry', async () => {
    const rounds = [failedRound(400, 'invalid_request_error', 'messages: Field required'), { events: answer }];
    const server = await strict(rounds);

    const { events, error: failed } = await run(converse(sdkClient(server.url), question, { retry: quick }));

    expect(failed).toBeInstanceOf(BadRequestError);
    expect(endOf(events)).toMatchObject({ reason: 'error', error: toErrorFacts(failed), messages: question.messages });
    expect(only(events, 'round_retry')).toEqual([]);
    expect(server.requests).toHaveLength(1);
  });
});

describe('28: HTTP 429', () => {
  const limited = (headers: Record<string, string>, details?: object): ScriptedResponse => ({
    status: 429,
    headers: { 'content-type': 'application/json', ...headers },
    chunks: [JSON.stringify({ type: 'error', error: { type: 'rate_limit_error', message: 'Slow.', details } })],
    then: 'end',
  });
  const hour = { 'retry-after': '3600' };
  /** The SDK itself would wait for the hour. */
  const stream = { maxRetries: 0 };
  const client = (url: string) => sdkClient(url, { maxRetries: 2 });

  it('28: retry-after 3600: the wait is capped by maxRetryAfter', async () => {
    const server = await bytes(limited(hour), sse(answer));
    const retry = { maxRetryAfter: 20 };

    const { events, error: failed } = await run(converse(client(server.url), question, { retry, stream }));

    expect(failed).toBeUndefined();
    expect(only(events, 'round_retry')).toMatchObject([{ attempt: 1, delay: 20, error: { status: 429 } }]);
    expect(server.requests).toHaveLength(2);
  });

  it('28: retry-after 3600: a minute at most, unless told otherwise', async () => {
    const server = await bytes(limited(hour));
    const running = start(converse(client(server.url), question, { stream }));
    expect(await running.until(isRetry)).toMatchObject({ delay: 60_000 });
    running.subscription.unsubscribe();
  });

  it.each([
    ['without the header', {}, undefined],
    ['with a code that says so', hour, { error_code: 'enforced_spend_limit_reached' }],
  ])('28: a spend cap, %s: fails fast', async (_what, headers, details) => {
    const server = await bytes(limited(headers, details), sse(answer));

    const { events, error: failed } = await run(converse(client(server.url), question, { retry: quick, stream }));

    expect(failed).toBeInstanceOf(RateLimitError);
    expect(endOf(events)).toMatchObject({ reason: 'error', error: toErrorFacts(failed) });
    expect(only(events, 'round_retry')).toEqual([]);
    expect(server.requests).toHaveLength(1);
  });
});

describe('29: no event for a while', () => {
  it.each([
    ['the headers', { chunks: [], headersAfterMs: Infinity, then: 'hang' } as const, 'first'],
    ['the first event', sse([], 'hang'), 'first'],
    ['some text', sse(answer.slice(0, 5), 'hang'), 'each'],
  ])('29: silence at %s: request aborted, retried, timers cleared at the end', async (_where, silent, limit) => {
    const timers = watchTimers();
    const server = await bytes(silent, sse(answer));
    const timeout = { first: limit === 'first' ? 60 : 5_000, each: 60 };

    const held = await run(converse(sdkClient(server.url), question, { timeout, retry: quick }));

    expect(held.error).toBeUndefined();
    expect(only(held.events, 'round_retry')).toMatchObject([{ error: { tag: 'TimeoutGuardError', limit } }]);
    expect(textOf(standing(held.events))).toBe('It is noon.');
    expect(timers.open()).toBe(0);
    await server.closed(1);
    expect(server.openSockets()).toBe(0);
  });

  it('29: without retries it is a TimeoutGuardError, behind the text so far', async () => {
    const timers = watchTimers();
    const server = await bytes(sse(answer.slice(0, 5), 'hang'));

    const { events, error: failed } = await run(
      converse(sdkClient(server.url), question, { timeout: { each: 30 }, retry: false }),
    );

    expect(failed).toEqual(tagged('TimeoutGuardError'));
    expect(failed).toMatchObject({ limit: 'each', milliseconds: 30, round: 1, attempt: 1 });
    expect(endOf(events).messages.at(-1)).toEqual({ role: 'assistant', content: [{ type: 'text', text: 'It is ' }] });
    expect(timers.open()).toBe(0);
    await server.closed(1);
  });
});
