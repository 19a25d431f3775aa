import { asyncScheduler, lastValueFrom, type Observable } from 'rxjs';
import { claudeStream, converse, fetchClient, retryRound, timeoutGuard } from '../../src/index.js';
import type { ClaudeClient, ClaudeEvent, ClaudeRequest } from '../../src/index.js';
import { apiError, claude, marble, marbleWithPromises } from '../index.js';
import { CassetteError, parseCassette, record, replay } from '../recordings/index.js';
import type { Cassette, CassetteEnd, CassetteExchange } from '../recordings/index.js';
import { frozen } from './support/frozen.js';
import { observe } from './support/observe.js';
import { tagged, truncatedStreamError, unexpectedResponseError } from '../../test/support/errors.js';

// s message_start  o a text block starts  t text  c content_block_stop  e message_delta with stop_reason end_turn
// m message_stop  R round_retry

const fromClaude = frozen({
  s: claude.messageStart(),
  o: claude.textStart(0),
  t: claude.text('Hi', 0),
  c: claude.contentBlockStop(0),
  e: claude.stop('end_turn'),
  m: claude.messageStop(),
});
const request: ClaudeRequest = frozen({
  model: 'claude-test',
  max_tokens: 100,
  messages: [{ role: 'user', content: 'Hi' }],
});
/** The same over the wire: in another order, and streaming. */
const sent = { stream: true, messages: [{ content: 'Hi', role: 'user' }], max_tokens: 100, model: 'claude-test' };

/** Events as the API writes them, by their letters. */
function wire(letters: string): string {
  const events = [...letters].map((letter) => fromClaude[letter as keyof typeof fromClaude]);
  return events.map((event: ClaudeEvent) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('');
}

/** An exchange of 30 ms: the response comes at 2, then a chunk at 4, 12 and 20. */
function exchange(chunks: readonly string[], given: Partial<CassetteExchange> = {}): CassetteExchange {
  const at = 100;
  return {
    request: { time: at, method: 'POST', path: '/v1/messages', headers: {}, body: sent },
    response: { time: at + 2, status: 200, headers: { 'content-type': 'text/event-stream' } },
    chunks: chunks.map((text, index) => ({ time: at + 4 + 8 * index, text })),
    end: { time: at + 30, how: 'complete' },
    ...given,
  };
}

function cassette(...exchanges: readonly CassetteExchange[]): Cassette {
  return { version: 1, exchanges };
}

const whole = exchange([wire('so'), wire('t'), wire('tcem')]);
const cut = exchange([wire('so'), wire('t')]);
const aborted: CassetteEnd = { time: 130, how: 'aborted' };
const broken: CassetteEnd = { time: 130, how: 'error', error: { name: 'TypeError', message: 'terminated' } };
const busy =
  wire('so') + 'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Busy"}}\n\n';
const refused = { time: 102, status: 529, headers: { 'content-type': 'application/json', 'retry-after-ms': '9' } };
const refusal = exchange(['{"type":"error","error":', '{"type":"overloaded_error","message":"Busy"}}'], {
  response: refused,
});

describe('a reply', () => {
  marble('comes as it came', ({ expectObservable, expectRequests }) => {
    const expected = '----(so)----t-------(tcem)----|';
    const requests = '^-----------------------------|';

    const client = replay(cassette(whole));
    expectObservable(claudeStream(client, request)).toBe(expected, fromClaude);
    expectRequests(client).toBe(requests);
    expectRequests(client).toHave([request]);
  });

  marble('comes twice as fast', ({ expectObservable }) => {
    const expected = '--(so)t---(tcem)----|';

    const longer = cassette({ ...whole, end: { time: 140, how: 'complete' } });
    expectObservable(claudeStream(replay(longer, { speed: 2 }), request)).toBe(expected, fromClaude);
  });

  marble('comes half as fast', ({ expectObservable }) => {
    const expected = '8ms (so) 12ms t 15ms (tcem) 14ms |';

    expectObservable(claudeStream(replay(cassette(whole), { speed: 0.5 }), request)).toBe(expected, fromClaude);
  });

  marble('comes at once, in order, and only when awaited', ({ expectObservable }) => {
    const expected = '(sottcem|)';

    const seen = observe(claudeStream(replay(cassette(whole), { speed: Infinity }), request));
    expect(seen.values).toEqual([]);
    expectObservable(claudeStream(replay(cassette(whole), { speed: Infinity }), request)).toBe(expected, fromClaude);
  });

  marble('comes when its last byte has come', ({ expectObservable }) => {
    const bytes = [...new TextEncoder().encode(wire('sottcem'))].map((byte) => btoa(String.fromCharCode(byte)));
    const chunks = bytes.map((base64) => ({ time: 104, base64 }));
    const expected = '----(sottcem)-----------------|';

    const client = replay(cassette(exchange([], { chunks })));
    expectObservable(claudeStream(client, request)).toBe(expected, fromClaude);
  });

  marble('stops the wire when its subscriber leaves', ({ expectObservable, expectRequests }) => {
    const unsub = '   ^----------!';
    const expected = '----(so)       ';
    const requests = '^----------!   ';

    const client = replay(cassette(whole));
    expectObservable(claudeStream(client, request), unsub).toBe(expected, fromClaude);
    expectRequests(client).toBe(requests);
  });

  it('has one timer, and none when it is over or left', () => {
    jest.useFakeTimers();
    const client = replay(cassette(whole, whole), { check: false });
    const params = { ...request, stream: true as const };
    const first = observe(client.messages.create(params as never) as Observable<ClaudeEvent>);
    const counts = Array.from({ length: 31 }, () => {
      jest.advanceTimersByTime(1);
      return jest.getTimerCount();
    });
    expect(counts).toEqual([...Array<number>(29).fill(1), 0, 0]);
    expect(first.end).toBe('complete');

    const second = (client.messages.create(params as never) as Observable<ClaudeEvent>).subscribe();
    jest.advanceTimersByTime(10);
    expect(jest.getTimerCount()).toBe(1);
    second.unsubscribe();
    expect(jest.getTimerCount()).toBe(0);
    jest.useRealTimers();
  });

  marble('fails when its signal is aborted', ({ abortSignal, expectObservable, expectRequests }) => {
    const signal = abortSignal('-----------!');
    const expected = '           ----(so)---#';
    const requests = '           ^----------!';

    const client = replay(cassette(whole));
    const reply = client.messages.create({ ...request, stream: true } as never, { signal });
    expectObservable(reply as ReturnType<typeof claudeStream>).toBe(expected, fromClaude, expect.anything());
    expectRequests(client).toBe(requests);
  });
});

describe('the end of a reply', () => {
  const facts = { lastEvent: 'content_block_delta', events: 3, requestId: 'req_1' };
  const headers = { 'content-type': 'text/event-stream', 'request-id': 'req_1' };
  const response = { time: 102, status: 200, headers };
  const values = { ...fromClaude, H: { type: 'response', round: 1, request_id: 'req_1' } };

  marble('that was cut', ({ expectObservable }) => {
    const expected = '----(Hso)---t-----------------#';

    const client = replay(cassette({ ...cut, response }));
    expectObservable(claudeStream(client, request)).toBe(expected, values, truncatedStreamError(facts));
  });

  marble('that broke', ({ expectObservable }) => {
    const expected = '----(Hso)---t-----------------#';

    const client = replay(cassette({ ...cut, response, end: broken }));
    const error = truncatedStreamError({ ...facts, cause: new TypeError('terminated') });
    expectObservable(claudeStream(client, request)).toBe(expected, values, error);
  });

  marble('that broke after `message_stop`', ({ expectObservable }) => {
    const expected = '----(so)----t-------(tcem)----|';

    expectObservable(claudeStream(replay(cassette({ ...whole, end: broken })), request)).toBe(expected, fromClaude);
  });

  marble('that its reader cancelled', ({ expectObservable }) => {
    const expected = '----(so)----t----------';
    const guarded = ' ----(so)----t---------#';

    const client = replay(cassette({ ...cut, end: aborted }, { ...cut, end: aborted }));
    expectObservable(claudeStream(client, request)).toBe(expected, fromClaude);
    expectObservable(claudeStream(client, request).pipe(timeoutGuard({ each: 10 }))).toBe(
      guarded,
      fromClaude,
      expect.objectContaining({ limit: 'each' }),
    );
  });

  marble('that was an error in mid-stream', ({ expectObservable }) => {
    const expected = '----(so#)';

    const error = apiError('overloaded_error', { message: 'Busy', headers: {} });
    expectObservable(claudeStream(replay(cassette(exchange([busy]))), request)).toBe(expected, values, error);
  });

  marble('that was a refusal, tried again', ({ expectEvents }) => {
    const expected = '30ms R 12ms (so) 4ms t 7ms (tcem) 4ms |';

    const client = replay(cassette(refusal, whole));
    const policy = { minDelay: 9, random: () => 1 };
    expectEvents(claudeStream(client, request).pipe(retryRound(policy))).toBe(expected, {
      R: { error: { status: 529, type: 'overloaded_error' }, delay: 9 },
    });
  });

  marble('that was a refusal whose body the SDK did not read', ({ expectObservable }) => {
    const expected = '30ms #';

    const client = replay(cassette(exchange([], { response: refused, end: aborted })));
    expectObservable(claudeStream(client, request)).toBe(expected, {}, expect.objectContaining({ status: 529 }));
  });

  marble('that was not a response', ({ expectObservable }) => {
    const expected = '30ms #';

    const { request: recorded } = whole;
    const client = replay(cassette({ request: recorded, chunks: [], end: broken }));
    expectObservable(claudeStream(client, request)).toBe(expected, {}, new TypeError('terminated'));
  });

  marble('that was not a stream', ({ expectObservable }) => {
    const expected = '--#';

    const json = { ...response, headers: { 'content-type': 'application/json' } };
    const error = unexpectedResponseError({ found: 'a body of type application/json', status: 200 });
    expectObservable(claudeStream(replay(cassette({ ...whole, response: json })), request)).toBe(expected, {}, error);
  });
});

describe('a request', () => {
  const other: ClaudeRequest = { ...request, messages: [{ role: 'user', content: 'Bye' }] };
  const ask = (client: ClaudeClient, asked: ClaudeRequest) => observe(claudeStream(client, asked));

  it('that differs fails, with the first difference, and uses nothing up', () => {
    const client = replay(cassette(whole));
    const { error } = ask(client, other);
    expect(error).toBeInstanceOf(CassetteError);
    expect(error).toMatchObject({ request: 1, path: 'messages.0.content', line: undefined });
    expect((error as Error).message).toBe(
      'Request 1 differs from the recorded one: `messages.0.content` was "Hi", and is "Bye" now. ' +
        'Record again, or replay with `check: false` to accept other requests.',
    );
    expect(client.done).toBe(false);
    expect(client.requests).toMatchObject([{ body: { ...other, stream: true }, how: 'failed' }]);
  });

  it.each<[string, object, string]>([
    ['has more', { ...request, system: 'Be brief.' }, '`system` was absent, and is "Be brief." now'],
    ['has less', { ...request, max_tokens: undefined }, '`max_tokens` was 100, and is absent now'],
    ['has other tools', { ...request, tools: [] }, '`tools` was absent, and is [] now'],
  ])('that %s fails', (_, asked, words) => {
    expect(String(ask(replay(cassette(whole)), asked as ClaudeRequest).error)).toContain(words);
  });

  it('too many fails', () => {
    const client = replay(cassette());
    expect(client.done).toBe(true);
    expect(ask(client, request).error).toMatchObject({
      request: 1,
      message:
        'There is no reply for request 1: the cassette has 0, and all of them have been played. ' +
        'Record again, or find out why the program sends one more.',
    });
  });

  marble('that differs is accepted with `check: false`', ({ expectObservable }) => {
    const expected = '----(so)----t-------(tcem)----|';

    const client = replay(cassette(whole), { check: false });
    expectObservable(claudeStream(client, other)).toBe(expected, fromClaude);
  });

  marble('whose body is unknown is accepted', ({ expectObservable }) => {
    const expected = '----(so)----t-------(tcem)----|';

    const { body: _, ...unknown } = whole.request;
    expectObservable(claudeStream(replay(cassette({ ...whole, request: unknown })), other)).toBe(expected, fromClaude);
  });

  marble('may have anything where something was hidden', ({ expectObservable }) => {
    const expected = '----(so)----t-------(tcem)----|';

    const body = { ...sent, messages: [{ role: 'user', content: 'The key (a+b) is [hidden].' }], token: '[hidden]' };
    const recorded = { ...whole, request: { ...whole.request, body } };
    const filled = { ...request, messages: [{ role: 'user', content: 'The key (a+b) is 1\n2.' }], token: 'x' };
    const client = replay(cassette(recorded, recorded));
    expectObservable(claudeStream(client, filled as ClaudeRequest)).toBe(expected, fromClaude);
    expect(String(ask(client, request).error)).toContain(
      '`messages.0.content` was "The key (a+b) is [hidden].", and is "Hi" now',
    );
  });

  marble('finds its reply when other requests come first', ({ expectObservable }) => {
    const ofOther = exchange([wire('sm')], { request: { ...whole.request, body: other } });
    const first = '  ----(so)----t-------(tcem)----|';
    const second = ' ----(sm)----------------------|';

    const client = replay(cassette(whole, ofOther));
    expectObservable(claudeStream(client, other)).toBe(second, fromClaude);
    expectObservable(claudeStream(client, request)).toBe(first, fromClaude);
    expect(client.beta).toBe(client);
  });

  it.each([0, -1, NaN, '1'])('cannot be played at the speed %p', (speed) => {
    expect(() => replay(cassette(), { speed: speed as number })).toThrow(tagged('OptionError'));
    expect(() => replay(cassette(), { speed: speed as number })).toThrow('`replay.speed` must be a number above 0');
  });
});

describe('a conversation', () => {
  marble('goes on in virtual time', ({ expectEvents }) => {
    const expected = 'B---(so)----t-------(tcem)----(EC|)';

    expectEvents(converse(replay(cassette(whole)), request)).toBe(expected);
  });
});

describe('a recording', () => {
  marbleWithPromises('of a replay is the same cassette', async ({ flush }) => {
    const original = cassette(
      { ...whole, request: { ...whole.request, time: 0 } },
      exchange([wire('so')], { end: broken }),
      refusal,
    );
    const recorder = record({ fetch: replay(original, { check: false }).fetch });
    const client = fetchClient({ fetch: recorder.fetch, apiKey: 'sk-ant-1234567890' });
    for (let round = 0; round < 3; round++) {
      const held = lastValueFrom(claudeStream(client, request)).catch(() => undefined);
      await flush();
      await held;
    }
    const played = parseCassette(recorder.cassette()).exchanges;
    expect(played.map(relative)).toEqual(original.exchanges.map(relative));
  });

  marbleWithPromises(
    'in the middle of a reply has what has come so far',
    async ({ expectEvents, abortSignal, flush }) => {
      const expected = '----(so)---#';

      const signal = abortSignal('-----------!');
      const recorder = record({ fetch: replay(cassette(whole)).fetch });
      const reply = claudeStream(fetchClient({ fetch: recorder.fetch }), request, { signal });
      expectEvents(reply).toBe(expected, { '#': expect.anything() as unknown });
      asyncScheduler.schedule(() => {
        expect(parseCassette(recorder.cassette()).exchanges[0]).toMatchObject({
          chunks: [{ time: 4, text: wire('so') }],
        });
        expect(parseCassette(recorder.cassette()).exchanges[0]).not.toHaveProperty('end');
      }, 9);
      await flush();
      expect(parseCassette(recorder.cassette()).exchanges[0]).toMatchObject({ end: { time: 11, how: 'aborted' } });
    },
  );

  marbleWithPromises('that the SDK plays says what is wrong with its request', async ({ expectEvents }) => {
    const expected = '#';
    const { default: Anthropic } = await import('@anthropic-ai/sdk');
    const client = new Anthropic({ fetch: replay(cassette()).fetch, apiKey: 'key', maxRetries: 5 });
    expectEvents(claudeStream(client, request)).toBe(expected, {
      '#': { status: 400, message: expect.stringContaining('There is no reply for request 1') as unknown },
    });
  });
});

/** An exchange with times since its request, and without the request's headers. */
function relative({ request: { time: from, body }, response, chunks, end }: CassetteExchange): unknown {
  const since = (part: { readonly time: number } | undefined): unknown => part && { ...part, time: part.time - from };
  return { body, response: since(response), chunks: chunks.map(since), end: since(end) };
}
