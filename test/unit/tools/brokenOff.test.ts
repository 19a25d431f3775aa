/** What `executeTools` does with tools that run while the reply that called them breaks off. */
import { concat, NEVER, of, throwError, type Observable } from 'rxjs';
import { executeTools } from 'rxclaude';
import type { RoundEvent } from 'rxclaude';
import { marble } from '../../../marbles/index.js';
import { fromClaude, ours, result, stoppedResult, unrunResult } from '../../support/events.js';
import { fakeTool } from '../../../marbles/specs/support/fakeTool.js';
import { frozen } from '../../../marbles/specs/support/frozen.js';

// K L M call the tools k l m, S T U say that they start, W X Y how they end. # is a connection that was cut.
const values = frozen({ ...fromClaude, ...ours });
const why = 'the reply broke off';
const once = (name: string, output: Observable<unknown>) => fakeTool(name, () => output);
const twice = (name: string, output: Observable<unknown>) => fakeTool(name, () => output, { idempotent: true });

marble('a tool that may run twice is let go of at once', ({ cold, hot, expectObservable, expectSubscriptions }) => {
  const source = hot('-K-----#', values, 'cut');
  const k = cold('     --------r');
  const expected = '  -(KS)--#';
  const kSubs = '     -^-----!';

  expectObservable(source.pipe(executeTools([twice('k', k)]))).toBe(expected, values, 'cut');
  expectSubscriptions(k.subscriptions).toBe(kSubs);
});

marble('one that must not run twice has time for its result, which comes before the error', (helpers) => {
  const { cold, hot, expectObservable, expectSubscriptions } = helpers;
  const source = hot('-K-w---#      ', values, 'cut');
  const k = cold('       ------(r|) ');
  const expected = '  -K-(wS)--(W#) ';
  const kSubs = '     ---^-----!    ';

  const W = result('k', 'r', 6);
  expectObservable(source.pipe(executeTools([once('k', k)], { grace: 9 }))).toBe(expected, { ...values, W }, 'cut');
  expectSubscriptions(k.subscriptions).toBe(kSubs);
});

marble('but no longer than its time of grace', ({ cold, hot, expectObservable, expectSubscriptions }) => {
  const source = hot('-K-w-----#      ', values, 'cut');
  const k = cold('       -------------r');
  const expected = '  -K-(wS)-----(W#)';
  const kSubs = '     ---^--------!   ';

  const W = stoppedResult('k', why, 9);
  expectObservable(source.pipe(executeTools([once('k', k)], { grace: 3 }))).toBe(expected, { ...values, W }, 'cut');
  expectSubscriptions(k.subscriptions).toBe(kSubs);
});

marble(
  'all that run are waited for, and those that wait for room are answered at once',
  ({ cold, hot, expectObservable }) => {
    const source = hot('-KLMw-----#         ', values, 'cut');
    const k = cold('        -               ');
    const l = cold('        --------(r|)    ');
    const expected = '  -KLM(wST)-Y-X---(W#)';

    const tools = [once('k', k), once('l', l), once('m', NEVER)];
    const results = { W: stoppedResult('k', why, 12), X: result('l', 'r', 8), Y: unrunResult('m', why) };
    const out = source.pipe(executeTools(tools, { grace: 6, concurrency: 2 }));
    expectObservable(out).toBe(expected, { ...values, ...results }, 'cut');
  },
);

marble('without grace, the error comes at once', ({ hot, expectObservable }) => {
  const source = hot('-K-w----#   ', values, 'cut');
  const expected = '  -K-(wS)-(W#)';

  const W = stoppedResult('k', why, 5);
  const out = source.pipe(executeTools([once('k', NEVER)], { grace: 0 }));
  expectObservable(out).toBe(expected, { ...values, W }, 'cut');
});

it('leaves no timer behind when it is unsubscribed from in that time', () => {
  jest.useFakeTimers();
  const cut = concat(
    of<RoundEvent[]>(ours.K, fromClaude.w),
    throwError(() => 'cut'),
  );
  const subscription = cut.pipe(executeTools([once('k', NEVER)])).subscribe();
  const inGrace = jest.getTimerCount();
  subscription.unsubscribe();
  const afterwards = jest.getTimerCount();
  jest.useRealTimers();
  expect(inGrace).toBeGreaterThan(0);
  expect(afterwards).toBe(0);
});
