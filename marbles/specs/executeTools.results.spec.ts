import { lastValueFrom, Observable, of, toArray } from 'rxjs';
import { executeTools } from '../../src/index.js';
import type { RoundEvent, ToolContext } from '../../src/index.js';
import { added, claude, exactly, marble } from '../index.js';
import { fakeTool } from './support/fakeTool.js';
import { outputOf } from '../../test/support/outcome.js';

// What a tool returns, and what it becomes.
//
// w message_delta with stop_reason tool_use  m message_stop  K tool_call  S tool_start  P tool_progress
// W tool_result  X tool_result with is_error

/** Claude calls `weather` with K, which starts at S and is answered with W or X; `time` with L, and that is T and Y. */
const K = added.toolCall('toolu_1', 'weather');
const L = added.toolCall('toolu_2', 'time', {}, 1);
const calls = { K, L };
const S = added.toolStart(K);
const starts = { S: exactly(S), T: exactly(added.toolStart(L)) };

describe('an Observable', () => {
  /** The progress of P, Q and V. */
  const pieces = {
    P: exactly(added.toolProgress(K, 'a')),
    Q: exactly(added.toolProgress(K, 'b')),
    V: exactly(added.toolProgress(K, 'c')),
  };
  const nothing = { ...added.toolResult(K, '', 12), outcome: { _tag: 'Right' } };
  describe.each([
    {
      what: 'progress, then its last value',
      returned: '------a--b--(c|)',
      expected: '(KwS)mP--Q--(W|)',
      ran: '     ^-----------|   ',
      answer: { W: exactly(added.toolResult(K, 'c', 12)) },
    },
    {
      what: 'a last value known only later',
      returned: '------a--c--|   ',
      expected: '(KwS)mP--V--(W|)',
      ran: '     ^-----------|   ',
      answer: { W: exactly(added.toolResult(K, 'c', 12)) },
    },
    {
      what: 'all values in the tick of the end',
      returned: '------(abc|)    ',
      expected: '(KwS)m(PQW|)    ',
      ran: '     ^-----|         ',
      answer: { W: exactly(added.toolResult(K, 'c', 6)) },
    },
    {
      what: 'an error after progress',
      returned: '------a--b--#   ',
      expected: '(KwS)mP--Q--(X|)',
      ran: '     ^-----------#   ',
      answer: { X: exactly(added.toolFailure(K, 'Error: boom', undefined, 12)) },
    },
    {
      what: 'an error in the tick of a value',
      returned: '------(a#)      ',
      expected: '(KwS)m(X|)      ',
      ran: '     ^-----#         ',
      answer: { X: exactly(added.toolFailure(K, 'Error: boom', undefined, 6)) },
    },
    {
      what: 'no value',
      returned: '------------|   ',
      expected: '(KwS)m------(W|)',
      ran: '     ^-----------|   ',
      answer: { W: exactly(nothing) },
    },
  ])('with $what', ({ returned, expected, ran, answer }) => {
    marble(`${returned.trim()} gives ${expected.trim()}`, ({ events, tool, expectEvents, expectRuns }) => {
      const source = events('(Kw)-m|', calls);

      const weather = tool('weather', returned, { '#': 'boom' });
      expectEvents(source.pipe(executeTools([weather]))).toBe(expected, { ...calls, ...starts, ...pieces, ...answer });
      expectRuns(weather).toBe(ran);
    });
  });
});

describe('at once', () => {
  marble('a value: one tool after the other, none within another', ({ events, expectEvents }) => {
    const source = events('-K-L-(wm|)    ', calls);
    const expected = '     -K-L-(wSWTYm|)';

    const tools = [fakeTool('weather', () => 'sunny'), fakeTool('time', () => of('12:00'))];
    const results = { W: exactly(added.toolResult(K, 'sunny')), Y: exactly(added.toolResult(L, '12:00')) };
    const out = source.pipe(executeTools(tools, { concurrency: 1 }));
    expectEvents(out).toBe(expected, { ...calls, ...starts, ...results });
  });

  describe.each([
    ['an Error', new Error('boom'), 'Error: boom'],
    ['a string', 'boom', 'Error: boom'],
    ['undefined', undefined, 'Error: The tool failed without a message.'],
    ['null', null, 'Error: The tool failed without a message.'],
  ])('%s that is thrown', (_, thrown, content) => {
    marble('is an error result of that tool, and of no other', ({ events, tool, expectEvents }) => {
      const source = events('    (KLw)---m|   ', calls);
      const time = tool('time', '---------(r|)', { r: '12:00' });
      const expected = '         (KLwSXT)m(Y|)';

      const weather = fakeTool('weather', () => {
        throw thrown;
      });
      const results = {
        X: exactly(added.toolFailure(K, content)),
        Y: exactly(added.toolResult(L, '12:00', 9)),
      };
      expectEvents(source.pipe(executeTools([weather, time]))).toBe(expected, { ...calls, ...starts, ...results });
    });
  });

  describe.each([
    ['returned', () => unreadable(), '(KLwSWT)m(Y|)'],
    ['returned in a list', () => [unreadable()], '(KLwSWT)m(Y|)'],
    ['emitted by an Observable', () => of(unreadable()), '(KLwSWT)m(Y|)'],
    [
      'thrown',
      () => {
        throw unreadable();
      },
      '(KLwSXT)m(Y|)',
    ],
  ])('an object that throws when it is read, %s,', (_, run, expected) => {
    marble('does not fail the stream', ({ events, tool, expectEvents }) => {
      const source = events('    (KLw)---m|   ', calls);
      const time = tool('time', '---------(r|)', { r: '12:00' });

      const answer = { id: 'toolu_1', name: 'weather', duration: 0 };
      const results = { W: answer, X: answer, Y: exactly(added.toolResult(L, '12:00', 9)) };
      const out = source.pipe(executeTools([fakeTool('weather', run), time]));
      expectEvents(out).toBe(expected, { ...calls, ...starts, ...results });
    });
  });
});

describe('outside of virtual time', () => {
  const outcome = (run: (input: unknown, context: ToolContext) => unknown) =>
    lastValueFrom(
      of<RoundEvent[]>(K, claude.stop('tool_use')).pipe(executeTools([fakeTool('weather', run)]), toArray()),
    );
  const timeless = (events: RoundEvent[]) =>
    events.slice(2).map((event) => ('duration' in event ? { ...event, duration: 0 } : event));

  it('a promise', async () => {
    expect(timeless(await outcome(async () => 'sunny'))).toEqual([S, added.toolResult(K, 'sunny')]);
  });

  it('a promise that is rejected', async () => {
    const boom = new Error('boom');
    const events = timeless(await outcome(async () => Promise.reject(boom)));
    expect(events).toEqual([S, added.toolFailure(K, 'Error: boom')]);
  });

  it('a promise of an Observable', async () => {
    const events = timeless(await outcome(async () => of('a', 'sunny')));
    expect(events).toEqual([S, added.toolProgress(K, 'a'), added.toolResult(K, 'sunny')]);
  });

  it('an async iterable: progress, and its last value', async () => {
    const events = await outcome(async function* () {
      yield 'a';
      yield 'b';
    });
    expect(timeless(events)).toEqual([S, added.toolProgress(K, 'a'), added.toolResult(K, 'b')]);
  });

  it('an async iterable that fails', async () => {
    const events = await outcome(async function* () {
      yield 'a';
      await Promise.resolve();
      throw new Error('boom');
    });
    expect(events.at(-1)).toMatchObject({
      result: { content: 'Error: boom', is_error: true },
      outcome: { left: { _tag: 'Threw', name: 'Error', message: 'boom' } },
    });
  });

  it('an unsubscription: the iterator is closed, and a late rejection goes nowhere', async () => {
    const rejections: unknown[] = [];
    const note = (reason: unknown) => rejections.push(reason);
    process.on('unhandledRejection', note);
    let fail: (reason: unknown) => void = () => {};
    const returned = jest.fn(async () => ({ done: true as const, value: undefined }));
    const pending = { next: () => new Promise<never>(() => {}), return: returned };
    const tools = [
      fakeTool('weather', () => new Promise((_, reject) => (fail = reject))),
      fakeTool('time', () => ({ [Symbol.asyncIterator]: () => pending })),
    ];
    const source = new Observable<RoundEvent>((subscriber) => {
      for (const event of [K, L, claude.stop('tool_use')]) subscriber.next(event);
    });
    source.pipe(executeTools(tools)).subscribe().unsubscribe();

    expect(returned).toHaveBeenCalledTimes(1);
    fail(new Error('too late'));
    await new Promise(setImmediate);
    process.off('unhandledRejection', note);
    expect(rejections).toEqual([]);
  });
});

describe('what a tool is given', () => {
  it('is the decoded input, its call, the history, and a signal', () => {
    const run = jest.fn((_: unknown, { signal }: ToolContext) => signal.aborted);
    const messages = [{ role: 'user' as const, content: 'Hi' }];
    const call = added.toolCall('toolu_1', 'weather', { city: 'Berlin' });
    of<RoundEvent[]>(call, claude.stop('tool_use'))
      .pipe(executeTools([fakeTool('weather', run)], { messages }))
      .subscribe();
    expect(run).toHaveBeenCalledWith(
      { city: 'Berlin' },
      { call, messages, signal: expect.any(AbortSignal) as unknown, idempotencyKey: expect.any(String) as unknown },
    );
    expect(run).toHaveReturnedWith(false);
  });

  it('`maxResultChars` cuts what Claude is shown and nothing else; that of the tool goes first', () => {
    const tools = [fakeTool('weather', () => '123456'), fakeTool('time', () => '123456', { maxResultChars: 3 })];
    const contents: unknown[] = [];
    of<RoundEvent[]>(K, L, claude.stop('tool_use'))
      .pipe(executeTools(tools, { maxResultChars: 5 }))
      .subscribe((event) => {
        if (event.type === 'tool_result') contents.push(outputOf(event), event.result.content);
      });
    const cut = (shown: string) => `${shown}\n[cut: the first ${shown.length} of 6 characters]`;
    expect(contents).toEqual(['123456', cut('12345'), '123456', cut('123')]);
  });
});

/** An object whose fields throw when they are read. */
function unreadable(): object {
  const fail = () => {
    throw new Error('cannot be read');
  };
  return Object.defineProperties(
    {},
    Object.fromEntries(['type', 'message', 'text', 'toJSON'].map((field) => [field, { get: fail, enumerable: true }])),
  );
}
