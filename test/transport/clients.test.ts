/** Clients of every shape: all that `messages.create` may give back. */
import { concat, from, NEVER, Observable, of, take, throwError } from 'rxjs';
import { claudeStream, converse } from 'rxclaude';
import type { ClaudeClient, ClaudeEvent } from 'rxclaude';
import { watchRejections } from '../conformance/support/rejections.js';
import type { RejectionWatch } from '../conformance/support/rejections.js';
import { pause, run, start } from '../conformance/support/run.js';
import { question } from '../conformance/support/talk.js';
import { echo } from '../conformance/support/tools.js';
import { callsReply, textReply } from '../support/replies.js';
import { tagged } from '../support/errors.js';

const answer = textReply(['It ', 'is ', 'noon.']) as ClaudeEvent[];

let watch: RejectionWatch;
beforeEach(() => {
  watch = watchRejections();
});
afterEach(async () => {
  expect(await watch.seen()).toEqual([]);
});

type Create = (params: Record<string, unknown>, options: { readonly signal: AbortSignal }) => unknown;
const client = (create: Create): ClaudeClient => ({ messages: { create: create as never } });

async function* generate(events: readonly ClaudeEvent[], milliseconds = 0): AsyncGenerator<ClaudeEvent> {
  for (const event of events) {
    if (milliseconds > 0) await pause(milliseconds);
    yield event;
  }
}

/** Counts how often an iterator was let go of. */
function watched(events: readonly ClaudeEvent[], then: 'end' | 'hang' | 'reject' = 'end') {
  const calls = { next: 0, return: 0 };
  const values = [...events];
  const iterator: AsyncIterator<ClaudeEvent> = {
    next: async () => {
      calls.next++;
      const value = values.shift();
      if (value !== undefined) return { done: false, value };
      if (then === 'reject') throw new TypeError('terminated');
      return then === 'hang' ? new Promise(() => undefined) : { done: true, value: undefined };
    },
    return: async () => {
      calls.return++;
      return { done: true, value: undefined };
    },
  };
  return { calls, iterable: { [Symbol.asyncIterator]: () => iterator } };
}

describe('what works', () => {
  const shapes: readonly [what: string, create: Create][] = [
    ['a promise of an async iterable', async () => generate(answer)],
    ['a promise of an async iterable that takes its time', async () => pause(5).then(() => generate(answer, 1))],
    ['an async iterable', () => generate(answer)],
    [
      'a thenable of an async iterable',
      () => ({
        then: (resolve: (value: unknown) => void) => {
          resolve(generate(answer));
        },
      }),
    ],
    ['an Observable', () => from(answer)],
    ['a promise of an Observable', async () => from(answer)],
    ['an async iterable that is a class', () => watched(answer).iterable],
  ];

  it.each(shapes)('%s', async (_what, create) => {
    const { events, error, completed } = await run(claudeStream(client(create), question));
    expect(error).toBeUndefined();
    expect(completed).toBe(true);
    expect(events).toEqual(answer);
  });

  it('each subscription asks anew, with `stream: true` and a signal of its own', async () => {
    const asked: [Record<string, unknown>, AbortSignal][] = [];
    const stream = claudeStream(
      client((params, { signal }) => {
        asked.push([params, signal]);
        return from(answer);
      }),
      { ...question, tools: [echo] },
    );
    await run(stream);
    await run(stream);
    expect(asked.map(([params]) => params['stream'])).toEqual([true, true]);
    expect(asked[0]![0]['tools']).toEqual([echo.definition]);
    expect(asked[0]![1]).not.toBe(asked[1]![1]);
  });

  it('the same client in a whole conversation', async () => {
    const script = [callsReply({ id: 't1', name: 'echo' }), answer] as ClaudeEvent[][];
    const { events, error } = await run(
      converse(
        client(async () => generate(script.shift()!)),
        { ...question, tools: [echo] },
      ),
    );
    expect(error).toBeUndefined();
    expect(events.at(-1)).toMatchObject({
      type: 'conversation_end',
      reason: 'finished',
      stop_reason: 'end_turn',
      rounds: 2,
    });
  });

  it('a client of its own `this`', async () => {
    class Messages {
      readonly #events = answer;
      create(): Observable<ClaudeEvent> {
        return from(this.#events);
      }
    }
    const { events } = await run(claudeStream({ messages: new Messages() }, question));
    expect(events).toEqual(answer);
  });

  it('a Bedrock-like content type goes the way of the SDK', async () => {
    const body = new ReadableStream();
    const response = new Response(body, { headers: { 'content-type': 'application/vnd.amazon.eventstream' } });
    const reply = Object.assign(Promise.resolve(generate(answer)), {
      withResponse: async () => ({ data: generate(answer), response }),
    });

    const { events, error } = await run(
      claudeStream(
        client(() => reply),
        question,
      ),
    );

    expect(error).toBeUndefined();
    expect(events).toEqual(answer);
    expect(body.locked).toBe(false);
  });
});

describe('what does not', () => {
  const message = { type: 'message', role: 'assistant', content: [], stop_reason: 'end_turn' };
  const failures: readonly [what: string, create: Create, kind: unknown][] = [
    ['a promise of a Message', async () => message, tagged('UnexpectedResponseError')],
    ['a Message', () => message, tagged('UnexpectedResponseError')],
    ['nothing', () => undefined, tagged('UnexpectedResponseError')],
    ['null', async () => null, tagged('UnexpectedResponseError')],
    ['a string', async () => 'data: {}', tagged('UnexpectedResponseError')],
    ['a promise of nothing at all', async () => undefined, tagged('UnexpectedResponseError')],
    [
      'a create that throws',
      () => {
        throw new RangeError('max_tokens');
      },
      expect.any(RangeError),
    ],
    ['a create that rejects', async () => Promise.reject(new RangeError('later')), expect.any(RangeError)],
    ['an iterable that throws', () => watched(answer.slice(0, 3), 'reject').iterable, expect.any(TypeError)],
    [
      'an Observable that errors',
      () =>
        concat(
          of(...answer.slice(0, 3)),
          throwError(() => new RangeError('x')),
        ),
      expect.any(RangeError),
    ],
    ['an iterable that ends too early', () => generate(answer.slice(0, -1)), tagged('TruncatedStreamError')],
    ['an empty iterable', () => generate([]), tagged('TruncatedStreamError')],
    ['an Observable that completes too early', () => from(answer.slice(0, -1)), tagged('TruncatedStreamError')],
    ['an iterable of two messages', () => generate([...answer, ...answer]), tagged('ProtocolError')],
    ['an Observable of two messages', () => from([...answer, ...answer]), tagged('ProtocolError')],
    ['an iterable of other things', () => generate(['text' as never]), tagged('ProtocolError')],
    [
      'an object whose iterator cannot be made',
      () => ({
        [Symbol.asyncIterator]: () => {
          throw new RangeError('x');
        },
      }),
      expect.any(RangeError),
    ],
  ];

  it.each(failures)('%s', async (_what, create, kind) => {
    const { error, completed } = await run(claudeStream(client(create), question));
    expect(completed).toBe(false);
    expect(error).toEqual(kind);
  });

  it('an iterable is let go of when its events are refused', async () => {
    const { calls, iterable } = watched([...answer, ...answer], 'hang');
    const { error } = await run(
      claudeStream(
        client(() => iterable),
        question,
      ),
    );
    expect(error).toEqual(tagged('ProtocolError'));
    expect(calls.return).toBe(1);
  });
});

describe('unsubscribing', () => {
  it('lets go of an async iterable at once, and aborts the signal', async () => {
    const { calls, iterable } = watched(answer.slice(0, 3), 'hang');
    const signals: AbortSignal[] = [];
    const running = start(
      claudeStream(
        client((_params, { signal }) => (signals.push(signal), iterable)),
        question,
      ),
    );
    await running.until(() => running.events.length === 3);

    running.subscription.unsubscribe();

    expect(calls.return).toBe(1);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  });

  it('before the promise settles: what it brings is not read', async () => {
    const { calls, iterable } = watched(answer);
    const running = start(
      claudeStream(
        client(async () => pause(10).then(() => iterable)),
        question,
      ),
    );
    running.subscription.unsubscribe();
    await pause(30);
    expect(calls.next).toBe(0);
    expect(running.events).toEqual([]);
  });

  it('before the promise rejects: the rejection goes nowhere', async () => {
    const create = async () => pause(5).then(() => Promise.reject(new Error('late')));
    start(claudeStream(client(create), question)).subscription.unsubscribe();
    await pause(20);
  });

  it('unsubscribes from an Observable, also from within next', async () => {
    let open = 0;
    const source = new Observable<ClaudeEvent>((out) => {
      open++;
      const inner = concat(from(answer.slice(0, 4)), NEVER).subscribe(out);
      return () => {
        open--;
        inner.unsubscribe();
      };
    });
    const running = start(
      claudeStream(
        client(() => source),
        question,
      ),
    );
    expect(running.events).toHaveLength(4);
    running.subscription.unsubscribe();
    expect(open).toBe(0);
  });

  it('a synchronous Observable stops when its reader has had enough', async () => {
    let emitted = 0;
    const source = new Observable<ClaudeEvent>((out) => {
      for (const event of answer) {
        if (out.closed) return;
        emitted++;
        out.next(event);
      }
    });
    const { events } = await run(
      claudeStream(
        client(() => source),
        question,
      ).pipe(take(2)),
    );
    expect(events).toHaveLength(2);
    expect(emitted).toBe(2);
  });
});
