import { NEVER, Observable, of, Subject, throwError, timer, concatMap } from 'rxjs';
import { executeTools, fatal } from '../../src/index.js';
import type { RoundEvent } from '../../src/index.js';
import { added, claude, exactly, marble } from '../index.js';
import { fakeTool } from './support/fakeTool.js';
import { observe } from './support/observe.js';

// A tool or a guard may throw an error that is not for Claude.
//
// w message_delta with stop_reason tool_use  m message_stop  K tool_call  S tool_start

const K = added.toolCall('toolu_1', 'pay', {});
const L = added.toolCall('toolu_2', 'book', {}, 1);
const M = added.toolCall('toolu_3', 'search', {}, 2);
const boom = new Error('The database is gone.');

const fail = (): never => {
  throw fatal(boom);
};
/** Ways to fail: a throw, a promise, an Observable, an async iterable. */
const ways: [string, () => unknown][] = [
  ['throws', fail],
  ['rejects', async () => fail()],
  ['fails later', () => timer(1).pipe(concatMap(() => throwError(() => fatal(boom))))],
];

describe('a fatal error', () => {
  marble('fails the stream at once, and stops what runs', ({ events, tool, expectEvents, expectRuns }) => {
    const source = events(' -KL(wm|)     ', { K, L });
    const pay = tool('pay', '  -------#     ', { '#': fatal(boom) });
    const book = tool('book', '-------r   ');
    const expected = '      -KL(wSTm)-#';

    const values = { K, L, S: exactly(added.toolStart(K)), T: exactly(added.toolStart(L)), '#': boom };
    expectEvents(source.pipe(executeTools([pay, book]))).toBe(expected, values);
    expectRuns(book).toBe('---^------!');
  });

  it.each([
    ...ways,
    [
      'iterates and throws',
      async function* () {
        yield 1;
        fail();
      },
    ],
  ] as typeof ways)(
    'of a tool that %s fails the stream, stops the other tools, and nothing further is run',
    async (_, run) => {
      const signals: AbortSignal[] = [];
      const source = new Subject<RoundEvent>();
      const search = jest.fn();
      const book = fakeTool('book', (_input, { signal }) => {
        signals.push(signal);
        return NEVER;
      });
      const tools = [fakeTool('pay', run), book, fakeTool('search', search)];
      const seen = observe(source.pipe(executeTools(tools, { concurrency: 2 })));
      for (const event of [L, K, M, claude.stop('tool_use')]) source.next(event);
      await new Promise((resolve) => setTimeout(resolve, 10));
      expect(seen.end).toBe('error');
      expect(seen.error).toBe(boom);
      expect(seen.values.some(({ type }) => type === 'tool_result')).toBe(false);
      expect(signals[0]!.aborted).toBe(true);
      expect(search).not.toHaveBeenCalled();
      expect(source.observed).toBe(false);
    },
  );

  it.each(ways)('of a guard that %s does, too', async (_, guard) => {
    const run = jest.fn();
    const source = of<RoundEvent[]>(K, L, claude.stop('tool_use'));
    const tools = [fakeTool('pay', run, { guard: guard as () => boolean }), fakeTool('book', () => NEVER)];
    const seen = observe(source.pipe(executeTools(tools)));
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(seen.end).toBe('error');
    expect(seen.error).toBe(boom);
    expect(run).not.toHaveBeenCalled();
  });

  it('leaves what runs before the stream fails', () => {
    const heard: string[] = [];
    const book = fakeTool('book', () => new Observable(() => () => heard.push('left')));
    const source = of<RoundEvent[]>(L, K, claude.stop('tool_use'));
    source.pipe(executeTools([book, fakeTool('pay', fail)])).subscribe({ error: () => heard.push('failed') });
    expect(heard).toEqual(['left', 'failed']);
  });

  it('says what it marks, and keeps it', () => {
    expect(fatal(boom)).toBeInstanceOf(Error);
    expect(fatal(boom)).toMatchObject({ message: boom.message, cause: boom });
    expect(fatal('gone')).toMatchObject({ message: 'gone', cause: 'gone' });
  });
});
