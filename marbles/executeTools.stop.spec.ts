import { asyncScheduler, Observable, of, Subject } from 'rxjs';
import { executeTools } from '../src/index.js';
import type { RoundEvent, ToolContext } from '../src/index.js';
import { marble } from './kit/session/marble.js';
import { claude, failure, ours, progress, result, retried, stoppedResult, unrunResult } from './support/alphabet.js';
import { behind } from './support/behind.js';
import { fakeTool } from './support/fakeTool.js';
import { frozen } from './support/frozen.js';
import { observe } from './support/observe.js';
import { overloaded } from './support/overloaded.js';

// K L M call the tools k l m, S T U say that they start, W X Y how they end. At x the run is stopped, and Claude is told
// that this is because of lunch.
const values = frozen({ ...claude, ...ours });
const why = 'it is time for lunch';
const lunch = { x: why };

/** A tool that notes when its signal is aborted, and why. */
function noting(aborts: unknown[], output: Observable<unknown>) {
  return (_: unknown, { signal }: ToolContext) => {
    signal.addEventListener('abort', () => aborts.push(asyncScheduler.now(), (signal.reason as Error).name));
    return output;
  };
}

describe('a tool that was not started', () => {
  marble('is not, and its call is answered once the reply asks for it', ({ hot, expectObservable }) => {
    const source = hot('-K---L---w----m|', values);
    const stop$ = hot(' ---x            ', lunch);
    const expected = '  -K---L---(wWX)m|';

    const tools = [fakeTool('k', () => 'r'), fakeTool('l', () => 'r', { idempotent: true })];
    const results = { W: unrunResult('k', why), X: unrunResult('l', why) };
    expectObservable(source.pipe(executeTools(tools, { stop$ }))).toBe(expected, { ...values, ...results });
  });

  marble('is answered at once when it only waited for room', ({ cold, hot, expectObservable }) => {
    const source = hot('-KLM-w-------m-|    ', values);
    const stop$ = hot(' ---------x          ', lunch);
    const k = cold('         -----------(r|)');
    const expected = '  -KLM-(wS)(XY)m--(W|)';

    const tools = [fakeTool('k', () => k), fakeTool('l', () => 'r'), fakeTool('m', () => 'r')];
    const results = { W: result('k', 'r', 11), X: unrunResult('l', why), Y: unrunResult('m', why) };
    const out = source.pipe(executeTools(tools, { stop$, concurrency: 1, grace: 20 }));
    expectObservable(out).toBe(expected, { ...values, ...results });
  });

  marble(
    'is answered, too, when its call comes only while another tool is stopped',
    ({ cold, hot, expectObservable }) => {
      const source = hot('-K----L---w----m|   ', values);
      const stop$ = hot(' -----x              ', lunch);
      const k = cold('     -------------(r|)  ');
      const expected = '  -(KS)-L---(wX)Wm|   ';

      const tools = [fakeTool('k', () => k, { idempotent: true }), fakeTool('l', () => 'r', { idempotent: true })];
      const results = { W: result('k', 'r', 13), X: unrunResult('l', why) };
      expectObservable(source.pipe(executeTools(tools, { stop$, grace: 20 }))).toBe(expected, {
        ...values,
        ...results,
      });
    },
  );

  marble('is answered with what is wrong with its call, where something is', ({ hot, expectObservable }) => {
    const wrong = { _tag: 'InvalidInput' as const, input: {}, issues: [], message: 'Where is the city?' };
    const events = { ...values, K: { ...ours.K, input: { _tag: 'Left' as const, left: wrong } } };
    const source = hot('-K-L-w----m|', events);
    const stop$ = hot(' -x          ', lunch);
    const expected = '  -K-L-(wWX)m|';

    const message = 'There is no tool `l` to run. The tools that can be run are: k.';
    const unknown = { _tag: 'UnknownTool', input: {}, known: ['k'], message };
    const results = { W: failure('k', 'Where is the city?', wrong), X: failure('l', message, unknown) };
    const out = source.pipe(executeTools([fakeTool('k', () => 'r')], { stop$ }));
    expectObservable(out).toBe(expected, { ...events, ...results });
  });

  marble('is not started by a further attempt either', ({ hot, expectObservable }) => {
    const events = { ...values, R: retried(1, overloaded(), 1) };
    const source = hot('-s-R-s-K-w---m|', events);
    const stop$ = hot(' -x             ', lunch);
    const expected = '  -s-R-s-K-(wW)m|';

    const out = source.pipe(executeTools([fakeTool('k', () => 'r')], { stop$ }));
    expectObservable(out).toBe(expected, { ...events, W: unrunResult('k', why) });
  });
});

describe('a tool that runs', () => {
  marble('has its signal aborted at once, and time for a result, which is kept', (helpers) => {
    const { cold, hot, flush, expectObservable, expectSubscriptions } = helpers;
    const source = hot('-K-w---m|         ', values);
    const stop$ = hot(' ---------x        ', lunch);
    const k = cold('       ----------(r|) ');
    const expected = '  -K-(wS)m-----(W|) ';
    const kSubs = '     ---^---------!    ';

    const aborts: unknown[] = [];
    const out = source.pipe(executeTools([fakeTool('k', noting(aborts, k))], { stop$, grace: 9 }));
    expectObservable(out).toBe(expected, { ...values, W: result('k', 'r', 10) });
    expectSubscriptions(k.subscriptions).toBe(kSubs);
    flush();
    expect(aborts).toEqual([9, 'AbortError']);
  });

  marble('may tell of its progress in that time', ({ cold, hot, expectObservable }) => {
    const source = hot('-K-w---m|           ', values);
    const stop$ = hot(' ---------x          ', lunch);
    const k = cold('       -------p----(r|) ');
    const expected = '  -K-(wS)m--P----(W|) ';

    const results = { P: progress('k', 'p'), W: result('k', 'r', 12) };
    const out = source.pipe(executeTools([fakeTool('k', () => k)], { stop$, grace: 9 }));
    expectObservable(out).toBe(expected, { ...values, ...results });
  });

  marble('is given up when that is over, and what it says later is lost', (helpers) => {
    const { cold, hot, expectObservable, expectSubscriptions } = helpers;
    const source = hot('-K-w---m|           ', values);
    const stop$ = hot(' ---------x          ', lunch);
    const k = cold('       -----------p-(r|)');
    const expected = '  -K-(wS)m-----(W|)   ';
    const kSubs = '     ---^---------!      ';

    const out = source.pipe(executeTools([fakeTool('k', () => k)], { stop$, grace: 4 }));
    expectObservable(out).toBe(expected, { ...values, W: stoppedResult('k', why, 10) });
    expectSubscriptions(k.subscriptions).toBe(kSubs);
  });

  marble('has 1 s unless told otherwise', ({ cold, hot, expectObservable, expectSubscriptions }) => {
    const source = hot('-K-w---m|            ', values);
    const stop$ = hot(' ---------x           ', lunch);
    const k = cold('       2s r              ');
    const expected = '  -K-(wS)m 1001ms (W|) ';
    const kSubs = '     ---^----- 1s !       ';

    const out = source.pipe(executeTools([fakeTool('k', () => k)], { stop$ }));
    expectObservable(out).toBe(expected, { ...values, W: stoppedResult('k', why, 1_006) });
    expectSubscriptions(k.subscriptions).toBe(kSubs);
  });

  marble('is given up at once without grace', ({ cold, hot, expectObservable, expectSubscriptions }) => {
    const source = hot('-K-w---m----|', values);
    const stop$ = hot(' ---------x   ', lunch);
    const k = cold('       -------r  ');
    const expected = '  -K-(wS)m-W--|';
    const kSubs = '     ---^-----!   ';

    const out = source.pipe(executeTools([fakeTool('k', () => k)], { stop$, grace: 0 }));
    expectObservable(out).toBe(expected, { ...values, W: stoppedResult('k', why, 6) });
    expectSubscriptions(k.subscriptions).toBe(kSubs);
  });

  marble('and fails when it is aborted, was stopped: what it says then is no failure', ({ hot, expectObservable }) => {
    const source = hot('-K-w---m-----|', values);
    const stop$ = hot(' ---------x    ', lunch);
    const expected = '  -K-(wS)m-W---|';

    const run = (_: unknown, { signal }: ToolContext) =>
      new Observable((subscriber) => {
        signal.addEventListener('abort', () => {
          subscriber.error(signal.reason);
        });
      });
    const out = source.pipe(executeTools([fakeTool('k', run)], { stop$ }));
    expectObservable(out).toBe(expected, { ...values, W: stoppedResult('k', why, 6) });
  });

  marble('and fails within its time, was stopped, too', ({ cold, hot, expectObservable }) => {
    const source = hot('-K-w---m|       ', values);
    const stop$ = hot(' ---------x      ', lunch);
    const k = cold('       ---------#   ');
    const expected = '  -K-(wS)m----(W|)';

    const out = source.pipe(executeTools([fakeTool('k', () => k)], { stop$, grace: 9 }));
    expectObservable(out).toBe(expected, { ...values, W: stoppedResult('k', why, 9) });
  });

  marble('and ends with nothing within its time, was stopped, too', ({ cold, hot, expectObservable }) => {
    const source = hot('-K-w---m|       ', values);
    const stop$ = hot(' ---------x      ', lunch);
    const k = cold('       ---------|   ');
    const expected = '  -K-(wS)m----(W|)';

    const out = source.pipe(executeTools([fakeTool('k', () => k)], { stop$, grace: 9 }));
    expectObservable(out).toBe(expected, { ...values, W: stoppedResult('k', why, 9) });
  });

  marble('one is done and one is not: each is answered truly', ({ cold, hot, expectObservable }) => {
    const source = hot('-KL-w----m--------|', values);
    const stop$ = hot(' ------------x      ', lunch);
    const k = cold('        ------(r|)     ');
    const l = cold('        -              ');
    const expected = '  -KL-(wST)mW----X--|';

    const tools = [fakeTool('k', () => k), fakeTool('l', () => l)];
    const results = { W: result('k', 'r', 6), X: stoppedResult('l', why, 11) };
    const out = source.pipe(executeTools(tools, { stop$, grace: 3 }));
    expectObservable(out).toBe(expected, { ...values, ...results });
  });

  it('and answers the moment it is aborted, has its result kept even without grace', () => {
    const stop$ = new Subject<string>();
    const run = (_: unknown, { signal }: ToolContext) =>
      new Observable((subscriber) => {
        signal.addEventListener('abort', () => {
          subscriber.next('half of it');
          subscriber.complete();
        });
      });
    const source = of<RoundEvent[]>(ours.K, claude.w, claude.m);
    const seen = observe(source.pipe(executeTools([fakeTool('k', run)], { stop$, grace: 0 })));
    stop$.next('enough');
    expect(seen).toMatchObject({ end: 'complete' });
    expect(seen.values.at(-1)).toMatchObject({ type: 'tool_result', output: 'half of it' });
  });

  it('and hands its signal on, as to `fetch`, was stopped: the rejection is no failure', async () => {
    const stop$ = new Subject<string>();
    const run = async (_: unknown, { signal }: ToolContext) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          reject(signal.reason);
        });
      });
    const source = of<RoundEvent[]>(ours.K, claude.w, claude.m);
    const seen = observe(source.pipe(executeTools([fakeTool('k', run)], { stop$ })));
    stop$.next('enough');
    await new Promise(setImmediate);
    expect(seen).toMatchObject({ end: 'complete' });
    expect(seen.values.at(-1)).toMatchObject({ error: stoppedResult('k', 'enough').error });
  });

  it('no sooner than at its tool_start, is not run', () => {
    const stop$ = new Subject<string>();
    const run = jest.fn(() => 'r');
    const stopAtStart = behind(({ type }: RoundEvent) => {
      if (type === 'tool_start') stop$.next('enough');
    });
    const source = of<RoundEvent[]>(ours.K, claude.w, claude.m);
    const seen = observe(source.pipe(executeTools([fakeTool('k', run)], { stop$ }), stopAtStart));
    expect(run).not.toHaveBeenCalled();
    expect(seen.end).toBe('complete');
    expect(seen.values).toMatchObject([ours.K, claude.w, ours.S, { result: { is_error: true } }, claude.m]);
  });
});
