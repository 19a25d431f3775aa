import { concat, NEVER, Observable, of, take, throwError } from 'rxjs';
import { claudeStream } from '../../src/index.js';
import type { ClaudeClient, ClaudeEvent, ClaudeRequest, RequestOptions } from '../../src/index.js';
import { claude, marble } from '../index.js';
import { fakeTool } from './support/fakeTool.js';
import { frozen } from './support/frozen.js';
import { observe } from './support/observe.js';
import { protocolError, tagged, truncatedStreamError } from '../../test/support/errors.js';

// The events pass unchanged: each is compared with all its fields.
//
// s message_start  o a text block starts  t text  b another block starts
// n another piece of a block, such as a citation  c content_block_stop  e message_delta with stop_reason end_turn
// m message_stop  p ping  u an event of another type

const values = frozen({
  s: claude.messageStart(),
  o: claude.textStart(0),
  t: claude.text('Hi', 0),
  n: claude.contentBlockDelta({ type: 'delta_of_the_future', more: 1 }, 0),
  c: claude.contentBlockStop(0),
  b: claude.contentBlockStart({ type: 'block_of_the_future', content: [{ wish: 'unknown' }] }, 1),
  e: claude.stop('end_turn'),
  m: claude.messageStop(),
  p: claude.ping(),
  u: { type: 'event_of_the_future', index: 0, content: [{ wish: 'unknown' }] } as unknown as ClaudeEvent,
});
const answer = frozen(claude.message(claude.textBlock('Hi')));
const request: ClaudeRequest = frozen({
  model: 'claude-test',
  max_tokens: 100,
  messages: [{ role: 'user', content: 'Hi' }],
});

function truncated(events: number, lastEvent?: string) {
  return truncatedStreamError({ events, lastEvent });
}

/** A client that answers each request with this stream. */
function clientOf(reply: Observable<ClaudeEvent>) {
  const create = jest.fn<Observable<ClaudeEvent>, Parameters<ClaudeClient['messages']['create']>>(() => reply);
  return { messages: { create } };
}

describe('the reply', () => {
  marble('comes event by event, ping and the unknown ones included', (helpers) => {
    const { reply, scriptClaude, expectObservable, expectRequests } = helpers;
    const one = reply(' -s-p-o-u-t-n-c-b-e-m|', values);
    const expected = '  -s-p-o-u-t-n-c-b-e-m|';
    const sent = '      ^-------------------|';

    const client = scriptClaude(one);
    expectObservable(claudeStream(client, request)).toBe(expected, values);
    expectRequests(client).toBe(sent);
  });

  marble('fails as the client does', ({ cold, scriptClaude, expectObservable, expectRequests }) => {
    const reply = cold(' -s-o-t-#', values, 'boom');
    const expected = '   -s-o-t-#';
    const sent = '       ^------#';

    const client = scriptClaude(reply);
    expectObservable(claudeStream(client, request)).toBe(expected, values, 'boom');
    expectRequests(client).toBe(sent);
  });

  describe.each([
    ['before any event', '         ---|          ', '---#          ', truncated(0)],
    ['in the middle of a block', ' -s-o-t-|      ', '-s-o-t-#      ', truncated(3, 'content_block_delta')],
    ['before message_stop', '      -s-o-t-c-e-p-|', '-s-o-t-c-e-p-#', truncated(6, 'ping')],
    ['with a message_stop and no message_start', '-o-t-c-m-|', '-o-t-c-m-#', truncated(4, 'message_stop')],
  ])('that ends %s', (_, diagram, expected, error) => {
    marble('is an error, and never complete', ({ reply, scriptClaude, expectObservable }) => {
      const client = scriptClaude(reply(diagram, values));
      expectObservable(claudeStream(client, request)).toBe(expected, values, error);
    });
  });

  marble('fails when it has a second message', ({ reply, scriptClaude, expectObservable, expectRequests }) => {
    const one = reply(' -s-o-s-o-m|', values);
    const expected = '  -s-o-#     ';
    const sent = '      ^----!     ';

    const client = scriptClaude(one);
    const error = protocolError('One response carried two messages: a second `message_start` came.');
    expectObservable(claudeStream(client, request)).toBe(expected, values, error);
    expectRequests(client).toBe(sent);
  });

  it.each([
    ['a JSON object', { type: 'message', content: [] }],
    ['nothing', undefined],
    ['a text', 'event: ping'],
  ])('is refused when the client returns %s', (_, reply) => {
    const client = { messages: { create: () => reply } } as unknown as ClaudeClient;
    expect(observe(claudeStream(client, request)).error).toEqual(tagged('UnexpectedResponseError'));
  });

  it('fails with what the client throws', () => {
    const boom = new Error('boom');
    const create = () => {
      throw boom;
    };
    expect(observe(claudeStream({ messages: { create } }, request)).error).toBe(boom);
  });
});

describe('the request', () => {
  marble('is sent by each subscription, and not before', (helpers) => {
    const { reply, scriptClaude, flush, expectObservable, expectRequests } = helpers;
    const each = reply('  -s-m|    ', values);
    const firstSub = '   -^        ';
    const first = '      --s-m|    ';
    const firstSent = '  -^---|    ';
    const secondSub = '  -----^    ';
    const second = '     ------s-m|';
    const secondSent = ' -----^---|';

    const client = scriptClaude(each, each);
    const stream = claudeStream(client, request);
    expectObservable(stream, firstSub).toBe(first, values);
    expectObservable(stream, secondSub).toBe(second, values);
    expectRequests(client).toBe([firstSent, secondSent]);
    expect(client.requests).toHaveLength(0);
    flush();
    expect(client.requests).toHaveLength(2);
  });

  it('is what the caller gave, streaming, with nothing of the tools but what the API takes', () => {
    const tools = [fakeTool('weather', () => 'sunny'), { name: 'plain', input_schema: { type: 'object' as const } }];
    const client = clientOf(of(...answer));
    claudeStream(client, { ...request, tools }).subscribe();
    const weather = { name: 'weather', description: 'The tool weather.', input_schema: { type: 'object' } };
    const [params] = client.messages.create.mock.lastCall!;
    expect(params).toEqual({ ...request, tools: [weather, tools[1]], stream: true });
  });

  it('carries the options of the caller, but for the signal', () => {
    const create = jest.fn<Observable<ClaudeEvent>, [unknown, RequestOptions?]>(() => of(...answer));
    const { signal } = new AbortController();
    claudeStream({ messages: { create } }, request, { headers: { a: 'b' }, maxRetries: 0, signal }).subscribe();
    const options = { headers: { a: 'b' }, maxRetries: 0, signal: expect.any(AbortSignal) as unknown };
    expect(create).toHaveBeenCalledWith({ ...request, stream: true }, options);
    expect(create.mock.lastCall?.[1]?.signal).not.toBe(signal);
  });
});

describe('unsubscribing', () => {
  marble('aborts the request at once', ({ reply, scriptClaude, flush, expectObservable, expectRequests }) => {
    const one = reply(' -s-o-t-t-t-', values);
    const unsub = '     ------!    ';
    const expected = '  -s-o-t-    ';
    const sent = '      ^-----!    ';

    const client = scriptClaude(one);
    expectObservable(claudeStream(client, request), unsub).toBe(expected, values);
    expectRequests(client).toBe(sent);
    flush();
    expect(client.requests.map(({ signal }) => signal?.aborted)).toEqual([true]);
  });

  it('of a reply that comes all at once and has no end', () => {
    let pulled = 0;
    const endless = new Observable<ClaudeEvent>((subscriber) => {
      subscriber.next(claude.messageStart());
      while (!subscriber.closed && pulled < 1_000) {
        pulled++;
        subscriber.next(claude.ping());
      }
    });
    const seen = observe(claudeStream(clientOf(endless), request).pipe(take(3)));
    expect(seen.end).toBe('complete');
    expect(pulled).toBe(2);
  });

  it('of a reply that comes all at once and breaks the order', () => {
    let pulled = 0;
    const endless = new Observable<ClaudeEvent>((subscriber) => {
      while (!subscriber.closed && pulled < 1_000) {
        pulled++;
        subscriber.next(claude.messageStart());
      }
    });
    expect(observe(claudeStream(clientOf(endless), request)).error).toEqual(tagged('ProtocolError'));
    expect(pulled).toBe(2);
  });

  it('before the client answers', async () => {
    const create = jest.fn<Promise<never>, [unknown, RequestOptions?]>(() => new Promise(() => {}));
    claudeStream({ messages: { create } }, request).subscribe().unsubscribe();
    expect(create.mock.lastCall?.[1]?.signal?.aborted).toBe(true);
  });
});

describe('the signal of the caller', () => {
  it('stops the stream with the error of the SDK, and aborts the request', () => {
    const controller = new AbortController();
    const client = clientOf(concat(of(claude.messageStart()), NEVER));
    const seen = observe(claudeStream(client, request, { signal: controller.signal }));
    expect(seen.end).toBeUndefined();
    controller.abort();
    expect(seen).toMatchObject({ values: [claude.messageStart()], end: 'error' });
    expect(seen.error).toMatchObject({ name: 'AbortError' });
    const [, options] = client.messages.create.mock.lastCall!;
    expect(options?.signal?.aborted).toBe(true);
  });

  it('sends no request when it is aborted already', () => {
    const client = clientOf(of(...answer));
    const seen = observe(claudeStream(client, request, { signal: AbortSignal.abort() }));
    expect(seen.error).toMatchObject({ name: 'AbortError' });
    expect(client.messages.create).not.toHaveBeenCalled();
  });

  it.each([
    ['completes', of(...answer)],
    ['fails', throwError(() => new Error('boom'))],
  ])('has no subscriber after the stream %s', (_, reply) => {
    const { signal } = new AbortController();
    const added = jest.spyOn(signal, 'addEventListener');
    const removed = jest.spyOn(signal, 'removeEventListener');
    observe(claudeStream(clientOf(reply), request, { signal }));
    const listeners = added.mock.calls.map(([, listener]) => listener);
    expect(listeners).toHaveLength(1);
    expect(removed.mock.calls.map(([, listener]) => listener)).toEqual(listeners);
  });
});
