import { concat, NEVER, of, tap, throwError, timer } from 'rxjs';
import {
  added,
  claude,
  DiagramError,
  exactly,
  inTurn,
  marble,
  MarbleError,
  type MarbleHelpers,
  runMarble,
} from '../../marbles/index.js';
import { failureOf, messageOf } from './support/failureOf.js';

describe('expectEvents', () => {
  marble('takes what the test gives for a letter: fields, several events, matchers, functions', (helpers) => {
    const { events, expectEvents } = helpers;
    const source = events('-[ab]-c-d-|', {
      a: claude.text('a'),
      b: claude.text('b'),
      c: claude.text('c'),
      d: claude.text('d'),
    });
    const expected = '     -j-a-l-|';

    expectEvents(source).toBe(expected, {
      j: [{ delta: { text: 'a' } }, claude.text('b')],
      a: expect.objectContaining({ index: 0 }),
      l: (event: unknown) => JSON.stringify(event).includes('"d"'),
    });
  });

  it('holds on to what a letter of the legend means where only fields are given', () => {
    const swapped = (values: Record<string, unknown>) => () => {
      runMarble(({ events, expectEvents }) => {
        const K = added.toolCall('toolu_1', 'add');
        expectEvents(events('[KS]|', { K, S: added.toolStart(K) })).toBe('[SK]|', values);
      });
    };
    const fields = { S: { name: 'add' }, K: { name: 'add' } };
    expect(swapped(fields)).toThrow(
      'At 0 ms: `S` (tool_start, {"name":"add"}) was expected, but `K` (tool_call of add (toolu_1)) came. `S` is a letter of the legend: for another event, use another letter or give a `type`.',
    );
    expect(swapped({ S: { type: 'tool_call' }, K: { type: 'tool_start' } })).not.toThrow();
  });

  marble('takes another value for a letter each time', ({ reply, expectEvents }) => {
    const source = reply('t-t-t|', { t: inTurn(claude.text('a'), claude.text('b')) });
    expectEvents(source).toBe('t-t-t|', { t: inTurn(claude.text('a'), claude.text('b')) });
  });

  marble('compares in full what is asked for in full', ({ reply, expectEvents }) => {
    const source = reply('t|', { t: claude.text('a') });
    expectEvents(source).toBe('t|', { t: { delta: exactly({ type: 'text_delta', text: 'a' }) } });
  });

  it('and says what is too much', () => {
    const message = messageOf(({ reply, expectEvents }) => {
      expectEvents(reply('t|', { t: claude.text('a') })).toBe('t|', { t: { delta: exactly({ type: 'text_delta' }) } });
    });
    expect(message).toContain('`delta.text` should be undefined, and is "a".');
  });

  it('looks into the matchers of the framework for what differs', () => {
    const message = messageOf(({ reply, expectEvents }) => {
      const t = expect.objectContaining({ delta: { text: expect.stringContaining('b') as unknown } }) as unknown;
      expectEvents(reply('t|', { t: claude.text('a') })).toBe('t|', { t });
    });
    expect(message).toContain('`delta.text` should be StringContaining "b", and is "a".');
  });

  it('plays frozen events', () => {
    const message = messageOf(({ reply, expectEvents }) => {
      const spoilt = reply('s-t|').pipe(tap((event) => Object.assign(event, { spoilt: true })));
      expectEvents(spoilt).toBe('s-t|');
    });
    expect(message).toContain('the error TypeError: Cannot add property spoilt');
  });

  marble('takes letters that are no letters', ({ events, expectEvents }) => {
    const source = events('-1-é-😀-(*2)|', {
      1: claude.text('a'),
      é: claude.text('b'),
      '😀': claude.text('c'),
      '*': claude.text('d'),
      2: claude.text('e'),
    });
    const expected = '     -1-é-t-(t2)|';

    expectEvents(source).toBe(expected, {
      1: { delta: { text: 'a' } },
      é: { delta: { text: 'b' } },
      2: claude.text('e'),
    });
  });

  marble('takes a picture with no lane but the result: then nothing is said of lanes', ({ events, expectEvents }) => {
    const K = added.toolCall('toolu_1', 'add');
    const source = events('-K-[Ss]--|', { K, S: added.toolStart(K), s: claude.messageStart() });

    expectEvents(source).toBe('result  -K-[Ss]--|');
    expectEvents(source).toBe('\n  ms      0  3\n  result  -K-[Ss]--|\n');
  });

  it('takes the line of a failure that shows what came, with its label', () => {
    const run = (diagram: string) => (helpers: MarbleHelpers) => {
      helpers.expectEvents(helpers.reply('-s-[ot]--|')).toBe(diagram);
    };
    const line = /^ {2}actual .*$/m.exec(messageOf(run('-s-|')))?.[0] ?? '';
    expect(line).toBe('  actual    -s-[ot]--|');
    expect(() => {
      runMarble(run(line));
    }).not.toThrow();
  });

  marble('sees a stream that does not end, and one that it leaves', ({ expectEvents, reply }) => {
    expectEvents(concat(of(claude.text('a')), NEVER)).toBe('t');
    expectEvents(NEVER).toBe('-');
    expectEvents(reply('-t-t-t|'), '--^--!').toBe('---t-');
  });

  marble('compares errors by what the test gives, and else takes any', ({ expectEvents }) => {
    const failing = throwError(() => Object.assign(new TypeError('boom'), { code: 5 }));
    expectEvents(failing).toBe('#');
    expectEvents(failing).toBe('#', { '#': new TypeError('boom') });
    expectEvents(failing).toBe('#', { '#': { code: 5 } });
  });

  marble('rounds times to the millisecond', ({ expectEvents }) => {
    expectEvents(timer(2.4)).toBe('--(u|)');
  });

  marble('may be told several things of one stream', ({ reply, expectEvents, flush }) => {
    const expectation = expectEvents(reply('s-t|'));
    expectation.toBe('s-t|');
    expectation.toBe('s-t|', { t: claude.text('text') });
    flush();
    expectation.toBe('s-t|');
  });

  const fails = (diagram: string, values?: Record<string, unknown>) =>
    messageOf(({ reply, expectEvents }) => {
      expectEvents(reply('-s-o-t|', { t: claude.text('Hi') })).toBe(diagram, values);
    });

  it.each<[string, string, Record<string, unknown> | undefined, string]>([
    ['an event is missing', '-s-o-t-t|', undefined, 'At 6 ms: `t` (text) was expected, but completion came.'],
    ['an event is too many', '-s-o--|', undefined, 'At 5 ms: completion was expected, but `t` (content_block_delta'],
    ['nothing more was expected', '-s-o-t', undefined, 'At 6 ms: nothing more was expected, but completion came.'],
    ['nothing more came', '-s-o-t-|', undefined, 'Completion was expected at 7 ms, but came at 6 ms.'],
    [
      'an event is another one',
      '-s-h-t|',
      undefined,
      'At 3 ms: `h` (a thinking block starts) was expected, but `o` (content',
    ],
    ['an event is late', 's--o-t|', undefined, '`s` (message_start) was expected at 0 ms, but came at 1 ms.'],
    ['a field differs', '-s-o-t|', { t: claude.text('Ho') }, '`delta.text` should be "Ho", and is "Hi".'],
    [
      'a function says no',
      '-s-o-t|',
      { t: () => false },
      'At 5 ms: `t` (content_block_delta {"type":"text_delta","text":"Hi"}) came, but',
    ],
    ['it failed', '-s-o-#', undefined, 'At 5 ms: an error was expected, but `t`'],
  ])('fails when %s', (_, diagram, values, problem) => {
    const message = fails(diagram, values);
    expect(message).toContain(problem);
    expect(message).toMatch(/\n {2}expected {2}\S+[^\n]*\n {2}actual {4}\S+[^\n]*\n {12} *\^\n/);
  });

  it('shows the error of a stream that failed', () => {
    const message = messageOf(({ expectEvents }) => {
      expectEvents(throwError(() => new TypeError('boom'))).toBe('s|');
    });
    expect(message).toContain('`s` (message_start) was expected, but the error TypeError: boom came.');
  });

  it('of a long run shows the piece with the difference', () => {
    const long = `s-o${'-t'.repeat(300)}`;
    const message = messageOf(({ reply, expectEvents }) => {
      expectEvents(reply(`${long}-x-m|`)).toBe(`${long}-e-m|`);
    });
    expect(message).toContain('At 604 ms: `e`');
    expect(message.length).toBeLessThan(1_500);
    expect(message).toMatch(/expected {2}t-[-t]+-e-m\|\n {2}actual {4}t-[-t]+-x-m\|/);
  });

  it('hides no secrets, but cuts long values', () => {
    const message = messageOf(({ reply, expectEvents }) => {
      expectEvents(reply('-t|', { t: claude.text('x'.repeat(10_000)) })).toBe('-t|', {
        t: claude.text('y'.repeat(10_000)),
      });
    });
    expect(message.length).toBeLessThan(1_000);
  });

  it('that is told nothing fails the test', () => {
    expect(messageOf(({ expectEvents }) => void expectEvents(NEVER))).toContain('add `.toBe(diagram)`');
  });

  it('refuses a diagram that cannot be read, where it stands', () => {
    const read = (diagram: string) =>
      failureOf(({ expectEvents }) => {
        expectEvents(NEVER).toBe(diagram);
      });
    expect(read('-q-')).toBeInstanceOf(DiagramError);
    expect(read('-q-').message).toContain('`q` is not a letter of the legend (s o t');
    expect(read('-(s').message).toContain('`(` opens a group');
  });

  it('points at the line of the test', () => {
    const error = failureOf(({ reply, expectEvents }) => {
      expectEvents(reply('s|')).toBe('-s|');
    });
    expect(error).toBeInstanceOf(MarbleError);
    expect(error.stack?.split('\n').find((line) => /^ +at /.test(line))).toContain('expectations.test.ts');
  });
});

describe('expectObservable and expectSubscriptions', () => {
  marble('are those of rxjs', ({ cold, hot, time, expectObservable, expectSubscriptions }) => {
    const source = hot('-a-b-|', { a: { n: 1 }, b: { n: 2 } });
    expectObservable(source).toBe('-a-b-|', { a: { n: 1 }, b: { n: 2 } });
    expectObservable(cold('-a-#', undefined, new Error('boom'))).toBe('-a-#', undefined, new Error('boom'));
    expectObservable(timer(time('---|'))).toEqual(cold('---(a|)', { a: 0 }));
    expectSubscriptions(source.subscriptions).toBe('^----!');
  });

  const message = (run: Parameters<typeof messageOf>[0]) => messageOf(run);

  it('show both diagrams, in the letters of the test', () => {
    const values = { a: { n: 1 }, b: { n: 2 } };
    const shown = message(({ cold, expectObservable }) => {
      expectObservable(cold('-a-b|', values)).toBe('-b-b|', values);
    });
    expect(shown).toContain('`n` should be 2, and is 1.');
    expect(shown).toContain('  expected  -b-b|\n  actual    -a-b|\n             ^\n');
  });

  it('mark what is missing at the end, and subscriptions that differ', () => {
    expect(
      message(({ cold, expectObservable }) => {
        expectObservable(cold('-a')).toBe('-a-|');
      }),
    ).toContain('  expected  -a-|\n  actual    -a--\n               ^');
    const shown = message(({ cold, expectSubscriptions }) => {
      const source = cold('-a|');
      source.subscribe();
      expectSubscriptions(source.subscriptions).toBe('^-!'.replace('-', '---'));
    });
    expect(shown).toContain('1  expected  ^---!\n     actual    ^-!   <- differs');
  });

  it('compare errors by their fields as well', () => {
    const failing = throwError(() => Object.assign(new Error('boom'), { code: 5 }));
    const expecting = (error: unknown) => () => {
      runMarble(({ expectObservable }) => {
        expectObservable(failing).toBe('#', undefined, error);
      });
    };
    expect(expecting(Object.assign(new Error('boom'), { code: 5 }))).not.toThrow();
    expect(expecting(new Error('boom'))).not.toThrow();
    expect(expecting(Object.assign(new Error('boom'), { code: 6 }))).toThrow('`code` should be 6, and is 5.');
    expect(expecting(new TypeError('boom'))).toThrow('`name` should be "TypeError"');
  });
});

describe('a marble test', () => {
  it('throws what its code throws', () => {
    const boom = new Error('boom');
    expect(
      failureOf(() => {
        throw boom;
      }),
    ).toBe(boom);
  });

  it('must not be asynchronous', () => {
    const run = async () => Promise.reject(new Error('not awaited'));
    expect(messageOf(run as never)).toContain('must not be asynchronous');
  });

  it('looks at expectations when time has passed, and then goes on', () => {
    const order: string[] = [];
    runMarble(({ reply, expectEvents, flush }) => {
      expectEvents(reply('s|')).toBe('s|');
      flush();
      order.push('flushed');
    });
    expect(order).toEqual(['flushed']);
  });

  it('needs a framework with a global `it`, and says so', () => {
    const globals = globalThis as { it?: unknown; test?: unknown };
    const { it: own, test } = globals;
    try {
      globals.it = undefined;
      const declared: string[] = [];
      globals.test = (name: string) => declared.push(name);
      marble('by test', () => {});
      expect(declared).toEqual(['by test']);
      globals.test = undefined;
      expect(() => {
        marble('a test', () => {});
      }).toThrow('There is no global `it` here. Pass that of your framework: `const { marble } = marbleFor(it)`');
    } finally {
      Object.assign(globals, { it: own, test });
    }
  });
});
