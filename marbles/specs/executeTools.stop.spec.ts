import { Observable, of, Subject } from 'rxjs';
import { executeTools } from '../../src/index.js';
import type { RoundEvent, ToolCallEvent, ToolContext, ToolResultEvent } from '../../src/index.js';
import { added, apiError, claude, exactly, type FakeTool, marble } from '../index.js';
import { reacting } from './support/reacting.js';
import { fakeTool } from './support/fakeTool.js';
import { observe } from './support/observe.js';

// The run is stopped where `stop$` has an x, and Claude is told that this is because of lunch.
//
// s message_start  w message_delta with stop_reason tool_use  m message_stop  R round_retry  K tool_call
// S tool_start  P tool_progress  W tool_result  X tool_result with is_error

const why = 'it is time for lunch';
const lunch = { x: why };

/** Claude calls `weather` with K, `time` with L, and `search` with M. */
const K = added.toolCall('toolu_1', 'weather', { city: 'Oslo' });
const L = added.toolCall('toolu_2', 'time', {}, 1);
const M = added.toolCall('toolu_3', 'search', { query: 'rain' }, 2);
const calls = { K, L, M };
/** S says that `weather` starts, and T that `time` does. K is answered with W or X, L with Y, M with Z. */
const starts = { S: exactly(added.toolStart(K)), T: exactly(added.toolStart(L)) };

/** The answer to a call whose tool was not started. */
function unrun(call: ToolCallEvent): ToolResultEvent {
  const message = `Not run: ${why}.`;
  return added.toolFailure(call, message, { _tag: 'Stopped', started: false, message });
}

/** The answer to a call whose tool was stopped while it ran. */
function stopped(call: ToolCallEvent, duration: number, reason = why): ToolResultEvent {
  const message = `Stopped while running: ${reason}. It may have taken effect.`;
  return added.toolFailure(call, message, { _tag: 'Stopped', started: true, message }, duration);
}

/** When each run of a tool was aborted, and why. */
function abortsOf({ runs }: FakeTool): unknown[] {
  return runs.map(({ abortedAt, context }) => [abortedAt, (context.signal.reason as Error).name]);
}

describe('a tool that was not started', () => {
  marble('is not, and its call is answered once the reply asks for it', (helpers) => {
    const { events, hot, tool, expectEvents, expectRuns } = helpers;
    const source = events('-K---L---w----m|', calls);
    const stop$ = hot('    ---x            ', lunch);
    const expected = '     -K---L---(wXY)m|';

    const weather = tool('weather', '(r|)');
    const time = tool('time', '(r|)', {}, { idempotent: true });
    const results = { X: exactly(unrun(K)), Y: exactly(unrun(L)) };
    expectEvents(source.pipe(executeTools([weather, time], { stop$ }))).toBe(expected, { ...calls, ...results });
    expectRuns(weather).toBe([]);
    expectRuns(time).toBe([]);
  });

  marble('is answered at once when it only waited for room', (helpers) => {
    const { events, hot, tool, expectEvents, expectRuns } = helpers;
    const source = events('          -KLM-w-------m-|    ', calls);
    const stop$ = hot('              ---------x          ', lunch);
    const weather = tool('weather', '     -----------(r|)', { r: 'sunny' });
    const expected = '               -KLM-(wS)(YZ)m--(W|)';

    const time = tool('time', '(r|)');
    const search = tool('search', '(r|)');
    const results = { W: exactly(added.toolResult(K, 'sunny', 11)), Y: exactly(unrun(L)), Z: exactly(unrun(M)) };
    const out = source.pipe(executeTools([weather, time, search], { stop$, concurrency: 1, grace: 20 }));
    expectEvents(out).toBe(expected, { ...calls, ...starts, ...results });
    expectRuns(time).toBe([]);
    expectRuns(search).toBe([]);
  });

  marble('is answered, too, when its call comes only while another tool is stopped', (helpers) => {
    const { events, hot, tool, expectEvents, expectRuns } = helpers;
    const source = events('          -K----L---w----m| ', calls);
    const stop$ = hot('              -----x            ', lunch);
    const weather = tool('weather', ' -------------(r|)', { r: 'sunny' }, { idempotent: true });
    const expected = '               -(KS)-L---(wY)Wm| ';

    const time = tool('time', '(r|)', {}, { idempotent: true });
    const results = { W: exactly(added.toolResult(K, 'sunny', 13)), Y: exactly(unrun(L)) };
    const out = source.pipe(executeTools([weather, time], { stop$, grace: 20 }));
    expectEvents(out).toBe(expected, { ...calls, ...starts, ...results });
    expectRuns(time).toBe([]);
  });

  marble('is answered with what is wrong with its call, where something is', (helpers) => {
    const { events, hot, tool, expectEvents, expectRuns } = helpers;
    const wrong = { _tag: 'InvalidInput' as const, input: {}, issues: [], message: 'Where is the city?' };
    const both = { K: { ...K, input: { _tag: 'Left' as const, left: wrong } }, L };
    const source = events('-K-L-w----m|', both);
    const stop$ = hot('    -x          ', lunch);
    const expected = '     -K-L-(wXY)m|';

    const weather = tool('weather', '(r|)');
    const message = 'Tool `time` is not available here. Available: weather.';
    const unknown = { _tag: 'UnknownTool' as const, input: {}, known: ['weather'], message };
    const results = {
      X: exactly(added.toolFailure(K, 'Where is the city?', wrong)),
      Y: exactly(added.toolFailure(L, message, unknown)),
    };
    expectEvents(source.pipe(executeTools([weather], { stop$ }))).toBe(expected, { ...both, ...results });
    expectRuns(weather).toBe([]);
  });

  marble('is not started by a further attempt either', ({ events, hot, tool, expectEvents, expectRuns }) => {
    const R = added.roundRetry(1, apiError('overloaded_error'), 1);
    const source = events('-s-R-s-K-w---m|', { K, R });
    const stop$ = hot('    -x             ', lunch);
    const expected = '     -s-R-s-K-(wX)m|';

    const weather = tool('weather', '(r|)');
    const out = source.pipe(executeTools([weather], { stop$ }));
    expectEvents(out).toBe(expected, { K, R, X: exactly(unrun(K)) });
    expectRuns(weather).toBe([]);
  });
});

describe('a tool that runs', () => {
  marble('gets its signal aborted at once, and time for a result, which is kept', (helpers) => {
    const { events, hot, tool, flush, expectEvents, expectRuns } = helpers;
    const source = events('          -K-w---m|        ', calls);
    const stop$ = hot('              ---------x       ', lunch);
    const weather = tool('weather', '   ----------(r|)', { r: 'sunny' });
    const expected = '               -K-(wS)m-----(W|)';
    const weatherRun = '             ---^---------|   ';

    const W = exactly(added.toolResult(K, 'sunny', 10));
    const out = source.pipe(executeTools([weather], { stop$, grace: 9 }));
    expectEvents(out).toBe(expected, { ...calls, ...starts, W });
    expectRuns(weather).toBe(weatherRun);
    flush();
    expect(abortsOf(weather)).toEqual([[9, 'AbortError']]);
  });

  marble('may tell of its progress in that time', ({ events, hot, tool, expectEvents }) => {
    const source = events('          -K-w---m|          ', calls);
    const stop$ = hot('              ---------x         ', lunch);
    const weather = tool('weather', '   -------p----(r|)', { p: 'almost', r: 'sunny' });
    const expected = '               -K-(wS)m--P----(W|)';

    const results = { P: exactly(added.toolProgress(K, 'almost')), W: exactly(added.toolResult(K, 'sunny', 12)) };
    const out = source.pipe(executeTools([weather], { stop$, grace: 9 }));
    expectEvents(out).toBe(expected, { ...calls, ...starts, ...results });
  });

  marble('is given up after that, and what it says later is lost', (helpers) => {
    const { events, hot, tool, expectEvents, expectRuns } = helpers;
    const source = events('          -K-w---m|           ', calls);
    const stop$ = hot('              ---------x          ', lunch);
    const weather = tool('weather', '   -----------p-(r|)');
    const expected = '               -K-(wS)m-----(X|)   ';
    const weatherRun = '             ---^---------!      ';

    const out = source.pipe(executeTools([weather], { stop$, grace: 4 }));
    expectEvents(out).toBe(expected, { ...calls, ...starts, X: exactly(stopped(K, 10)) });
    expectRuns(weather).toBe(weatherRun);
  });

  marble('has 1 s unless told otherwise', ({ events, hot, tool, expectEvents, expectRuns }) => {
    const source = events('          -K-w---m|           ', calls);
    const stop$ = hot('              ---------x          ', lunch);
    const weather = tool('weather', '   2s r             ');
    const expected = '               -K-(wS)m 1001ms (X|)';
    const weatherRun = '             ---^----- 1s !      ';

    const out = source.pipe(executeTools([weather], { stop$ }));
    expectEvents(out).toBe(expected, { ...calls, ...starts, X: exactly(stopped(K, 1_006)) });
    expectRuns(weather).toBe(weatherRun);
  });

  marble('is given up at once without grace', ({ events, hot, tool, expectEvents, expectRuns }) => {
    const source = events('          -K-w---m----|', calls);
    const stop$ = hot('              ---------x   ', lunch);
    const weather = tool('weather', '   -------r  ');
    const expected = '               -K-(wS)m-X--|';
    const weatherRun = '             ---^-----!   ';

    const out = source.pipe(executeTools([weather], { stop$, grace: 0 }));
    expectEvents(out).toBe(expected, { ...calls, ...starts, X: exactly(stopped(K, 6)) });
    expectRuns(weather).toBe(weatherRun);
  });

  marble('and fails when it is aborted, was stopped: what it says then is no failure', (helpers) => {
    const { events, hot, expectEvents } = helpers;
    const source = events('-K-w---m-----|', calls);
    const stop$ = hot('    ---------x    ', lunch);
    const expected = '     -K-(wS)m-X---|';

    const run = (_: unknown, { signal }: ToolContext) =>
      new Observable((subscriber) => {
        signal.addEventListener('abort', () => {
          subscriber.error(signal.reason);
        });
      });
    const out = source.pipe(executeTools([fakeTool('weather', run)], { stop$ }));
    expectEvents(out).toBe(expected, { ...calls, ...starts, X: exactly(stopped(K, 6)) });
  });

  marble('and fails within its time, was stopped, too', ({ events, hot, tool, expectEvents }) => {
    const source = events('          -K-w---m|       ', calls);
    const stop$ = hot('              ---------x      ', lunch);
    const weather = tool('weather', '   ---------#   ');
    const expected = '               -K-(wS)m----(X|)';

    const out = source.pipe(executeTools([weather], { stop$, grace: 9 }));
    expectEvents(out).toBe(expected, { ...calls, ...starts, X: exactly(stopped(K, 9)) });
  });

  marble('and ends with nothing within its time, was stopped, too', ({ events, hot, tool, expectEvents }) => {
    const source = events('          -K-w---m|       ', calls);
    const stop$ = hot('              ---------x      ', lunch);
    const weather = tool('weather', '   ---------|   ');
    const expected = '               -K-(wS)m----(X|)';

    const out = source.pipe(executeTools([weather], { stop$, grace: 9 }));
    expectEvents(out).toBe(expected, { ...calls, ...starts, X: exactly(stopped(K, 9)) });
  });

  marble('one is done and one is not: each is answered truly', ({ events, hot, tool, expectEvents }) => {
    const source = events('          -KL-w----m--------|', calls);
    const stop$ = hot('              ------------x      ', lunch);
    const weather = tool('weather', '    ------(r|)     ', { r: 'sunny' });
    const time = tool('time', '          -              ');
    const expected = '               -KL-(wST)mW----Y--|';

    const results = { W: exactly(added.toolResult(K, 'sunny', 6)), Y: exactly(stopped(L, 11)) };
    const out = source.pipe(executeTools([weather, time], { stop$, grace: 3 }));
    expectEvents(out).toBe(expected, { ...calls, ...starts, ...results });
  });

  it('and answers when it is aborted, keeps its result even without grace', () => {
    const stop$ = new Subject<string>();
    const run = (_: unknown, { signal }: ToolContext) =>
      new Observable((subscriber) => {
        signal.addEventListener('abort', () => {
          subscriber.next('half of it');
          subscriber.complete();
        });
      });
    const source = of<RoundEvent[]>(K, claude.stop('tool_use'), claude.messageStop());
    const seen = observe(source.pipe(executeTools([fakeTool('weather', run)], { stop$, grace: 0 })));
    stop$.next('enough');
    expect(seen).toMatchObject({ end: 'complete' });
    expect(seen.values.at(-1)).toMatchObject({ type: 'tool_result', outcome: { right: 'half of it' } });
  });

  it('and hands its signal on, as to `fetch`, was stopped: the rejection is no failure', async () => {
    const stop$ = new Subject<string>();
    const run = async (_: unknown, { signal }: ToolContext) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          reject(signal.reason);
        });
      });
    const source = of<RoundEvent[]>(K, claude.stop('tool_use'), claude.messageStop());
    const seen = observe(source.pipe(executeTools([fakeTool('weather', run)], { stop$ })));
    stop$.next('enough');
    await new Promise(setImmediate);
    expect(seen).toMatchObject({ end: 'complete' });
    expect(seen.values.at(-1)).toMatchObject({ outcome: stopped(K, 0, 'enough').outcome });
  });

  it('no sooner than at its tool_start, is not run', () => {
    const stop$ = new Subject<string>();
    const run = jest.fn(() => 'sunny');
    const stopAtStart = reacting(({ type }: RoundEvent) => {
      if (type === 'tool_start') stop$.next('enough');
    });
    const source = of<RoundEvent[]>(K, claude.stop('tool_use'), claude.messageStop());
    const seen = observe(source.pipe(executeTools([fakeTool('weather', run)], { stop$ }), stopAtStart));
    expect(run).not.toHaveBeenCalled();
    expect(seen.end).toBe('complete');
    const answer = { result: { is_error: true } };
    expect(seen.values).toMatchObject([K, claude.stop('tool_use'), added.toolStart(K), answer, claude.messageStop()]);
  });
});
