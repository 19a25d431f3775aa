/** What `executeTools` listens to as its `stop$`, and until when. */
import { map, NEVER, Observable, of, Subject, throwError, timer } from 'rxjs';
import { executeTools } from 'rxclaude';
import type { RoundEvent } from 'rxclaude';
import { marble } from '../../../marbles/index.js';
import { fromClaude, ours, result, unrunResult } from '../../support/events.js';
import { fakeTool } from '../../../marbles/specs/support/fakeTool.js';
import { frozen } from '../../../marbles/specs/support/frozen.js';
import { observe } from '../../../marbles/specs/support/observe.js';
import { tagged } from '../../support/errors.js';

// K calls the tool k, S says that it starts, W how it ends. At x the run is stopped.
const values = frozen({ ...fromClaude, ...ours });
const why = 'it is time for lunch';
const lunch = { x: why };

describe('stop$', () => {
  marble(
    'is let go of when it has emitted, and no second word counts',
    ({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('-K----w---m|', values);
      const stop$ = hot(' --x-2-      ', { ...lunch, 2: 'another reason' });
      const expected = '  -K----(wW)m|';
      const stopSubs = '  ^-!         ';

      const out = source.pipe(executeTools([fakeTool('k', () => 'r')], { stop$ }));
      expectObservable(out).toBe(expected, { ...values, W: unrunResult('k', why) });
      expectSubscriptions(stop$.subscriptions).toBe(stopSubs);
    },
  );

  marble('is let go of at the end', ({ hot, expectObservable, expectSubscriptions }) => {
    const source = hot('-K-w-----m|', values);
    const stop$ = hot(' -----------', lunch);
    const expected = '  -K-(wSW)-m|';
    const stopSubs = '  ^---------!';

    const out = source.pipe(executeTools([fakeTool('k', () => 'r')], { stop$ }));
    expectObservable(out).toBe(expected, { ...values, W: result('k', 'r') });
    expectSubscriptions(stop$.subscriptions).toBe(stopSubs);
  });

  marble('that ends without a word stops nothing', ({ hot, expectObservable }) => {
    const source = hot('-K-w----m|', values);
    const stop$ = hot(' --|       ');
    const expected = '  -K-(wSW)m|';

    const out = source.pipe(executeTools([fakeTool('k', () => 'r')], { stop$ }));
    expectObservable(out).toBe(expected, { ...values, W: result('k', 'r') });
  });

  marble('that fails, fails the stream', ({ cold, hot, expectObservable, expectSubscriptions }) => {
    const source = hot('-K-w------m|', values);
    const stop$ = hot(' -------#    ', undefined, 'boom');
    const k = cold('       --------r');
    const expected = '  -K-(wS)#    ';
    const kSubs = '     ---^---!    ';

    expectObservable(source.pipe(executeTools([fakeTool('k', () => k)], { stop$ }))).toBe(expected, values, 'boom');
    expectSubscriptions(k.subscriptions).toBe(kSubs);
  });

  it('may have emitted before there is anything to stop, and say something else than why', () => {
    const source = of<RoundEvent[]>(ours.K, fromClaude.w, fromClaude.m);
    const tools = [fakeTool('k', () => 'r')];
    const resultOf = (stop$: Observable<unknown>) => observe(source.pipe(executeTools(tools, { stop$ }))).values[2];
    expect(resultOf(of('enough'))).toEqual(unrunResult('k', 'enough'));
    for (const value of [undefined, null, 1, {}]) {
      expect(resultOf(of(value))).toEqual(unrunResult('k', 'the run was stopped'));
    }
    const boom = new Error('boom');
    const failing = executeTools(tools, { stop$: throwError(() => boom) });
    expect(observe(source.pipe(failing))).toMatchObject({ values: [], end: 'error', error: boom });
  });

  it('may be a promise', async () => {
    const seen = observe(
      new Observable<RoundEvent>((subscriber) => {
        subscriber.next(ours.K);
        subscriber.next(fromClaude.w);
      }).pipe(executeTools([fakeTool('k', () => NEVER)], { stop$: Promise.resolve('enough'), grace: 0 })),
    );
    await Promise.resolve();
    await Promise.resolve();
    expect(seen.values.at(-1)).toMatchObject({
      type: 'tool_result',
      outcome: { left: { _tag: 'Stopped', started: true } },
    });
  });
});

it('leaves no timer behind when it is unsubscribed from in the time of grace', () => {
  jest.useFakeTimers();
  const stop$ = new Subject<string>();
  const source = of<RoundEvent[]>(ours.K, fromClaude.w, fromClaude.m);
  const subscription = source.pipe(executeTools([fakeTool('k', () => NEVER)], { stop$ })).subscribe();
  stop$.next('enough');
  const inGrace = jest.getTimerCount();
  subscription.unsubscribe();
  const afterwards = jest.getTimerCount();
  jest.useRealTimers();
  expect(inGrace).toBeGreaterThan(0);
  expect(afterwards).toBe(0);
});

it.each([-1, NaN, '5', null, 2 ** 31])('refuses the grace %p at once', (grace) => {
  expect(() => executeTools([], { grace: grace as number })).toThrow(tagged('OptionError'));
  expect(() => executeTools([], { grace: grace as number })).toThrow('executeTools.grace');
});

it('waits for ever with a grace of Infinity', async () => {
  const stop$ = new Subject<string>();
  const run = () => timer(30).pipe(map(() => 'r'));
  const source = of<RoundEvent[]>(ours.K, fromClaude.w, fromClaude.m);
  const seen = observe(source.pipe(executeTools([fakeTool('k', run)], { stop$, grace: Infinity })));
  stop$.next('enough');
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(seen.values.at(-1)).toMatchObject({ type: 'tool_result', outcome: { right: 'r' } });
  expect(seen.end).toBe('complete');
});
