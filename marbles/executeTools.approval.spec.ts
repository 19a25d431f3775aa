import { Observable, of, share, Subject, takeWhile, type MonoTypeOperatorFunction } from 'rxjs';
import { executeTools } from '../src/index.js';
import type { ExecuteToolsOptions, Guard, GuardVerdict, RoundEvent, Tool } from '../src/index.js';
import { marble } from './kit/session/marble.js';
import { asked, claude, decided, failure, ours, result, retried, unrunResult } from './support/alphabet.js';
import { behind } from './support/behind.js';
import { fakeTool } from './support/fakeTool.js';
import { frozen } from './support/frozen.js';
import { observe } from './support/observe.js';
import { overloaded } from './support/overloaded.js';

// A guard that takes its time. K L call the tools k and l; A F say that their guards were asked, D G what these say; S T that
// the tools start, W X how they end. In the guards' lines, y lets a call through, n says why not.
const verdicts = { y: true, n: 'Not today.' };
const values = frozen({
  ...claude,
  ...ours,
  A: asked('k'),
  F: asked('l'),
  D: decided('k', 'approved'),
  G: decided('l', 'denied', 'Not today.'),
  W: result('k', 'r'),
  X: refusal('l', 'Not today.'),
});

function refusal(name: string, why: string) {
  const message = `The call to \`${name}\` was not run: ${why}`;
  return failure(name, message, { _tag: 'GuardRefusal', message });
}

/** The answer to a call whose time was up before its guard had decided. */
function timedOut(name: string, milliseconds: number) {
  const message = `\`${name}\` did not finish within ${String(milliseconds)} ms and was stopped.`;
  return failure(name, `Error: ${message}`, { _tag: 'ToolTimeout', milliseconds, message });
}

/** A tool with a guard of its own. */
function guarded(name: string, answer: Observable<GuardVerdict>, options: Partial<Tool> = {}): Tool {
  return fakeTool(name, () => 'r', { guard: () => answer, ...options });
}

describe('a guard that takes its time', () => {
  marble('holds up its own call and no other', ({ cold, hot, expectObservable }) => {
    const k = cold('            ----------y', verdicts);
    const l = cold('            ------n    ', verdicts);
    const source = hot('  -K-L-(wm|)           ', values);
    const expected = '    -K-L-(wAFm)(GX)(DSW|)';

    expectObservable(source.pipe(executeTools([guarded('k', k), guarded('l', l)]))).toBe(expected, values);
  });

  marble('keeps its place among the tools that may run at once', ({ cold, hot, expectObservable }) => {
    const k = cold('         ------y', verdicts);
    const source = hot('  -KL(wm|)        ', values);
    const expected = '    -KL(wAm)-(DSWTX|)';

    const tools = [guarded('k', k), fakeTool('l', () => 'r')];
    const out = source.pipe(executeTools(tools, { concurrency: 1 }));
    expectObservable(out).toBe(expected, { ...values, X: result('l', 'r') });
  });

  it('asks about the decoded input, in events that are plain data', () => {
    const K = { ...ours.K, input: { _tag: 'Right' as const, right: { city: 'Oslo' } } };
    const verdict$ = new Subject<GuardVerdict>();
    const source = of<RoundEvent[]>(K, claude.w, claude.m);
    const { values: seen } = observe(source.pipe(executeTools([guarded('k', verdict$)])));
    verdict$.next('Not today.');
    const told = [asked('k', { city: 'Oslo' }), decided('k', 'denied', 'Not today.')];
    expect(seen.filter(({ type }) => type.startsWith('approval'))).toEqual(told);
    expect(JSON.parse(JSON.stringify(told))).toEqual(told);
  });

  marble('asks a second time when the other guard takes its time, too', ({ cold, hot, expectObservable }) => {
    const common = cold('  -----y           ', verdicts);
    const own = cold('          ------n     ', verdicts);
    const source = hot('-K-(wm|)           ', values);
    const expected = '  -K-(wAm)(DA)--(EX|)';

    const results = { E: decided('k', 'denied', 'Not today.'), X: refusal('k', 'Not today.') };
    const out = source.pipe(executeTools([guarded('k', own)], { guard: () => common }));
    expectObservable(out).toBe(expected, { ...values, ...results });
  });

  marble('is the only one that asks, in front of one that answers at once', ({ cold, hot, expectObservable }) => {
    const common = cold('  -----y     ', verdicts);
    const source = hot('-K-(wm|)     ', values);
    const expected = '  -K-(wAm)(DX|)';

    const tool = fakeTool('k', () => 'r', { guard: () => 'Not today.' });
    const out = source.pipe(executeTools([tool], { guard: () => common }));
    expectObservable(out).toBe(expected, { ...values, X: refusal('k', 'Not today.') });
  });

  marble('ends it when it says no: the other guard is not asked', (helpers) => {
    const { cold, hot, expectObservable, expectSubscriptions } = helpers;
    const common = cold('  -----n     ', verdicts);
    const own = cold('     y          ', verdicts);
    const source = hot('-K-(wm|)     ', values);
    const expected = '  -K-(wAm)(DX|)';

    const results = { D: decided('k', 'denied', 'Not today.'), X: refusal('k', 'Not today.') };
    const out = source.pipe(executeTools([guarded('k', own)], { guard: () => common }));
    expectObservable(out).toBe(expected, { ...values, ...results });
    expectSubscriptions(common.subscriptions).toBe('---^----!');
    expectSubscriptions(own.subscriptions).toBe([]);
  });
});

describe('while a guard makes up its mind', () => {
  marble('the run may be unsubscribed from', ({ cold, hot, expectObservable, expectSubscriptions }) => {
    const guard = cold('   -----y', verdicts);
    const pending = '   ---^---!';
    const source = hot('-K-w----', values);
    const unsub = '     -------!';
    const expected = '  -K-(wA)-';

    expectObservable(source.pipe(executeTools([guarded('k', guard)])), unsub).toBe(expected, values);
    expectSubscriptions(guard.subscriptions).toBe(pending);
  });

  marble('the time of the tool may be up', ({ cold, hot, expectObservable, expectSubscriptions }) => {
    const guard = cold('   ------y    ', verdicts);
    const pending = '   ---^----!';
    const source = hot('-K-w----------m|', values);
    const expected = '  -K-(wA)-(DW)--m|';

    const results = { D: decided('k', 'expired'), W: timedOut('k', 5) };
    const out = source.pipe(executeTools([guarded('k', guard)], { timeout: 5 }));
    expectObservable(out).toBe(expected, { ...values, ...results });
    expectSubscriptions(guard.subscriptions).toBe(pending);
  });

  marble('the time of the tool may be up at the second guard: it counts both', ({ cold, hot, expectObservable }) => {
    const common = cold('  -----y        ', verdicts);
    const own = cold('          ------y  ', verdicts);
    const source = hot('-K-(wm|)        ', values);
    const expected = '  -K-(wAm)(DA)(EW|)';

    const results = { E: decided('k', 'expired'), W: timedOut('k', 9) };
    const out = source.pipe(executeTools([guarded('k', own)], { guard: () => common, timeout: 9 }));
    expectObservable(out).toBe(expected, { ...values, ...results });
  });

  marble('the run may be stopped: no grace for a guard', ({ cold, hot, expectObservable, expectSubscriptions }) => {
    const guard = cold('   ------y    ', verdicts);
    const pending = '   ---^----!';
    const source = hot('-K-w------m|', values);
    const stop$ = hot(' --------x   ', { x: 'enough' });
    const expected = '  -K-(wA)-W-m|';

    const out = source.pipe(executeTools([guarded('k', guard)], { stop$, grace: Infinity }));
    expectObservable(out).toBe(expected, { ...values, W: unrunResult('k', 'enough') });
    expectSubscriptions(guard.subscriptions).toBe(pending);
  });

  marble('the reply may end otherwise', ({ cold, hot, expectObservable, expectSubscriptions }) => {
    const guard = cold(' ------y    ', verdicts);
    const pending = '   -^---!';
    const source = hot('-K---x---m|', values);
    const expected = '  -(KA)(xW)m|';

    const W = unrunResult('k', 'the reply ended with "max_tokens"');
    const out = source.pipe(executeTools([guarded('k', guard, { idempotent: true })]));
    expectObservable(out).toBe(expected, { ...values, W });
    expectSubscriptions(guard.subscriptions).toBe(pending);
  });

  marble(
    'the round may be tried again: the question is void',
    ({ cold, hot, expectObservable, expectSubscriptions }) => {
      const guard = cold(' ------y     ', verdicts);
      const pending = ['  -^----!      ', '--------^-----!'];
      const events = { ...values, R: retried(1, overloaded(), 1) };
      const source = hot('-K----R-K---w------m|', events);
      const expected = '  -(KA)-R-(KA)w-(DSW)m|';

      const out = source.pipe(executeTools([guarded('k', guard, { idempotent: true })]));
      expectObservable(out).toBe(expected, events);
      expectSubscriptions(guard.subscriptions).toBe(pending);
    },
  );
});

describe('whoever is told', () => {
  const call = of<RoundEvent[]>(ours.K, claude.w, claude.m);

  /** A run whose guard answers when it is told to. */
  function setUp(options: ExecuteToolsOptions = {}) {
    const verdict$ = new Subject<GuardVerdict>();
    const run = jest.fn(() => 'r');
    const tools = [fakeTool('k', run, { guard: () => verdict$ })];
    return { verdict$, run, tools, events$: call.pipe(executeTools(tools, options)) };
  }

  /** Does something at the first event of a type. */
  function at(type: RoundEvent['type'], react: () => void): MonoTypeOperatorFunction<RoundEvent> {
    return behind((event) => {
      if (event.type === type) react();
    });
  }

  it('of the question may answer in that moment, and everyone hears both in their order', () => {
    const { verdict$, tools } = setUp();
    const source = new Subject<RoundEvent>();
    const events$ = source.pipe(executeTools(tools), share());
    events$.subscribe(({ type }) => {
      if (type === 'approval_request') verdict$.next(true);
    });
    const seen = observe(events$);
    call.subscribe(source);
    const types = ['approval_request', 'approval_decision', 'tool_start', 'tool_result'];
    expect(seen.values.slice(2, 6).map(({ type }) => type)).toEqual(types);
    expect(seen.end).toBe('complete');
  });

  it('of the question may leave', () => {
    const { verdict$, run, events$ } = setUp();
    const seen = observe(events$.pipe(takeWhile(({ type }) => type !== 'approval_request', true)));
    expect(verdict$.observed).toBe(false);
    verdict$.next(true);
    expect(run).not.toHaveBeenCalled();
    expect(seen).toMatchObject({ end: 'complete', values: [ours.K, claude.w, values.A] });
  });

  it('of the decision may leave: the tool is not run', () => {
    const { verdict$, run, events$ } = setUp();
    const seen = observe(events$.pipe(takeWhile(({ type }) => type !== 'approval_decision', true)));
    verdict$.next(true);
    expect(run).not.toHaveBeenCalled();
    expect(seen.values.at(-1)).toEqual(values.D);
  });

  it.each([
    ['question', 'approval_request', []],
    ['decision', 'approval_decision', [values.D]],
  ] as const)('of the %s may stop the run: the tool is not run', (_, type, decision) => {
    const stop$ = new Subject<string>();
    const { verdict$, run, events$ } = setUp({ stop$ });
    const stopping = at(type, () => {
      stop$.next('enough');
    });
    const seen = observe(events$.pipe(stopping));
    verdict$.next(true);
    expect(run).not.toHaveBeenCalled();
    expect(verdict$.observed).toBe(false);
    expect(seen.end).toBe('complete');
    const told = seen.values.filter((event) => event !== claude.m);
    expect(told).toEqual([ours.K, claude.w, values.A, ...decision, unrunResult('k', 'enough')]);
  });

  marble('that the time is up may say yes in that moment: too late', ({ hot, expectObservable, flush }) => {
    const source = hot('-K-w----------m|', values);
    const expected = '  -K-(wA)-(DW)--m|';

    const { verdict$, run, tools } = setUp();
    const late = at('approval_decision', () => {
      verdict$.next(true);
    });
    const results = { D: decided('k', 'expired'), W: timedOut('k', 5) };
    expectObservable(source.pipe(executeTools(tools, { timeout: 5 }), late)).toBe(expected, { ...values, ...results });
    flush();
    expect(run).not.toHaveBeenCalled();
  });

  marble('by its signal that the time is up, or that it is stopped, is not heard', ({ hot, expectObservable }) => {
    const source = hot(' -K-w--------m|', values);
    const stop$ = hot('  --------x     ', { x: 'enough' });
    const expired = '    -K-(wA)-(DW)m|';
    const stopped = '    -K-(wA)-W---m|';

    const guard: Guard = (_, { signal }) =>
      new Observable((subscriber) => {
        signal.addEventListener('abort', () => {
          subscriber.next('The signal was aborted.');
        });
      });
    const run = (options: ExecuteToolsOptions) =>
      source.pipe(executeTools([fakeTool('k', () => 'r')], { guard, ...options }));
    const timeUp = { D: decided('k', 'expired'), W: timedOut('k', 5) };
    expectObservable(run({ timeout: 5 })).toBe(expired, { ...values, ...timeUp });
    expectObservable(run({ stop$ })).toBe(stopped, { ...values, W: unrunResult('k', 'enough') });
  });

  it('to stop by a guard that is being asked asks no other', () => {
    const stop$ = new Subject<string>();
    const own = jest.fn(() => true);
    const guard: Guard = () => {
      stop$.next('enough');
      return true;
    };
    const tools = [fakeTool('k', () => 'r', { guard: own })];
    const { values: seen } = observe(call.pipe(executeTools(tools, { guard, stop$ })));
    expect(own).not.toHaveBeenCalled();
    expect(seen).toEqual([ours.K, claude.w, unrunResult('k', 'enough'), claude.m]);
  });
});
