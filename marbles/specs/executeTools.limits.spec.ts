import { defer, finalize, NEVER, Observable, of, timer } from 'rxjs';
import { executeTools } from '../../src/index.js';
import type { RoundEvent, ToolCallEvent, ToolContext } from '../../src/index.js';
import { added, claude, exactly, type FakeTool, marble } from '../index.js';
import { fakeTool } from './support/fakeTool.js';
import { observe } from './support/observe.js';
import { tagged } from '../../test/support/errors.js';

// How many tools run at the same time, and for how long.
//
// w message_delta with stop_reason tool_use  m message_stop  K tool_call  S tool_start  W tool_result
// X tool_result with is_error

/** Claude calls `weather` with K, `time` with L, and `search` with M. */
const K = added.toolCall('toolu_1', 'weather', { city: 'Oslo' });
const L = added.toolCall('toolu_2', 'time', {}, 1);
const M = added.toolCall('toolu_3', 'search', { query: 'rain' }, 2);
const calls = { K, L, M };
/** S T U say that these start, in the same order; W Y Z are their results, and X says that one took too long. */
const starts = { S: exactly(added.toolStart(K)), T: exactly(added.toolStart(L)), U: exactly(added.toolStart(M)) };

/** The answer to a call whose time was up. */
function late(call: ToolCallEvent, milliseconds: number): unknown {
  const message = `\`${call.name}\` did not finish within ${milliseconds} ms and was stopped.`;
  return exactly(
    added.toolFailure(call, `Error: ${message}`, { _tag: 'TimedOut', milliseconds, message }, milliseconds),
  );
}

/** When each run of a tool was aborted, and why. */
function abortsOf({ runs }: FakeTool): unknown[] {
  return runs.map(({ abortedAt, context }) => [abortedAt, (context.signal.reason as Error).name]);
}

describe('concurrency', () => {
  marble('runs no more than `concurrency`, and starts in call order', (helpers) => {
    const { events, tool, expectEvents, expectRuns } = helpers;
    const source = events('          (KLMw)--m|              ', calls);
    const weather = tool('weather', '-----------(r|)         ', { r: 'sunny' });
    const time = tool('time', '      ------------------(r|)  ', { r: '12:00' });
    const search = tool('search', '             ---------(r|)', { r: 'found' });
    const expected = '               (KLMwST)m--(WU)---Y-(Z|)';
    const weatherRun = '             ^----------|            ';
    const timeRun = '                ^-----------------|     ';
    const searchRun = '              -----------^--------|   ';

    const results = {
      W: exactly(added.toolResult(K, 'sunny', 11)),
      Y: exactly(added.toolResult(L, '12:00', 18)),
      Z: exactly(added.toolResult(M, 'found', 9)),
    };
    const out = source.pipe(executeTools([weather, time, search], { concurrency: 2 }));
    expectEvents(out).toBe(expected, { ...calls, ...starts, ...results });
    expectRuns(weather).toBe(weatherRun);
    expectRuns(time).toBe(timeRun);
    expectRuns(search).toBe(searchRun);
  });

  it.each([1, 2, 3, 8])('never has more than %i running, however long each takes', (concurrency) => {
    jest.useFakeTimers();
    const names = [...Array(12).keys()].map((nth) => `tool_${nth}`);
    const tools = names.map((name, nth) => fakeTool(name, () => timer((nth * 7) % 5)));
    const source = of<RoundEvent[]>(
      ...names.map((name) => added.toolCall(name, name)),
      claude.stop('tool_use'),
      claude.messageStop(),
    );
    const seen = observe(source.pipe(executeTools(tools, { concurrency })));
    jest.advanceTimersByTime(100);
    jest.useRealTimers();

    const started = seen.values.flatMap((event) => (event.type === 'tool_start' ? [event.name] : []));
    const steps: number[] = seen.values.map(
      ({ type }) => (({ tool_start: 1, tool_result: -1 }) as Record<string, number>)[type] ?? 0,
    );
    const running = steps.map((_, at) => steps.slice(0, at + 1).reduce((sum, step) => sum + step));
    expect(started).toEqual(names);
    expect([Math.max(...running), running.at(-1), seen.end]).toEqual([concurrency, 0, 'complete']);
  });

  it('starts a waiting tool only after the one before it has released all that it uses', () => {
    jest.useFakeTimers();
    const log: string[] = [];
    const holding = (_: unknown, { call: { name } }: ToolContext) =>
      defer(() => {
        log.push(`${name} takes`);
        return timer(5);
      }).pipe(finalize(() => log.push(`${name} releases`)));
    const tools = [fakeTool('weather', holding), fakeTool('time', holding)];
    observe(of<RoundEvent[]>(K, L, claude.stop('tool_use')).pipe(executeTools(tools, { concurrency: 1 })));
    jest.advanceTimersByTime(20);
    jest.useRealTimers();
    expect(log).toEqual(['weather takes', 'weather releases', 'time takes', 'time releases']);
  });

  it('runs 8 at the same time unless told otherwise', () => {
    const nine = [...Array(9).keys()].map((nth) => added.toolCall(`toolu_${nth}`, 'weather'));
    const source = of<RoundEvent[]>(...nine, claude.stop('tool_use'), claude.messageStop());
    const tools = [fakeTool('weather', () => NEVER)];
    const startedWith = (concurrency?: number) => {
      const options = { timeout: Infinity, ...(concurrency && { concurrency }) };
      return observe(source.pipe(executeTools(tools, options))).values.filter(({ type }) => type === 'tool_start')
        .length;
    };
    expect([startedWith(), startedWith(3), startedWith(Infinity)]).toEqual([8, 3, 9]);
  });
});

describe('time limits', () => {
  marble('stops a tool after 60 s', ({ events, tool, expectEvents, expectRuns }) => {
    const source = events('          (Kw)-m|              ', calls);
    const weather = tool('weather', '60001ms (r|)         ');
    const expected = '               (KwS)m 59994ms   (X|)';
    const weatherRun = '             ^ 59999ms !          ';

    const X = late(K, 60_000);
    expectEvents(source.pipe(executeTools([weather]))).toBe(expected, { ...calls, ...starts, X });
    expectRuns(weather).toBe(weatherRun);
  });

  marble("takes the tool's own limit first, then that of the options", (helpers) => {
    const { events, tool, flush, expectEvents, expectRuns } = helpers;
    const source = events('          (KLw)--m|               ', calls);
    const weather = tool('weather', '-----------------------r', {}, { timeout: 20 });
    const time = tool('time', '      -----------------------r');
    const expected = '               (KLwST)m-Y----------(X|)';
    const weatherRun = '             ^-------------------!   ';
    const timeRun = '                ^--------!              ';

    const results = { X: late(K, 20), Y: late(L, 9) };
    const out = source.pipe(executeTools([weather, time], { timeout: 9 }));
    expectEvents(out).toBe(expected, { ...calls, ...starts, ...results });
    expectRuns(weather).toBe(weatherRun);
    expectRuns(time).toBe(timeRun);
    flush();
    expect(abortsOf(time)).toEqual([[9, 'TimeoutError']]);
    expect(abortsOf(weather)).toEqual([[20, 'TimeoutError']]);
  });

  marble('answers with the timeout, whatever the tool says when it is aborted', ({ events, expectEvents }) => {
    const source = events('(Kw)-m|    ', calls);
    const expected = '     (KwS)m-(X|)';

    const run = (_: unknown, { signal }: ToolContext) =>
      new Observable((subscriber) => {
        signal.addEventListener('abort', () => {
          subscriber.next('too late');
          subscriber.complete();
        });
      });
    const out = source.pipe(executeTools([fakeTool('weather', run)], { timeout: 7 }));
    expectEvents(out).toBe(expected, { ...calls, ...starts, X: late(K, 7) });
  });

  marble('counts from the start of the tool, not from its call', ({ events, tool, expectEvents, expectRuns }) => {
    const source = events('          (KLw)-m|            ', calls);
    const weather = tool('weather', '-------(r|)         ', { r: 'sunny' });
    const time = tool('time', '             ----------r  ');
    const expected = '               (KLwS)m(WT)-----(X|)';
    const timeRun = '                -------^--------!   ';

    const results = { W: exactly(added.toolResult(K, 'sunny', 7)), X: late(L, 9) };
    const out = source.pipe(executeTools([weather, time], { concurrency: 1, timeout: 9 }));
    expectEvents(out).toBe(expected, { ...calls, ...starts, ...results });
    expectRuns(time).toBe(timeRun);
  });

  it('leaves no timer, neither of a tool that is done nor of one that was stopped', () => {
    jest.useFakeTimers();
    const source = new Observable<RoundEvent>((subscriber) => {
      subscriber.next(K);
      subscriber.next(L);
      subscriber.next(claude.stop('tool_use'));
    });
    const tools = [fakeTool('weather', () => 'sunny'), fakeTool('time', () => NEVER)];
    const subscription = source.pipe(executeTools(tools)).subscribe();
    const whileRunning = jest.getTimerCount();
    subscription.unsubscribe();
    const afterwards = jest.getTimerCount();
    jest.useRealTimers();
    expect([whileRunning, afterwards]).toEqual([1, 0]);
  });

  it.each([0, -1, NaN, '5', 2 ** 31])('refuses the timeout %p at once', (timeout) => {
    expect(() => executeTools([], { timeout: timeout as number })).toThrow(tagged('OptionError'));
  });

  it.each([0, 1.5, NaN, '5'])('refuses the concurrency %p at once', (concurrency) => {
    expect(() => executeTools([], { concurrency: concurrency as number })).toThrow(tagged('OptionError'));
  });

  it('refuses two tools of the same name at once', () => {
    const tools = [fakeTool('weather', () => 1), fakeTool('weather', () => 2)];
    expect(() => executeTools(tools)).toThrow(tagged('ToolDefinitionError'));
  });
});
