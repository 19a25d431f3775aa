import { asyncScheduler, defer, finalize, NEVER, Observable, of, timer } from 'rxjs';
import { executeTools, OptionError, ToolDefinitionError } from '../src/index.js';
import type { RoundEvent, ToolContext } from '../src/index.js';
import { marble } from './kit/session/marble.js';
import { claude, failure, ours, result } from './support/alphabet.js';
import { fakeTool } from './support/fakeTool.js';
import { frozen } from './support/frozen.js';
import { observe } from './support/observe.js';

// K L M call the tools k l m, S T U say that they start, W X Y how they end.
const values = frozen({ ...claude, ...ours });

function late(name: string, milliseconds: number) {
  const message = `\`${name}\` did not finish within ${milliseconds} ms and was stopped.`;
  return failure(name, `Error: ${message}`, { _tag: 'ToolTimeout', milliseconds, message }, milliseconds);
}

describe('concurrency', () => {
  marble('runs no more than `concurrency`, and starts in call order', (helpers) => {
    const { cold, hot, expectObservable, expectSubscriptions } = helpers;
    const source = hot(' (KLMw)--m|              ', values);
    const k = cold('     -----------(r|)         ');
    const l = cold('     ------------------(r|)  ');
    const m = cold('                ---------(r|)');
    const expected = '   (KLMwST)m--(WU)---X-(Y|)';
    const kSubs = '      ^----------!            ';
    const lSubs = '      ^-----------------!     ';
    const mSubs = '      -----------^--------!   ';

    const tools = [fakeTool('k', () => k), fakeTool('l', () => l), fakeTool('m', () => m)];
    const results = { W: result('k', 'r', 11), X: result('l', 'r', 18), Y: result('m', 'r', 9) };
    const out = source.pipe(executeTools(tools, { concurrency: 2 }));
    expectObservable(out).toBe(expected, { ...values, ...results });
    expectSubscriptions(k.subscriptions).toBe(kSubs);
    expectSubscriptions(l.subscriptions).toBe(lSubs);
    expectSubscriptions(m.subscriptions).toBe(mSubs);
  });

  it.each([1, 2, 3, 8])('never has more than %i running, however long each takes', (concurrency) => {
    jest.useFakeTimers();
    const names = [...Array(12).keys()].map((nth) => `tool_${nth}`);
    const calls = names.map((name) => ({ ...ours.K, name, id: name }));
    const tools = names.map((name, nth) => fakeTool(name, () => timer((nth * 7) % 5)));
    const source = of<RoundEvent[]>(...calls, claude.w, claude.m);
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

  it('starts a waiting tool only when the one before it has let go of all that it holds', () => {
    jest.useFakeTimers();
    const log: string[] = [];
    const holding = (_: unknown, { call: { name } }: ToolContext) =>
      defer(() => {
        log.push(`${name} takes`);
        return timer(5);
      }).pipe(finalize(() => log.push(`${name} lets go`)));
    const tools = [fakeTool('k', holding), fakeTool('l', holding)];
    observe(of<RoundEvent[]>(ours.K, ours.L, claude.w).pipe(executeTools(tools, { concurrency: 1 })));
    jest.advanceTimersByTime(20);
    jest.useRealTimers();
    expect(log).toEqual(['k takes', 'k lets go', 'l takes', 'l lets go']);
  });

  it('runs 8 at the same time unless told otherwise', () => {
    const calls = [...Array(9).keys()].map((nth) => ({ ...ours.K, id: `toolu_${nth}` }));
    const source = of<RoundEvent[]>(...calls, claude.w, claude.m);
    const tools = [fakeTool('k', () => NEVER)];
    const starts = (concurrency?: number) => {
      const options = { timeout: Infinity, ...(concurrency && { concurrency }) };
      return observe(source.pipe(executeTools(tools, options))).values.filter(({ type }) => type === 'tool_start')
        .length;
    };
    expect([starts(), starts(3), starts(Infinity)]).toEqual([8, 3, 9]);
  });
});

describe('time limits', () => {
  marble('stops a tool after 60 s', ({ cold, hot, expectObservable, expectSubscriptions }) => {
    const source = hot('(Kw)-m|               ', values);
    const k = cold('     60001ms (r|)         ');
    const expected = '  (KwS)m 59994ms   (W|) ';
    const kSubs = '     ^ 59999ms !           ';

    const out = source.pipe(executeTools([fakeTool('k', () => k)]));
    expectObservable(out).toBe(expected, { ...values, W: late('k', 60_000) });
    expectSubscriptions(k.subscriptions).toBe(kSubs);
  });

  marble("takes the tool's own limit first, then that of the options", (helpers) => {
    const { cold, hot, flush, expectObservable, expectSubscriptions } = helpers;
    const source = hot('(KLw)--m|               ', values);
    const k = cold('    -----------------------r');
    const l = cold('    -----------------------r');
    const expected = '  (KLwST)m-X----------(W|)';
    const kSubs = '     ^-------------------!   ';
    const lSubs = '     ^--------!              ';

    const aborts: unknown[] = [];
    const runs =
      (output: Observable<string>) =>
      (_: unknown, { signal }: ToolContext) => {
        signal.addEventListener('abort', () => aborts.push(asyncScheduler.now(), (signal.reason as Error).name));
        return output;
      };
    const tools = [fakeTool('k', runs(k), { timeout: 20 }), fakeTool('l', runs(l))];
    const out = source.pipe(executeTools(tools, { timeout: 9 }));
    expectObservable(out).toBe(expected, { ...values, W: late('k', 20), X: late('l', 9) });
    expectSubscriptions(k.subscriptions).toBe(kSubs);
    expectSubscriptions(l.subscriptions).toBe(lSubs);
    flush();
    expect(aborts).toEqual([9, 'TimeoutError', 20, 'TimeoutError']);
  });

  marble('answers with the timeout, whatever the tool says when it is aborted', ({ hot, expectObservable }) => {
    const source = hot('(Kw)-m|    ', values);
    const expected = '  (KwS)m-(W|)';

    const run = (_: unknown, { signal }: ToolContext) =>
      new Observable((subscriber) => {
        signal.addEventListener('abort', () => {
          subscriber.next('too late');
          subscriber.complete();
        });
      });
    const out = source.pipe(executeTools([fakeTool('k', run)], { timeout: 7 }));
    expectObservable(out).toBe(expected, { ...values, W: late('k', 7) });
  });

  marble('counts from the start of the tool, not from its call', ({ cold, hot, expectObservable }) => {
    const source = hot('(KLw)-m|              ', values);
    const k = cold('    -------(r|)           ');
    const l = cold('           ----------r    ');
    const expected = '  (KLwS)m(WT)-----(X|)  ';

    const tools = [fakeTool('k', () => k), fakeTool('l', () => l)];
    const out = source.pipe(executeTools(tools, { concurrency: 1, timeout: 9 }));
    expectObservable(out).toBe(expected, { ...values, W: result('k', 'r', 7), X: late('l', 9) });
  });

  it('leaves no timer behind, neither of a tool that is done nor of one that was let go', () => {
    jest.useFakeTimers();
    const source = new Observable<RoundEvent>((subscriber) => {
      subscriber.next(ours.K);
      subscriber.next(ours.L);
      subscriber.next(claude.w);
    });
    const subscription = source.pipe(executeTools([fakeTool('k', () => 'r'), fakeTool('l', () => NEVER)])).subscribe();
    const whileRunning = jest.getTimerCount();
    subscription.unsubscribe();
    const afterwards = jest.getTimerCount();
    jest.useRealTimers();
    expect([whileRunning, afterwards]).toEqual([1, 0]);
  });

  it.each([0, -1, NaN, '5', 2 ** 31])('refuses the timeout %p at once', (timeout) => {
    expect(() => executeTools([], { timeout: timeout as number })).toThrow(OptionError);
  });

  it.each([0, 1.5, NaN, '5'])('refuses the concurrency %p at once', (concurrency) => {
    expect(() => executeTools([], { concurrency: concurrency as number })).toThrow(OptionError);
  });

  it('refuses two tools of the same name at once', () => {
    expect(() => executeTools([fakeTool('k', () => 1), fakeTool('k', () => 2)])).toThrow(ToolDefinitionError);
  });
});
