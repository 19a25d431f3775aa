// What a failure says of errors and of tools that failed: diagrams show that there was one, and its words say why.
import { from, Observable, throwError } from 'rxjs';
import * as t from 'io-ts';
import { claudeStream, converse, defineTool, executeTools, validateWith } from '../../src/index.js';
import type { ClaudeClient, ConverseOptions, Tool } from '../../src/index.js';
import { added, apiError, claude, type MarbleHelpers, type ReplyValues } from '../../marbles/index.js';
import { request } from './support/answering.js';
import { failureOf, messageOf } from './support/failureOf.js';

const lookUp = defineTool({
  name: 'look_up',
  description: 'Looks an invoice up.',
  input: t.type({ invoice: t.string }),
  idempotent: true,
  run: ({ invoice }) => `${invoice}: 17 EUR`,
});

/** Looks an invoice up, fails once in the middle of a reply, answers. What is expected is that all goes well. */
const agent =
  (change: { input?: object; options?: ConverseOptions; offered?: boolean }) =>
  ({ reply, scriptClaude, tool, expectEvents }: MarbleHelpers): void => {
    const first = reply('s-k-wm|', { k: claude.toolUse('toolu_1', 'look_up', change.input ?? { invoice: 'A-17' }) });
    const busy = reply('s-o-#', { '#': apiError('overloaded_error', { message: 'Come back later' }) });
    const client = scriptClaude(first, busy, 's-(em|)');
    const tools = change.offered === false ? [] : [tool(lookUp, '--(r|)', { r: 'A-17: 17 EUR' })];
    const retry = { retries: 1, minDelay: 10, random: () => 1 };
    const run$ = converse(client, { ...request, tools }, { retry, ...change.options });
    expectEvents(run$).toBe('[Bs]-[kiIcKS]-[wW]m[EBs]-o-R 9ms s-(emEC|)');
  };

describe('a failure', () => {
  it('does not come when all is as expected', () => {
    expect(() => messageOf(agent({}))).toThrow();
  });

  it('says what Claude is told of an input that was wrong', () => {
    expect(messageOf(agent({ input: { invoice: 17 } }))).toMatch(
      /\n {2}X at 4 ms: The input of `look_up` .*invoice: expected string, found 17.*\n/,
    );
  });

  it('says why a guard let nothing through', () => {
    const guarded = messageOf(agent({ options: { tools: { guard: () => 'Ask the office first.' } } }));
    expect(guarded).toMatch(/\n {2}X at 2 ms: .*Ask the office first\.\n/);
  });

  it('says that there is no such tool', () => {
    expect(messageOf(agent({ offered: false }))).toMatch(/\n {2}X at \d ms: .*look_up.*\n/);
  });

  it('says what a run ended with, once, and what a retry is for', () => {
    const ended = messageOf(agent({ options: { retry: false } }));
    expect(ended).toMatch(/\n {2}C at \d+ ms: ClaudeApiError \(overloaded_error\): .*Come back later\.+\n\n/);
    const late = messageOf(agent({ options: { retry: { retries: 1, minDelay: 20, random: () => 1 } } }));
    expect(late).toMatch(/\n {2}R at \d+ ms: ClaudeApiError \(overloaded_error\): .*Come back later\.+\n\n/);
  });

  it('says what is wrong with a call whose result is still to come', () => {
    const message = messageOf(({ events, expectEvents }) => {
      const K = added.toolCall('toolu_1', 'look_up', { invoice: 17 });
      expectEvents(events('-K|', { K }).pipe(validateWith([lookUp]))).toBe('--K|');
    });
    expect(message).toMatch(/\n {2}K at 1 ms: .*invoice.*\n/);
  });

  it('has the letters of the test, and knows what `#` means', () => {
    const message = messageOf(({ events, tool, expectEvents }) => {
      const values: ReplyValues<ReturnType<typeof added.toolCall>> = { K: added.toolCall('toolu_1', 'add') };
      const failing = tool('add', '-#', { '#': new RangeError('beyond\n  all\tbounds') });
      const run$ = events('-K-w-#', values).pipe(executeTools([failing]));
      expectEvents(run$).toBe('-K-[wS]Y|', { Y: { type: 'tool_result' } });
    });
    expect(message).toMatch(/\n {2}Y at 4 ms: .*beyond all bounds\n {2}# at 5 ms: .*overloaded_error\.\n/);
    expect(message).toContain('# the stream fails');
  });

  it('of `expectObservable` says it, too', () => {
    const message = messageOf(({ expectObservable }) => {
      expectObservable(throwError(() => new TypeError('boom'))).toBe('-');
    });
    expect(message).toContain('\n  # at 0 ms: TypeError: boom\n');
  });

  it('tells few of many, and no long stories', () => {
    const message = messageOf(({ events, expectEvents }) => {
      const K = added.toolCall('toolu_1', 'add');
      const said = (index: number) => added.toolFailure(K, `${String(index)} ${'x'.repeat(1_000)}`);
      const values = Object.fromEntries([...'abcdefghij'].map((letter, index) => [letter, said(index)]));
      expectEvents(events('abcdefghij|', values)).toBe('-');
    });
    expect(message.match(/^ {2}X at \d ms: .{1,305}$/gm)).toHaveLength(8);
    expect(message).toContain('\n  … and 2 more\n');
  });
});

describe('a failure of a test in which something waits for a promise', () => {
  const HINT = /\n\nSomething in this test waits for a promise, and no promise settles in virtual time\./;
  const asking =
    (tool: Tool, options: ConverseOptions = {}) =>
    ({ reply, scriptClaude, expectEvents }: MarbleHelpers): void => {
      const client = scriptClaude(
        reply('s-k-wm|', { k: claude.toolUse('toolu_1', 'look_up', { invoice: '1' }) }),
        's-(em|)',
      );
      expectEvents(converse(client, { ...request, tools: [tool] }, options)).toBe('[Bs]-[kiIcKS]-[wW]m[EBs]-(emEC|)');
    };
  const base = { name: 'look_up', description: 'Looks an invoice up.', idempotent: true };
  const input = t.type({ invoice: t.string });

  it.each<[string, Tool, ConverseOptions]>([
    ['a tool', defineTool({ ...base, input, run: async () => Promise.resolve('17 EUR') }), {}],
    [
      'a generator of a tool',
      defineTool({
        ...base,
        input,
        async *run() {
          yield await Promise.resolve('17 EUR');
        },
      }),
      {},
    ],
    ['a guard', defineTool({ ...base, input, guard: async () => Promise.resolve(true), run: () => '17 EUR' }), {}],
    ['the guard of all', lookUp, { tools: { guard: async () => Promise.resolve(true) } }],
    ['a schema', { ...lookUp, decode: async (found) => Promise.resolve({ _tag: 'Right', right: found }) }, {}],
  ])('points at marbleWithPromises: %s', (_, tool, options) => {
    expect(messageOf(asking(tool, options))).toMatch(HINT);
  });

  it.each<[string, () => unknown]>([
    ['a promise', async () => Promise.resolve([])],
    [
      'an asynchronous iterable',
      async function* () {
        yield await Promise.resolve(claude.ping());
      },
    ],
  ])('points at it where a client answers with %s', (_, create) => {
    const client = { messages: { create } } as ClaudeClient;
    const message = messageOf(({ expectEvents }) => {
      expectEvents(claudeStream(client, request)).toBe('p|');
    });
    expect(message).toMatch(HINT);
  });

  it('that has rxjs compare says so, too, and points at its line', () => {
    const error = failureOf(({ expectObservable }) => {
      expectObservable(from(Promise.resolve('a'))).toBe('a|');
    });
    expect(error.message).toMatch(HINT);
    expect(error.stack).toMatch(HINT);
    expect(error.stack?.split('\n').find((line) => /^ +at /.test(line))).toContain('failures.test.ts');
  });

  it('does not say so where nothing waits for one, or where the test itself throws', () => {
    expect(messageOf(agent({ options: { retry: false } }))).not.toMatch(HINT);
    const boom = new Error('boom');
    expect(
      failureOf(() => {
        void Promise.resolve().then(() => 1);
        throw boom;
      }),
    ).toBe(boom);
    expect(boom.message).toBe('boom');
  });

  it.each<[string, (helpers: MarbleHelpers, source: Observable<unknown>) => void]>([
    [
      'expectEvents',
      ({ expectEvents }, source) => {
        expectEvents(source).toBe('|');
      },
    ],
    [
      'expectObservable',
      ({ expectObservable }, source) => {
        expectObservable(source).toBe('|');
      },
    ],
  ])('ends the streams of %s, which would go on in real time', (_, expectEnd) => {
    let left = 0;
    const source = new Observable(() => () => left++);
    messageOf((helpers) => {
      expectEnd(helpers, source);
    });
    expect(left).toBe(1);
  });

  it('leaves promises as they were', () => {
    const then = Object.getOwnPropertyDescriptor(Promise.prototype, 'then');
    messageOf(({ expectEvents }) => {
      expectEvents(from(Promise.resolve('a'))).toBe('|');
    });
    expect(Object.getOwnPropertyDescriptor(Promise.prototype, 'then')).toEqual(then);
  });
});
