import { toStandardJsonSchema } from '@valibot/to-json-schema';
import * as t from 'io-ts';
import { concat, EMPTY, NEVER, type Observable, of, Subject, take, throwError } from 'rxjs';
import * as v from 'valibot';
import { z } from 'zod';
import { defineTool, describe as described, jsonSchema, LimitError, validateWith } from '../src/index.js';
import { OptionError, ToolDefinitionError } from '../src/index.js';
import type { RoundEvent, Tool, ToolCallEvent } from '../src/index.js';
import { marble } from './kit/session/marble.js';
import { text } from './kit/alphabet/claudeEvents.js';
import { call, claude } from './support/alphabet.js';
import { fakeTool } from './support/fakeTool.js';
import { frozen } from './support/frozen.js';
import { observe } from './support/observe.js';
import { unhandledIn } from './support/unhandled.js';

// K and L are calls as Claude wrote them. R is a call with a Right, F one with a Left.
const values = frozen({ ...claude, K: call('k', { times: '3' }), L: call('k', { times: 'often' }), M: call('m') });

const count = new t.Type<number, string>(
  'Count',
  t.number.is,
  (text, context) => (text === '3' ? t.success(3) : t.failure(text, context)),
  String,
);
const times = described(count, { schema: { type: 'string' } });
const k = defineTool({ name: 'k', description: 'Repeats.', input: t.type({ times }), run: () => '' });

function decoded(event: ToolCallEvent, right: unknown): ToolCallEvent {
  return { ...event, input: { _tag: 'Right', right } };
}

marble('turns each tool_call into a Right with the decoded input or a Left', ({ hot, expectObservable }) => {
  const source = hot(' -s-K-t-L-w-m-|', values);
  const expected = '   -s-R-t-F-w-m-|';

  const message = expect.stringContaining('- times: expected') as unknown as string;
  const issues = [{ path: ['times'], expected: expect.any(String) as unknown as string, found: 'often' }];
  const left = { _tag: 'InvalidInput' as const, input: { times: 'often' }, issues, message };
  const F = { ...values.L, input: { _tag: 'Left' as const, left } };
  const out = source.pipe(validateWith([k]));
  expectObservable(out).toBe(expected, { ...values, R: decoded(values.K, { times: 3 }), F });
});

marble('names the tools there are when there is none of that name', ({ hot, expectObservable }) => {
  const source = hot(' -M-|', values);
  const expected = '   -F-|';

  const message = 'There is no tool `m` to run. The tools that can be run are: k.';
  const left = { _tag: 'UnknownTool' as const, input: {}, known: ['k'], message };
  const server = { type: 'web_search_20260101', name: 'm' } as never;
  const out = source.pipe(validateWith([k, server]));
  expectObservable(out).toBe(expected, { F: { ...values.M, input: { _tag: 'Left' as const, left } } });
});

marble('leaves a Left as it is', ({ hot, expectObservable }) => {
  const left = { _tag: 'InvalidJson' as const, text: '{', message: 'no JSON' };
  const broken = frozen({ K: { ...values.K, input: { _tag: 'Left' as const, left } } });
  const source = hot(' -K-|', broken);
  const expected = '   -K-|';

  expectObservable(source.pipe(validateWith([k]))).toBe(expected, broken);
});

describe('takes any schema', () => {
  const days = { type: 'object', properties: { days: { type: 'integer' } }, required: ['days'] } as const;
  const inputs = {
    'io-ts': t.type({ days: t.Int }),
    zod: z.object({ days: z.int() }),
    valibot: toStandardJsonSchema(v.object({ days: v.pipe(v.number(), v.integer()) })),
    jsonSchema: jsonSchema(days),
  };
  it.each(Object.entries(inputs))('%s', (_, input) => {
    const tool = defineTool({ name: 'k', description: 'Days.', input, run: () => '' });
    const { values: seen, end } = observe(
      of(call('k', { days: 2 }), call('k', { days: 'two' })).pipe(validateWith([tool])),
    );
    expect(end).toBe('complete');
    expect(seen).toMatchObject([
      { input: { _tag: 'Right', right: { days: 2 } } },
      { input: { _tag: 'Left', left: { _tag: 'InvalidInput', issues: [{ path: ['days'], found: 'two' }] } } },
    ]);
  });
});

it('refuses two tools of the same name at once', () => {
  expect(() => validateWith([k, k])).toThrow(ToolDefinitionError);
});

// A promise settles outside of virtual time: what an asynchronous schema does is seen in ordinary time.
describe('an asynchronous schema', () => {
  /** The tools `k` and `l`, whose checks wait until they are told what comes of them. */
  function pendingTools() {
    const checks: { pass: (value: unknown) => void; fail: (reason: unknown) => void }[] = [];
    const input = {
      '~standard': {
        version: 1 as const,
        vendor: 'test',
        validate: () =>
          new Promise<{ value: unknown }>((resolve, fail) => {
            checks.push({
              pass: (value) => {
                resolve({ value });
              },
              fail,
            });
          }),
      },
    };
    const input_schema = { type: 'object' as const };
    const tools: Tool[] = ['k', 'l'].map((name) =>
      defineTool({ name, description: 'Waits.', input, input_schema, run: () => '' }),
    );
    return { tools, checks };
  }
  const run = (source: Observable<RoundEvent>, more: Tool[] = []) => {
    const { tools, checks } = pendingTools();
    return { seen: observe(source.pipe(validateWith([...tools, ...more]))), checks };
  };
  const settled = () => new Promise(setImmediate);
  const { s, o, t: hi, w, p } = claude;
  const K = call('k');
  const L = call('l');

  it('holds back what comes behind its call, and keeps the order', async () => {
    const { seen, checks } = run(of(s, K, hi, w, p));
    await settled();
    expect(seen.values).toEqual([s]);
    checks[0]!.pass({ city: 'Berlin' });
    await settled();
    expect(seen.values).toEqual([s, decoded(K, { city: 'Berlin' }), hi, w, p]);
    expect(seen.end).toBe('complete');
  });

  it('checks one call after the other', async () => {
    const { seen, checks } = run(of(K, hi, L, w));
    await settled();
    expect(checks).toHaveLength(1);
    checks[0]!.pass(1);
    await settled();
    expect(seen.values).toEqual([decoded(K, 1), hi]);
    checks[1]!.pass(2);
    await settled();
    expect(seen.values).toEqual([decoded(K, 1), hi, decoded(L, 2), w]);
    expect(seen.end).toBe('complete');
  });

  it('does not hold back an error of the source', () => {
    const boom = new Error('boom');
    const { seen } = run(
      concat(
        of(K, hi),
        throwError(() => boom),
      ),
    );
    expect(seen).toMatchObject({ values: [], end: 'error', error: boom });
  });

  it('errors with what it rejects with', async () => {
    const boom = new Error('boom');
    const { seen, checks } = run(concat(of(s, K, hi), NEVER));
    checks[0]!.fail(boom);
    await settled();
    expect(seen.values).toEqual([s]);
    expect(seen.error).toBe(boom);
  });

  it('is ignored when it decides after the unsubscription', async () => {
    const { tools, checks } = pendingTools();
    const seen: RoundEvent[] = [];
    const source = concat(of(s, K, hi), EMPTY);
    source
      .pipe(validateWith(tools))
      .subscribe((event) => seen.push(event))
      .unsubscribe();
    checks[0]!.pass(1);
    await settled();
    expect(seen).toEqual([s]);
  });

  it('is not asked about what waits behind, when the subscriber leaves', async () => {
    const { tools, checks } = pendingTools();
    const seen = observe(of<RoundEvent[]>(K, L).pipe(validateWith(tools), take(1)));
    checks[0]!.pass(1);
    await settled();
    expect(seen).toMatchObject({ values: [decoded(K, 1)], end: 'complete' });
    expect(checks).toHaveLength(1);
  });

  it('has 60 s to decide, or the input counts as not valid; it leaves no timer behind', async () => {
    jest.useFakeTimers();
    const { seen } = run(concat(of(K), NEVER));
    jest.advanceTimersByTime(59_999);
    expect(seen.end).toBeUndefined();
    jest.advanceTimersByTime(1);
    expect(seen.end).toBeUndefined();
    expect(seen.values).toMatchObject([{ type: 'tool_call', input: { left: { _tag: 'InvalidInput' } } }]);
    const unsubscribed = of<RoundEvent[]>(K).pipe(validateWith(pendingTools().tools)).subscribe();
    expect(jest.getTimerCount()).toBe(1);
    unsubscribed.unsubscribe();
    expect(jest.getTimerCount()).toBe(0);
    jest.useRealTimers();
  });

  describe('keeps what waits for it within bounds:', () => {
    const piece = text('x'.repeat(30), 2);
    /** A call that is being checked, and these events behind it. */
    const wait = (maxBufferedChars: number, ...events: RoundEvent[]) => {
      const { tools, checks } = pendingTools();
      const source = new Subject<RoundEvent>();
      const seen = observe(source.pipe(validateWith(tools, { maxBufferedChars })));
      for (const event of [K, ...events]) source.next(event);
      return { seen, checks, source };
    };
    /** What that fails with at once; `undefined` when it does not. */
    const failure = (maxBufferedChars: number, ...events: RoundEvent[]): unknown => {
      const { seen, source } = wait(maxBufferedChars, ...events);
      const { error } = seen;
      source.error('the test is over');
      return error;
    };

    it('a piece of text counts its length, and at least 10; an event without text 100', () => {
      expect(failure(30, piece)).toBeUndefined();
      expect(failure(29, piece)).toMatchObject({ limit: 'maxBufferedChars', maximum: 29, found: 30 });
      expect(failure(10, text('x'))).toBeUndefined();
      expect(failure(9, text('x'))).toMatchObject({ found: 10 });
      expect(failure(100, p)).toBeUndefined();
      expect(failure(99, p)).toMatchObject({ found: 100 });
      expect(failure(140, p, piece, text('x'))).toBeUndefined();
    });

    it('fails beyond them, lets go of the source, and what waits is dropped', async () => {
      const { seen, checks, source } = wait(100, piece, piece, piece, piece, piece);
      const what = 'Too many characters wait for an asynchronous schema to decide';
      const error = new LimitError('maxBufferedChars', 100, what, { found: 120, remedy: 'decide faster' });
      expect(seen).toMatchObject({ values: [], end: 'error' });
      expect(seen.error).toEqual(error);
      expect(source.observed).toBe(false);
      checks[0]!.pass(1);
      await settled();
      expect(seen.values).toEqual([]);
    });

    it('counts only what waits now', async () => {
      const { seen, checks, source } = wait(100, piece, piece, piece);
      checks[0]!.pass(1);
      await settled();
      for (const event of [piece, piece, piece, piece, L, piece, piece, piece]) source.next(event);
      await settled();
      expect(seen.end).toBeUndefined();
      checks[1]!.pass(2);
      await settled();
      source.complete();
      expect(seen).toMatchObject({ values: { length: 12 }, end: 'complete' });
    });

    it.each([0, -1, 1.5, NaN, '5', null])('refuses %p at once', (maxBufferedChars) => {
      const refusing = () => validateWith([], { maxBufferedChars: maxBufferedChars as number });
      expect(refusing).toThrow(OptionError);
      expect(refusing).toThrow('validateWith.maxBufferedChars');
    });
  });

  it('lets a schema behind it that throws fail the stream, as it would elsewhere', async () => {
    const boom = new Error('boom');
    const decode = () => {
      throw boom;
    };
    const { seen, checks } = run(concat(of(K, call('m'), o), NEVER), [fakeTool('m', () => '', { decode })]);
    const reported = await unhandledIn(() => {
      checks[0]!.pass(1);
    });
    expect(reported).toEqual([]);
    expect(seen).toMatchObject({ values: [decoded(K, 1)], end: 'error', error: boom });
  });

  it('keeps the order even when an event makes the source emit', async () => {
    const { tools, checks } = pendingTools();
    const source = new Subject<RoundEvent>();
    const seen: RoundEvent[] = [];
    source.pipe(validateWith(tools)).subscribe((event) => {
      seen.push(event);
      if (event.type === 'tool_call') source.next(p);
    });
    source.next(K);
    source.next(hi);
    checks[0]!.pass(1);
    await settled();
    expect(seen).toEqual([decoded(K, 1), hi, p]);
  });
});
