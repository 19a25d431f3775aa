import { Observable, of, share, Subject, takeWhile, type MonoTypeOperatorFunction } from 'rxjs';
import { executeTools } from '../../src/index.js';
import type {
  ExecuteToolsOptions,
  Guard,
  GuardVerdict,
  RoundEvent,
  ToolCallEvent,
  ToolResultEvent,
} from '../../src/index.js';
import { added, apiError, claude, exactly, marble } from '../index.js';
import { reacting } from './support/reacting.js';
import { fakeTool } from './support/fakeTool.js';
import { observe } from './support/observe.js';

// The guards take their time: in their lines, y lets a call through, and n says `Not today.`
//
// w message_delta with stop_reason tool_use
// x message_delta with stop_reason max_tokens or model_context_window_exceeded  m message_stop  R round_retry
// K tool_call  A approval_request  D approval_decision  S tool_start  W tool_result  X tool_result with is_error

/** Claude calls `pay` with K, and `book` with L. */
const K = added.toolCall('toolu_1', 'pay', { invoice: 'A-17' });
const L = added.toolCall('toolu_2', 'book', { table: 7 }, 1);
const calls = { K, L };
const asked = added.approvalRequest(K, { invoice: 'A-17' });
const approved = added.approvalDecision(K, 'approved');
const paid = added.toolResult(K, 'paid');

/** The events of the call to `pay`: the guard says yes with D, or no with N; at U its time is up. */
const told = {
  K,
  A: exactly(asked),
  D: exactly(approved),
  N: exactly(added.approvalDecision(K, 'denied', 'Not today.')),
  U: exactly(added.approvalDecision(K, 'expired', 'no decision within 5 ms.')),
  S: exactly(added.toolStart(K)),
  W: exactly(paid),
};

/** The answer to a call that a guard refused. */
function refusal(call: ToolCallEvent): unknown {
  const message = `\`${call.name}\` was not run: Not today.`;
  return exactly(added.toolFailure(call, message, { _tag: 'Refused', message }));
}

/** The answer to `pay`, when its guard had not decided in time. */
function undecided(milliseconds: number): unknown {
  const message = `\`pay\` was not run: no decision within ${milliseconds} ms.`;
  return exactly(added.toolFailure(K, message, { _tag: 'Refused', message }));
}

/** The answer to `pay`, when it was not started. */
function unrun(why: string): ToolResultEvent {
  const message = `Not run: ${why}.`;
  return added.toolFailure(K, message, { _tag: 'Stopped', started: false, message });
}

describe('a guard that takes its time', () => {
  marble('delays its own call and no other', ({ approval, events, tool, expectEvents }) => {
    const source = events('     -K-L-(wm|)           ', calls);
    const payGuard = approval('      ----------y     ');
    const bookGuard = approval('     ------n         ', { n: 'Not today.' });
    const expected = '          -K-L-(wAFm)(GX)(DSW|)';

    const pay = tool('pay', '(r|)', { r: 'paid' }, { guard: payGuard });
    const book = tool('book', '(r|)', { r: 'booked' }, { guard: bookGuard });
    const ofBook = {
      L,
      F: exactly(added.approvalRequest(L, { table: 7 })),
      G: exactly(added.approvalDecision(L, 'denied', 'Not today.')),
      X: refusal(L),
    };
    expectEvents(source.pipe(executeTools([pay, book]))).toBe(expected, { ...told, ...ofBook });
  });

  marble('takes no place among the tools that may run at once', ({ approval, events, tool, expectEvents }) => {
    const source = events(' -KL(wm|)         ', calls);
    const guard = approval('   --------y     ');
    const expected = '      -KL(wATmY)-(DSW|)';

    const pay = tool('pay', '(r|)', { r: 'paid' }, { guard });
    const book = tool('book', '(r|)', { r: 'booked' });
    const ofBook = { L, T: exactly(added.toolStart(L)), Y: exactly(added.toolResult(L, 'booked')) };
    const out = source.pipe(executeTools([pay, book], { concurrency: 1 }));
    expectEvents(out).toBe(expected, { ...told, ...ofBook });
  });

  it('asks about the decoded input, in events that are plain data', () => {
    const verdict$ = new Subject<GuardVerdict>();
    const source = of<RoundEvent[]>(K, claude.stop('tool_use'), claude.messageStop());
    const pay = fakeTool('pay', () => 'paid', { guard: () => verdict$ });
    const { values: seen } = observe(source.pipe(executeTools([pay])));
    verdict$.next('Not today.');
    const approvals = [asked, added.approvalDecision(K, 'denied', 'Not today.')];
    expect(seen.filter(({ type }) => type.startsWith('approval'))).toEqual(approvals);
    expect(JSON.parse(JSON.stringify(approvals))).toEqual(approvals);
  });

  marble('asks a second time when the other guard takes its time, too', (helpers) => {
    const { approval, events, tool, expectEvents, expectRuns } = helpers;
    const source = events('  -K-(wm|)           ', calls);
    const common = approval('   -----y          ');
    const own = approval('           ------n    ', { n: 'Not today.' });
    const expected = '       -K-(wAm)(DA)--(NX|)';

    const pay = tool('pay', '(r|)', {}, { guard: own });
    const out = source.pipe(executeTools([pay], { guard: common }));
    expectEvents(out).toBe(expected, { ...told, X: refusal(K) });
    expectRuns(pay).toBe([]);
  });

  marble('is the only one that asks, in front of one that answers at once', (helpers) => {
    const { approval, events, tool, expectEvents, expectRuns } = helpers;
    const source = events('  -K-(wm|)     ', calls);
    const common = approval('   -----y    ');
    const expected = '       -K-(wAm)(DX|)';

    const pay = tool('pay', '(r|)', {}, { guard: () => 'Not today.' });
    const out = source.pipe(executeTools([pay], { guard: common }));
    expectEvents(out).toBe(expected, { ...told, X: refusal(K) });
    expectRuns(pay).toBe([]);
  });

  marble('ends it when it says no: the other guard is not asked', (helpers) => {
    const { cold, events, tool, expectEvents, expectRuns, expectSubscriptions } = helpers;
    const source = events('-K-(wm|)     ', calls);
    const common = cold('     -----n    ', { n: 'Not today.' });
    const own = cold('             y    ', { y: true });
    const expected = '     -K-(wAm)(NX|)';
    const commonAsked = '  ---^----!    ';

    const pay = tool('pay', '(r|)', {}, { guard: () => own });
    const out = source.pipe(executeTools([pay], { guard: () => common }));
    expectEvents(out).toBe(expected, { ...told, X: refusal(K) });
    expectSubscriptions(common.subscriptions).toBe(commonAsked);
    expectSubscriptions(own.subscriptions).toBe([]);
    expectRuns(pay).toBe([]);
  });
});

describe('while a guard decides', () => {
  marble('the run may be unsubscribed from', (helpers) => {
    const { cold, events, tool, expectEvents, expectRuns, expectSubscriptions } = helpers;
    const source = events('-K-w---- ', calls);
    const guard = cold('      -----y', { y: true });
    const unsub = '        -------! ';
    const expected = '     -K-(wA)- ';
    const pending = '      ---^---! ';

    const pay = tool('pay', '(r|)', {}, { guard: () => guard });
    expectEvents(source.pipe(executeTools([pay])), unsub).toBe(expected, told);
    expectSubscriptions(guard.subscriptions).toBe(pending);
    expectRuns(pay).toBe([]);
  });

  marble('its time may be up', (helpers) => {
    const { cold, events, tool, expectEvents, expectRuns, expectSubscriptions } = helpers;
    const source = events('-K-w----------m|', calls);
    const guard = cold('      ------y      ', { y: true });
    const expected = '     -K-(wA)-(UX)--m|';
    const pending = '      ---^----!       ';

    const pay = tool('pay', '(r|)', {}, { guard: () => guard });
    const out = source.pipe(executeTools([pay], { approvalTimeout: 5 }));
    expectEvents(out).toBe(expected, { ...told, X: undecided(5) });
    expectSubscriptions(guard.subscriptions).toBe(pending);
    expectRuns(pay).toBe([]);
  });

  marble('the time of the tool has not begun, and each guard has its own', (helpers) => {
    const { approval, events, tool, expectEvents } = helpers;
    const source = events('  -K-(wm|)           ', calls);
    const common = approval('   -----y          ');
    const own = approval('           ------y    ');
    const expected = '       -K-(wAm)(DA)--(DSW|)';

    const pay = tool('pay', '(r|)', { r: 'paid' }, { guard: own });
    const out = source.pipe(executeTools([pay], { guard: common, approvalTimeout: 9, timeout: 1 }));
    expectEvents(out).toBe(expected, told);
  });

  marble('the run may be stopped: no grace for a guard', (helpers) => {
    const { cold, events, hot, tool, expectEvents, expectRuns, expectSubscriptions } = helpers;
    const source = events('-K-w------m|', calls);
    const guard = cold('      ------y  ', { y: true });
    const stop$ = hot('    --------x   ', { x: 'enough' });
    const expected = '     -K-(wA)-X-m|';
    const pending = '      ---^----!   ';

    const pay = tool('pay', '(r|)', {}, { guard: () => guard });
    const out = source.pipe(executeTools([pay], { stop$, grace: Infinity }));
    expectEvents(out).toBe(expected, { ...told, X: exactly(unrun('enough')) });
    expectSubscriptions(guard.subscriptions).toBe(pending);
    expectRuns(pay).toBe([]);
  });

  marble('the reply may end otherwise', (helpers) => {
    const { cold, events, tool, expectEvents, expectRuns, expectSubscriptions } = helpers;
    const source = events('-K---x---m|', calls);
    const guard = cold('    ------y   ', { y: true });
    const expected = '     -(KA)(xX)m|';
    const pending = '      -^---!     ';

    const pay = tool('pay', '(r|)', {}, { guard: () => guard, idempotent: true });
    const X = exactly(unrun('the reply ended with "max_tokens"'));
    expectEvents(source.pipe(executeTools([pay]))).toBe(expected, { ...told, X });
    expectSubscriptions(guard.subscriptions).toBe(pending);
    expectRuns(pay).toBe([]);
  });

  marble('the round may be tried again: the question is void', (helpers) => {
    const { cold, events, tool, expectEvents, expectRuns, expectSubscriptions } = helpers;
    const R = added.roundRetry(1, apiError('overloaded_error'), 1);
    const source = events('-K----R-K---w------m|', { K, R });
    const guard = cold('           ------y      ', { y: true });
    const expected = '     -(KA)-R-(KA)w-(DSW)m|';
    const pending = '      -^----!              ';
    const pendingAgain = ' --------^-----!      ';
    const payRun = '       --------------(^|)   ';

    const pay = tool('pay', '(r|)', { r: 'paid' }, { guard: () => guard, idempotent: true });
    expectEvents(source.pipe(executeTools([pay]))).toBe(expected, { ...told, R });
    expectSubscriptions(guard.subscriptions).toBe([pending, pendingAgain]);
    expectRuns(pay).toBe(payRun);
  });
});

describe('a listener that is told', () => {
  const whole = of<RoundEvent[]>(K, claude.stop('tool_use'), claude.messageStop());

  /** A run whose guard answers when it is told to. */
  function setUp(options: ExecuteToolsOptions = {}) {
    const verdict$ = new Subject<GuardVerdict>();
    const run = jest.fn(() => 'paid');
    const tools = [fakeTool('pay', run, { guard: () => verdict$ })];
    return { verdict$, run, tools, events$: whole.pipe(executeTools(tools, options)) };
  }

  /** Does something at the first event of a type. */
  function at(type: RoundEvent['type'], react: () => void): MonoTypeOperatorFunction<RoundEvent> {
    return reacting((event) => {
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
    whole.subscribe(source);
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
    expect(seen).toMatchObject({ end: 'complete', values: [K, claude.stop('tool_use'), asked] });
  });

  it('of the decision may leave: the tool is not run', () => {
    const { verdict$, run, events$ } = setUp();
    const seen = observe(events$.pipe(takeWhile(({ type }) => type !== 'approval_decision', true)));
    verdict$.next(true);
    expect(run).not.toHaveBeenCalled();
    expect(seen.values.at(-1)).toEqual(approved);
  });

  it.each([
    ['question', 'approval_request', []],
    ['decision', 'approval_decision', [approved]],
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
    const heard = seen.values.filter(({ type }) => type !== 'message_stop');
    expect(heard).toEqual([K, claude.stop('tool_use'), asked, ...decision, unrun('enough')]);
  });

  marble('that the time is up may say yes in that moment: too late', ({ events, tool, expectEvents, expectRuns }) => {
    const source = events('-K-w----------m|', calls);
    const expected = '     -K-(wA)-(UX)--m|';

    const verdict$ = new Subject<GuardVerdict>();
    const pay = tool('pay', '(r|)', {}, { guard: () => verdict$ });
    const late = at('approval_decision', () => {
      verdict$.next(true);
    });
    const out = source.pipe(executeTools([pay], { approvalTimeout: 5 }), late);
    expectEvents(out).toBe(expected, { ...told, X: undecided(5) });
    expectRuns(pay).toBe([]);
  });

  marble('by its signal that the time is up, or that it is stopped, is not heard', (helpers) => {
    const { events, hot, tool, expectEvents, expectRuns } = helpers;
    const source = events('-K-w--------m|', calls);
    const stop$ = hot('    --------x     ', { x: 'enough' });
    const expired = '      -K-(wA)-(UX)m|';
    const stopped = '      -K-(wA)-X---m|';

    const guard: Guard = (_, { signal }) =>
      new Observable((subscriber) => {
        signal.addEventListener('abort', () => {
          subscriber.next('The signal was aborted.');
        });
      });
    const pay = tool('pay', '(r|)');
    const run = (options: ExecuteToolsOptions) => source.pipe(executeTools([pay], { guard, ...options }));
    expectEvents(run({ approvalTimeout: 5 })).toBe(expired, { ...told, X: undecided(5) });
    expectEvents(run({ stop$ })).toBe(stopped, { ...told, X: exactly(unrun('enough')) });
    expectRuns(pay).toBe([]);
  });

  it('to stop by a guard that is being asked asks no other', () => {
    const stop$ = new Subject<string>();
    const own = jest.fn(() => true);
    const guard: Guard = () => {
      stop$.next('enough');
      return true;
    };
    const tools = [fakeTool('pay', () => 'paid', { guard: own })];
    const { values: seen } = observe(whole.pipe(executeTools(tools, { guard, stop$ })));
    expect(own).not.toHaveBeenCalled();
    expect(seen).toEqual([K, claude.stop('tool_use'), unrun('enough'), claude.messageStop()]);
  });
});
