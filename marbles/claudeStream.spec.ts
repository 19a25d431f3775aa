import { concat, NEVER, Observable, of, take, throwError } from 'rxjs';
import { claudeStream, ProtocolError, TruncatedStreamError, UnexpectedResponseError } from '../src/index.js';
import type { ClaudeClient, ClaudeEvent, ClaudeRequest, RequestOptions } from '../src/index.js';
import { marble } from './kit/session/marble.js';
import { claude } from './support/alphabet.js';
import { fakeClient } from './support/fakeClient.js';
import { fakeTool } from './support/fakeTool.js';
import { frozen } from './support/frozen.js';
import { observe } from './support/observe.js';

const request: ClaudeRequest = frozen({
  model: 'claude-test',
  max_tokens: 100,
  messages: [{ role: 'user', content: 'Hi' }],
});
const answer = [claude.s, claude.o, claude.t, claude.c, claude.e, claude.m];

function truncated(events: number, lastEvent?: string) {
  return new TruncatedStreamError({ events, lastEvent });
}

describe('the reply', () => {
  marble(
    'comes event by event, ping and the unknown ones included',
    ({ cold, expectObservable, expectSubscriptions }) => {
      const reply = cold(' -s-p-o-u-t-v-c-y-e-m|', claude);
      const expected = '   -s-p-o-u-t-v-c-y-e-m|';
      const subs = '       ^-------------------!';

      expectObservable(claudeStream(fakeClient(reply), request)).toBe(expected, claude);
      expectSubscriptions(reply.subscriptions).toBe(subs);
    },
  );

  marble('fails as the client does', ({ cold, expectObservable }) => {
    const reply = cold(' -s-o-t-#', claude, 'boom');
    const expected = '   -s-o-t-#';

    expectObservable(claudeStream(fakeClient(reply), request)).toBe(expected, claude, 'boom');
  });

  describe.each([
    ['before any event', '         ---|          ', '---#          ', truncated(0)],
    ['in the middle of a block', ' -s-o-t-|      ', '-s-o-t-#      ', truncated(3, 'content_block_delta')],
    ['before message_stop', '      -s-o-t-c-e-p-|', '-s-o-t-c-e-p-#', truncated(6, 'ping')],
    ['with a message_stop and no message_start', '-o-t-c-m-|', '-o-t-c-m-#', truncated(4, 'message_stop')],
  ])('that ends %s', (_, diagram, expected, error) => {
    marble('is an error, and never complete', ({ cold, expectObservable }) => {
      expectObservable(claudeStream(fakeClient(cold(diagram, claude)), request)).toBe(expected, claude, error);
    });
  });

  marble('fails when it holds a second message', ({ cold, expectObservable, expectSubscriptions }) => {
    const reply = cold(' -s-o-s-o-m|', claude);
    const expected = '   -s-o-#     ';
    const subs = '       ^----!     ';

    const error = new ProtocolError('One response carried two messages: a second `message_start` came.');
    expectObservable(claudeStream(fakeClient(reply), request)).toBe(expected, claude, error);
    expectSubscriptions(reply.subscriptions).toBe(subs);
  });

  it.each([
    ['a JSON object', { type: 'message', content: [] }],
    ['nothing', undefined],
    ['a text', 'event: ping'],
  ])('is refused when the client returns %s', (_, reply) => {
    const client = { messages: { create: () => reply } } as unknown as ClaudeClient;
    expect(observe(claudeStream(client, request)).error).toBeInstanceOf(UnexpectedResponseError);
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
  marble('is sent by each subscription, and not before', ({ cold, flush, expectObservable, expectSubscriptions }) => {
    const reply = cold('-s-m|     ', claude);
    const first = '     --s-m|    ';
    const firstSub = '  -^        ';
    const second = '    ------s-m|';
    const secondSub = ' -----^    ';

    const client = fakeClient(reply);
    const stream = claudeStream(client, request);
    expectObservable(stream, firstSub).toBe(first, claude);
    expectObservable(stream, secondSub).toBe(second, claude);
    expectSubscriptions(reply.subscriptions).toBe([' -^---!', '-----^---!']);
    expect(client.sent).toHaveLength(0);
    flush();
    expect(client.sent).toHaveLength(2);
  });

  it('is what the caller gave, streaming, with nothing of the tools but what the API takes', () => {
    const tools = [fakeTool('k', () => 'r'), { name: 'plain', input_schema: { type: 'object' as const } }];
    const client = fakeClient(of(...answer));
    claudeStream(client, { ...request, tools }).subscribe();
    const k = { name: 'k', description: 'The tool k.', input_schema: { type: 'object' } };
    expect(client.sent[0]!.params).toEqual({ ...request, tools: [k, tools[1]], stream: true });
  });

  it('carries the options of the caller, but for the signal', () => {
    const create = jest.fn(() => of(...answer));
    const { signal } = new AbortController();
    claudeStream({ messages: { create } }, request, { headers: { a: 'b' }, maxRetries: 0, signal }).subscribe();
    const options = { headers: { a: 'b' }, maxRetries: 0, signal: expect.any(AbortSignal) as unknown };
    expect(create).toHaveBeenCalledWith({ ...request, stream: true }, options);
    expect(create).not.toHaveBeenCalledWith(expect.anything(), expect.objectContaining({ signal }));
  });
});

describe('letting go', () => {
  marble('aborts the request at once', ({ cold, flush, expectObservable, expectSubscriptions }) => {
    const reply = cold(' -s-o-t-t-t-', claude);
    const unsub = '      ------!     ';
    const expected = '   -s-o-t-     ';
    const subs = '       ^-----!     ';

    const client = fakeClient(reply);
    expectObservable(claudeStream(client, request), unsub).toBe(expected, claude);
    expectSubscriptions(reply.subscriptions).toBe(subs);
    flush();
    expect(client.sent.map(({ signal }) => signal.aborted)).toEqual([true]);
  });

  it('of a reply that comes all at once and has no end', () => {
    let pulled = 0;
    const endless = new Observable<ClaudeEvent>((subscriber) => {
      subscriber.next(claude.s);
      while (!subscriber.closed && pulled < 1_000) {
        pulled++;
        subscriber.next(claude.p);
      }
    });
    const seen = observe(claudeStream(fakeClient(endless), request).pipe(take(3)));
    expect(seen.end).toBe('complete');
    expect(pulled).toBe(2);
  });

  it('of a reply that comes all at once and breaks the order', () => {
    let pulled = 0;
    const endless = new Observable<ClaudeEvent>((subscriber) => {
      while (!subscriber.closed && pulled < 1_000) {
        pulled++;
        subscriber.next(claude.s);
      }
    });
    expect(observe(claudeStream(fakeClient(endless), request)).error).toBeInstanceOf(ProtocolError);
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
    const client = fakeClient(concat(of(claude.s), NEVER));
    const seen = observe(claudeStream(client, request, { signal: controller.signal }));
    expect(seen.end).toBeUndefined();
    controller.abort();
    expect(seen).toMatchObject({ values: [claude.s], end: 'error' });
    expect(seen.error).toMatchObject({ name: 'AbortError' });
    expect(client.sent[0]!.signal.aborted).toBe(true);
  });

  it('sends no request when it is aborted already', () => {
    const client = fakeClient(of(...answer));
    const seen = observe(claudeStream(client, request, { signal: AbortSignal.abort() }));
    expect(seen.error).toMatchObject({ name: 'AbortError' });
    expect(client.sent).toHaveLength(0);
  });

  it.each([
    ['completes', of(...answer)],
    ['fails', throwError(() => new Error('boom'))],
  ])('is left without a listener when the stream %s', (_, reply) => {
    const { signal } = new AbortController();
    const added = jest.spyOn(signal, 'addEventListener');
    const removed = jest.spyOn(signal, 'removeEventListener');
    observe(claudeStream(fakeClient(reply), request, { signal }));
    const listeners = added.mock.calls.map(([, listener]) => listener);
    expect(listeners).toHaveLength(1);
    expect(removed.mock.calls.map(([, listener]) => listener)).toEqual(listeners);
  });
});
