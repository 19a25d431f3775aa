import { toStandardJsonSchema } from '@valibot/to-json-schema';
import * as t from 'io-ts';
import { concat, EMPTY, NEVER, type Observable, of, Subject, take, throwError } from 'rxjs';
import * as v from 'valibot';
import { z } from 'zod';
import { defineTool, describeCodec as described, jsonSchema, validateWith } from '../../src/index.js';
import type { RoundEvent, Tool, ToolCallEvent, ToolInputError } from '../../src/index.js';
import { added, claude, exactly, marble } from '../index.js';
import { fakeTool } from './support/fakeTool.js';
import { observe } from './support/observe.js';
import { unhandledIn } from './support/unhandled.js';
import { limitError, tagged } from '../../test/support/errors.js';

// A call goes in as Claude wrote it, and comes out with the decoded input, or with what is wrong with it.
//
// s message_start  t text  w message_delta with stop_reason tool_use  m message_stop  K tool_call

const count = new t.Type<number, string>(
  'Count',
  t.number.is,
  (text, context) => (text === '3' ? t.success(3) : t.failure(text, context)),
  String,
);
const times = described(count, { schema: { type: 'string' } });
const repeat = defineTool({ name: 'repeat', description: 'Repeats.', input: t.type({ times }), run: () => '' });

/** The call with its input as the schema makes it. */
function decoded(call: ToolCallEvent, right: unknown): ToolCallEvent {
  return { ...call, input: { _tag: 'Right', right } };
}

/** The call with what is wrong with its input. */
function refused(call: ToolCallEvent, left: ToolInputError): ToolCallEvent {
  return { ...call, input: { _tag: 'Left', left } };
}

marble('turns each tool_call into a Right with the decoded input or a Left', ({ events, expectEvents }) => {
  const K = added.toolCall('toolu_1', 'repeat', { times: '3' });
  const L = added.toolCall('toolu_2', 'repeat', { times: 'often' });
  const source = events('-s-K-t-L-w-m-|', { K, L });
  const expected = '     -s-K-t-L-w-m-|';

  const message = expect.stringContaining('- times: expected') as unknown as string;
  const issues = [{ path: ['times'], expected: expect.any(String) as unknown as string, found: 'often' }];
  const wrong: ToolInputError = { _tag: 'InvalidInput', input: { times: 'often' }, issues, message };
  const checked = { K: exactly(decoded(K, { times: 3 })), L: exactly(refused(L, wrong)) };
  expectEvents(source.pipe(validateWith([repeat]))).toBe(expected, checked);
});

marble('names the tools there are when there is none of that name', ({ events, expectEvents }) => {
  const K = added.toolCall('toolu_1', 'play');
  const source = events('-K-|', { K });
  const expected = '     -K-|';

  const message = 'Tool `play` is not available here. Available: repeat.';
  const unknown: ToolInputError = { _tag: 'UnknownTool', input: {}, known: ['repeat'], message };
  const server = { type: 'web_search_20260101', name: 'play' } as never;
  const out = source.pipe(validateWith([repeat, server]));
  expectEvents(out).toBe(expected, { K: exactly(refused(K, unknown)) });
});

marble('leaves a Left as it is', ({ events, expectEvents }) => {
  const garbled: ToolInputError = { _tag: 'InvalidJson', text: '{', message: 'no JSON' };
  const K = refused(added.toolCall('toolu_1', 'repeat'), garbled);
  const source = events('-K-|', { K });
  const expected = '     -K-|';

  expectEvents(source.pipe(validateWith([repeat]))).toBe(expected, { K: exactly(K) });
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
    const tool = defineTool({ name: 'forecast', description: 'Days.', input, run: () => '' });
    const calls = of(
      added.toolCall('toolu_1', 'forecast', { days: 2 }),
      added.toolCall('toolu_2', 'forecast', { days: 'two' }),
    );
    const { values: seen, end } = observe(calls.pipe(validateWith([tool])));
    expect(end).toBe('complete');
    expect(seen).toMatchObject([
      { input: { _tag: 'Right', right: { days: 2 } } },
      { input: { _tag: 'Left', left: { _tag: 'InvalidInput', issues: [{ path: ['days'], found: 'two' }] } } },
    ]);
  });
});

it('refuses two tools of the same name at once', () => {
  expect(() => validateWith([repeat, repeat])).toThrow(tagged('ToolDefinitionError'));
});

// A promise settles outside of virtual time: what an asynchronous schema does is seen in ordinary time.
describe('an asynchronous schema', () => {
  /** The tools `weather` and `time`, whose checks wait until they are told what comes of them. */
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
    const tools: Tool[] = ['weather', 'time'].map((name) =>
      defineTool({ name, description: 'Waits.', input, input_schema, run: () => '' }),
    );
    return { tools, checks };
  }
  const run = (source: Observable<RoundEvent>, more: Tool[] = []) => {
    const { tools, checks } = pendingTools();
    return { seen: observe(source.pipe(validateWith([...tools, ...more]))), checks };
  };
  const settled = () => new Promise(setImmediate);
  const [s, o, hi, w, p] = [
    claude.messageStart(),
    claude.textStart(0),
    claude.text('Hi', 0),
    claude.stop('tool_use'),
    claude.ping(),
  ];
  const K = added.toolCall('toolu_1', 'weather');
  const L = added.toolCall('toolu_2', 'time');

  it('delays what comes after its call, and keeps the order', async () => {
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

  it('does not delay an error of the source', () => {
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

  it('is not asked about what waits when the subscriber leaves', async () => {
    const { tools, checks } = pendingTools();
    const seen = observe(of<RoundEvent[]>(K, L).pipe(validateWith(tools), take(1)));
    checks[0]!.pass(1);
    await settled();
    expect(seen).toMatchObject({ values: [decoded(K, 1)], end: 'complete' });
    expect(checks).toHaveLength(1);
  });

  it('has 60 s to decide, or the input counts as not valid; it leaves no timer', async () => {
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
    const piece = claude.text('x'.repeat(30), 2);
    /** A call that is being checked, and these events after it. */
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
      expect(failure(10, claude.text('x', 0))).toBeUndefined();
      expect(failure(9, claude.text('x', 0))).toMatchObject({ found: 10 });
      expect(failure(100, p)).toBeUndefined();
      expect(failure(99, p)).toMatchObject({ found: 100 });
      expect(failure(140, p, piece, claude.text('x', 0))).toBeUndefined();
    });

    it('fails beyond them, unsubscribes from the source, and drops what waits', async () => {
      const { seen, checks, source } = wait(100, piece, piece, piece, piece, piece);
      const what = 'Too many characters wait for an asynchronous schema';
      const error = limitError('maxBufferedChars', 100, what, { found: 120, remedy: 'decide faster' });
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
      expect(refusing).toThrow(tagged('OptionError'));
      expect(refusing).toThrow('validateWith.maxBufferedChars');
    });
  });

  it('lets a later schema that throws fail the stream, as it would elsewhere', async () => {
    const boom = new Error('boom');
    const decode = () => {
      throw boom;
    };
    const { seen, checks } = run(concat(of(K, added.toolCall('toolu_3', 'broken'), o), NEVER), [
      fakeTool('broken', () => '', { decode }),
    ]);
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
