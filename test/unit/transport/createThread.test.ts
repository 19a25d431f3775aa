import type { ClaudeEvent, RoundRequest } from 'rxclaude';
import { createThread } from '../../../src/transport/createThread.js';
import type { Thread } from '../../../src/transport/createThread.js';
import { reply } from '../../support/replies.js';

const user = (content: string) => ({ role: 'user' as const, content });
const assistant = (content: string) => ({ role: 'assistant' as const, content });
const first: RoundRequest = { model: 'claude-opus-5-5', max_tokens: 64, system: 'Be short.', messages: [user('1?')] };
const second: RoundRequest = { ...first, messages: [...first.messages, assistant('1.'), user('2?')] };

const follow = (thread: Thread, events: readonly object[]): void => {
  for (const event of events) thread.take(event as ClaudeEvent);
};
const answered = (thread: Thread, request: RoundRequest, id: string): void => {
  thread.toSend(request);
  follow(thread, reply({ id, content: ['1.'] }));
};
const refusal = (status: unknown, errorCode: string | null = null): object => ({ status, errorCode });

describe('what a thread recovers from', () => {
  it.each([400, 404, 405, 409, 422, 499])('HTTP %i, which may be about the thread', (status) => {
    const thread = createThread();
    thread.toSend(first);
    expect(thread.recovers(refusal(status))).toBe(true);
    expect(thread.threaded).toBe(false);
  });

  it.each([401, 402, 403, 408, 413, 429, 500, 529, 200, 302, undefined, null, '400', NaN])(
    'not HTTP %p, whatever its code',
    (status) => {
      const thread = createThread();
      answered(thread, first, 'msg_1');
      thread.toSend(second);
      expect(thread.recovers(refusal(status, 'thread_not_found'))).toBe(false);
      expect(thread.threaded).toBe(true);
    },
  );

  it.each([[null], [undefined], ['400'], [400], [new Error('400')], [Symbol('400')]])('not %p', (error) => {
    const thread = createThread();
    thread.toSend(first);
    expect(thread.recovers(error)).toBe(false);
  });

  it('nothing once an event has come: the caller has seen it', () => {
    const thread = createThread();
    answered(thread, first, 'msg_1');
    thread.toSend(second);
    follow(thread, [{ type: 'ping' }]);
    expect(thread.recovers(refusal(404, 'thread_not_found'))).toBe(false);
  });

  it('nothing when there was no thread: the same request would be refused again', () => {
    const thread = createThread();
    thread.toSend(first);
    thread.recovers(refusal(400));
    expect(thread.toSend(first)).toBe(first);
    expect(thread.recovers(refusal(400))).toBe(false);
  });

  it('a new thread that is lost before it was continued is the last one', () => {
    const thread = createThread();
    answered(thread, first, 'msg_1');
    thread.toSend(second);
    expect(thread.recovers(refusal(404, 'thread_not_found'))).toBe(true);
    expect(thread.toSend(second)).toMatchObject({ thread: { type: 'create' }, messages: second.messages });
    expect(thread.recovers(refusal(404, 'thread_not_found'))).toBe(true);
    expect(thread.toSend(second)).toBe(second);
  });
});

describe('what a thread goes on from', () => {
  it.each<[string, object[]]>([
    ['no reply', []],
    ['a reply without its end', reply({ id: 'msg_1', content: ['1.'] }).slice(0, -1)],
    ['a reply without an id', reply({ id: '', content: ['1.'] })],
    ['an end alone', [{ type: 'message_stop' }]],
    ['a refusal', reply({ id: 'msg_1', content: ['1.'], stop_reason: 'refusal' })],
  ])('not from %s', (_what, events) => {
    const thread = createThread();
    thread.toSend(first);
    follow(thread, events);
    expect(thread.toSend(second)).toEqual({ ...second, thread: { type: 'create' } });
  });

  it('the last whole reply, however often the next one was begun', () => {
    const thread = createThread();
    answered(thread, first, 'msg_1');
    for (let n = 0; n < 3; n++) {
      expect(thread.toSend(second)).toMatchObject({ thread: { previous_message_id: 'msg_1' }, messages: [user('2?')] });
      follow(thread, reply({ id: 'msg_cut', content: ['2.'] }).slice(0, 4));
    }
  });

  it('changes neither the request nor its messages', () => {
    const thread = createThread();
    answered(thread, first, 'msg_1');
    const frozen = Object.freeze({ ...second, messages: Object.freeze(second.messages) });
    expect(thread.toSend(frozen)).not.toHaveProperty('system');
    expect(frozen).toEqual(second);
    expect(frozen).not.toHaveProperty('thread');
  });
});
