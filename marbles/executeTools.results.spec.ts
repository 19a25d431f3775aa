import { lastValueFrom, map, Observable, of, toArray } from 'rxjs';
import { executeTools } from '../src/index.js';
import type { RoundEvent, ToolContext } from '../src/index.js';
import { marble } from './kit/session/marble.js';
import { call, claude, failure, letterOf, ours, progress, result } from './support/alphabet.js';
import { fakeTool } from './support/fakeTool.js';

// What becomes of what a tool returns: K calls the tool k, S says that it starts, P Q R are progress, W is its result.
const values = { ...claude, ...ours };

describe('an Observable', () => {
  const c = result('k', 'c', 12);
  const nothing = { ...result('k', '', 12), output: undefined };
  describe.each([
    ['progress, then its last value', '     ------a--b--(c|)', '(KwS)mP--Q--(W|)', c],
    ['a last value known only later', '     ------a--c--|   ', '(KwS)mP--R--(W|)', c],
    ['all values in the tick of the end', ' ------(abc|)    ', '(KwS)m(PQW|)    ', result('k', 'c', 6)],
    [
      'an error after progress',
      '           ------a--b--#   ',
      '(KwS)mP--Q--(W|)',
      failure('k', 'Error: boom', 'boom', 12),
    ],
    [
      'an error in the tick of a value',
      '   ------(a#)      ',
      '(KwS)m(W|)      ',
      failure('k', 'Error: boom', 'boom', 6),
    ],
    ['no value', '                          ------------|   ', '(KwS)m------(W|)', nothing],
  ])('with %s', (_, tool, expected, answer) => {
    marble(`${tool.trim()} gives ${expected.trim()}`, ({ cold, hot, expectObservable, expectSubscriptions }) => {
      const source = hot('(Kw)-m|', values);
      const k = cold(tool, undefined, 'boom');

      const pieces = { P: progress('k', 'a'), Q: progress('k', 'b'), R: progress('k', 'c'), W: answer };
      expectObservable(source.pipe(executeTools([fakeTool('k', () => k)]))).toBe(expected, { ...values, ...pieces });
      expectSubscriptions(k.subscriptions).toBe(`^ ${answer.duration - 1}ms !`);
    });
  });
});

describe('at once', () => {
  marble('a value: one tool after the other, none within another', ({ hot, expectObservable }) => {
    const source = hot('-K-L-(wm|)    ', values);
    const expected = '  -K-L-(wSWTXm|)';

    const tools = [fakeTool('k', () => 'one'), fakeTool('l', () => of('two'))];
    const results = { W: result('k', 'one'), X: result('l', 'two') };
    expectObservable(source.pipe(executeTools(tools, { concurrency: 1 }))).toBe(expected, { ...values, ...results });
  });

  describe.each([
    ['an Error', new Error('boom'), 'Error: boom'],
    ['a string', 'boom', 'Error: boom'],
    ['undefined', undefined, 'Error: The tool failed without saying why.'],
    ['null', null, 'Error: The tool failed without saying why.'],
  ])('%s that is thrown', (_, thrown, content) => {
    marble('is an error result of that tool, and of no other', ({ cold, hot, expectObservable }) => {
      const source = hot('(KLw)---m|   ', values);
      const l = cold('    ---------(r|)');
      const expected = '  (KLwSWT)m(X|)';

      const run = () => {
        throw thrown;
      };
      const results = { W: failure('k', content, thrown), X: result('l', 'r', 9) };
      const out = source.pipe(executeTools([fakeTool('k', run), fakeTool('l', () => l)]));
      expectObservable(out).toBe(expected, { ...values, ...results });
    });
  });

  describe.each([
    ['returned', () => unreadable()],
    ['returned in a list', () => [unreadable()]],
    ['emitted by an Observable', () => of(unreadable())],
    [
      'thrown',
      () => {
        throw unreadable();
      },
    ],
  ])('an object that throws when it is read, %s,', (_, run) => {
    marble('does not fail the stream', ({ cold, hot, expectObservable }) => {
      const source = hot('(KLw)---m|   ', values);
      const l = cold('    ---------(r|)');
      const expected = '  (KLwSWT)m(X|)';

      const out = source.pipe(executeTools([fakeTool('k', run), fakeTool('l', () => l)]));
      expectObservable(out.pipe(map(letterOf))).toBe(expected);
    });
  });
});

describe('outside of virtual time', () => {
  const outcome = (run: (input: unknown, context: ToolContext) => unknown) =>
    lastValueFrom(of<RoundEvent[]>(ours.K, claude.w).pipe(executeTools([fakeTool('k', run)]), toArray()));
  const timeless = (events: RoundEvent[]) =>
    events.slice(2).map((event) => ('duration' in event ? { ...event, duration: 0 } : event));

  it('a promise', async () => {
    expect(timeless(await outcome(async () => 'r'))).toEqual([ours.S, result('k', 'r')]);
  });

  it('a promise that is rejected', async () => {
    const boom = new Error('boom');
    const events = timeless(await outcome(async () => Promise.reject(boom)));
    expect(events).toEqual([ours.S, failure('k', 'Error: boom', boom)]);
  });

  it('a promise of an Observable', async () => {
    const events = timeless(await outcome(async () => of('a', 'r')));
    expect(events).toEqual([ours.S, progress('k', 'a'), result('k', 'r')]);
  });

  it('an async iterable: progress, and its last value', async () => {
    const events = await outcome(async function* () {
      yield 'a';
      yield 'b';
    });
    expect(timeless(events)).toEqual([ours.S, progress('k', 'a'), result('k', 'b')]);
  });

  it('an async iterable that fails', async () => {
    const events = await outcome(async function* () {
      yield 'a';
      await Promise.resolve();
      throw new Error('boom');
    });
    expect(events.at(-1)).toMatchObject({ result: { content: 'Error: boom', is_error: true }, output: undefined });
  });

  it('an unsubscription: the iterator is let go of, and a late rejection goes nowhere', async () => {
    const rejections: unknown[] = [];
    const note = (reason: unknown) => rejections.push(reason);
    process.on('unhandledRejection', note);
    let fail: (reason: unknown) => void = () => {};
    const returned = jest.fn(async () => ({ done: true as const, value: undefined }));
    const pending = { next: () => new Promise<never>(() => {}), return: returned };
    const tools = [
      fakeTool('k', () => new Promise((_, reject) => (fail = reject))),
      fakeTool('l', () => ({ [Symbol.asyncIterator]: () => pending })),
    ];
    const source = new Observable<RoundEvent>((subscriber) => {
      for (const event of [ours.K, ours.L, claude.w]) subscriber.next(event);
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
    const K = call('k', { city: 'Berlin' });
    of<RoundEvent[]>(K, claude.w)
      .pipe(executeTools([fakeTool('k', run)], { messages }))
      .subscribe();
    expect(run).toHaveBeenCalledWith(
      { city: 'Berlin' },
      { call: K, messages, signal: expect.any(AbortSignal) as unknown, idempotencyKey: expect.any(String) as unknown },
    );
    expect(run).toHaveReturnedWith(false);
  });

  it('`maxResultChars` cuts what Claude is shown and nothing else; that of the tool goes first', () => {
    const tools = [fakeTool('k', () => '123456'), fakeTool('l', () => '123456', { maxResultChars: 3 })];
    const contents: unknown[] = [];
    of<RoundEvent[]>(ours.K, ours.L, claude.w)
      .pipe(executeTools(tools, { maxResultChars: 5 }))
      .subscribe((event) => {
        if (event.type === 'tool_result') contents.push(event.output, event.result.content);
      });
    const cut = (shown: string) => `${shown}\n[cut: 6 characters in all, the first ${shown.length} are shown]`;
    expect(contents).toEqual(['123456', cut('12345'), '123456', cut('123')]);
  });
});

/** An object each of whose fields throws when it is read. */
function unreadable(): object {
  const fail = () => {
    throw new Error('cannot be read');
  };
  return Object.defineProperties(
    {},
    Object.fromEntries(['type', 'message', 'text', 'toJSON'].map((field) => [field, { get: fail, enumerable: true }])),
  );
}
