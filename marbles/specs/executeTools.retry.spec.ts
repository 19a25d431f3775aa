import { Observable, of } from 'rxjs';
import { executeTools, RxClaudeError } from '../../src/index.js';
import type { RoundEvent, ToolCallEvent, ToolContext, ToolResultEvent } from '../../src/index.js';
import { added, apiError, claude, exactly, marble } from '../index.js';
import { fakeTool } from './support/fakeTool.js';
import { observe } from './support/observe.js';
import { outputOf } from '../../test/support/outcome.js';

// What becomes of tools when a round is tried again, at R.
//
// s message_start  o a text block starts  w message_delta with stop_reason tool_use
// e message_delta with stop_reason end_turn  m message_stop  R round_retry  K tool_call  S tool_start  W tool_result
// X tool_result with is_error

/** Claude calls `weather` with K, and again with G in the next attempt: the same input, under another id. */
const K = added.toolCall('toolu_1', 'weather', { city: 'Berlin', days: 3 });
const G = added.toolCall('toolu_2', 'weather', { days: 3, city: 'Berlin' });
/** It calls `time` with L, and `search` with M. */
const L = added.toolCall('toolu_3', 'time', { city: 'Berlin', days: 3 }, 1);
const M = added.toolCall('toolu_4', 'search', {}, 2);
const busy = apiError('overloaded_error');
const threw = { _tag: 'Threw' as const, name: busy.name, message: busy.message };
/** Its facts in a `round_retry`. */
const told = new RxClaudeError('ClaudeApiError', busy.message, { type: busy.type } as never);
const values = { K, G, L, M, R: added.roundRetry(1, busy, 5) };
/** S says that the tool of K starts, which W or X answers; T and Y say that of the second call. */
const S = exactly(added.toolStart(K));
/** A tool that may run twice. */
const twice = { idempotent: true };

describe('what runs when a round is tried again', () => {
  marble('is stopped, and what it still says is lost', ({ events, tool, flush, expectEvents, expectRuns }) => {
    const source = events('          -s-K-----R-s-o-e-m-----|', values);
    const weather = tool('weather', '   -----------r         ', {}, twice);
    const expected = '               -s-(KS)--R-s-o-e-m-----|';
    const weatherRun = '             ---^-----!              ';

    expectEvents(source.pipe(executeTools([weather]))).toBe(expected, { ...values, S });
    expectRuns(weather).toBe(weatherRun);
    flush();
    expect(weather.runs[0]!.abortedAt).toBe(9);
  });

  marble('is run again when it is called again', ({ events, tool, expectEvents, expectRuns }) => {
    const source = events('-s-K---R-s-G------w-m|', values);
    const one = '             ------------(r|)   ';
    const two = '                     ----(r|)   ';
    const expected = '     -s-(KS)R-s-(GT)Y--w-m|';
    const oneRun = '       ---^---!              ';
    const twoRun = '       -----------^---|      ';

    const weather = tool('weather', [one, two], { r: 'sunny' }, twice);
    const second = { T: exactly(added.toolStart(G)), Y: exactly(added.toolResult(G, 'sunny', 4)) };
    expectEvents(source.pipe(executeTools([weather]))).toBe(expected, { ...values, S, ...second });
    expectRuns(weather).toBe([oneRun, twoRun]);
  });

  marble('makes room for the tools of the next attempt', ({ events, tool, expectEvents }) => {
    const source = events('          -s-K---R-s-L-----w-m|', values);
    const weather = tool('weather', '   -                 ', {}, twice);
    const time = tool('time', '                 ----(r|)  ', { r: '12:00' }, twice);
    const expected = '               -s-(KS)R-s-(LT)Y-w-m|';

    const second = { T: exactly(added.toolStart(L)), Y: exactly(added.toolResult(L, '12:00', 4)) };
    const out = source.pipe(executeTools([weather, time], { concurrency: 1 }));
    expectEvents(out).toBe(expected, { ...values, S, ...second });
  });
});

describe('what had been done when a round is tried again', () => {
  marble('is not done again for the same call: tool and input', ({ events, tool, expectEvents, expectRuns }) => {
    const source = events('          -s-K-----R-s-G---w-m|', values);
    const weather = tool('weather', '   ----(r|)          ', { r: 'sunny' }, twice);
    const expected = '               -s-(KS)W-R-s-(GY)w-m|';
    const weatherRun = '             ---^---|             ';

    const results = { W: exactly(added.toolResult(K, 'sunny', 4)), Y: exactly(added.toolResult(G, 'sunny')) };
    expectEvents(source.pipe(executeTools([weather]))).toBe(expected, { ...values, S, ...results });
    expectRuns(weather).toBe(weatherRun);
  });

  marble('is not done again in the attempts after that', ({ events, tool, expectEvents, expectRuns }) => {
    const source = events('-K----R-G---R-G---(wm|)', values);
    const expected = '     -(KSW)R-(GY)R-(GY)(wm|)';
    const weatherRun = '   -(^|)                  ';

    const weather = tool('weather', ['(r|)', '(a|)'], { r: 'sunny', a: 'again' }, twice);
    const results = { W: exactly(added.toolResult(K, 'sunny')), Y: exactly(added.toolResult(G, 'sunny')) };
    expectEvents(source.pipe(executeTools([weather]))).toBe(expected, { ...values, S, ...results });
    expectRuns(weather).toBe(weatherRun);
  });

  marble('spares every call that is the same as one that was done', ({ events, tool, expectEvents, expectRuns }) => {
    const H = { ...G, id: 'toolu_5' };
    const source = events('-K----R-G---H---(wm|)', { ...values, H });
    const expected = '     -(KSW)R-(GY)(HZ)(wm|)';
    const weatherRun = '   -(^|)                ';

    const weather = tool('weather', ['(r|)', '(a|)'], { r: 'sunny', a: 'again' }, twice);
    const results = {
      W: exactly(added.toolResult(K, 'sunny')),
      Y: exactly(added.toolResult(G, 'sunny')),
      Z: exactly(added.toolResult(H, 'sunny')),
    };
    expectEvents(source.pipe(executeTools([weather]))).toBe(expected, { ...values, H, S, ...results });
    expectRuns(weather).toBe(weatherRun);
  });

  marble('is done again when it failed', ({ events, tool, expectEvents }) => {
    const source = events('-K----R-G----(wm|)', values);
    const expected = '     -(KSX)R-(GTY)(wm|)';

    const weather = tool('weather', ['#', '(r|)'], { '#': busy, r: 'sunny' }, twice);
    const X = exactly(added.toolFailure(K, `Error: ${busy.message}`, threw));
    const second = { T: exactly(added.toolStart(G)), Y: exactly(added.toolResult(G, 'sunny')) };
    expectEvents(source.pipe(executeTools([weather]))).toBe(expected, { ...values, S, X, ...second });
  });

  marble('is done for another input, and by another tool', ({ events, tool, expectEvents, expectRuns }) => {
    const H = added.toolCall('toolu_5', 'weather', { city: 'Bonn', days: 3 });
    const source = events('-K----R-H----L----(wm|)', { ...values, H });
    const expected = '     -(KSW)R-(HUZ)(LTY)(wm|)';

    const weather = tool('weather', ['(r|)', '(b|)'], { r: 'sunny in Berlin', b: 'rain in Bonn' }, twice);
    const time = tool('time', '(r|)', { r: '12:00' }, twice);
    const started = { S, U: exactly(added.toolStart(H)), T: exactly(added.toolStart(L)) };
    const results = {
      W: exactly(added.toolResult(K, 'sunny in Berlin')),
      Z: exactly(added.toolResult(H, 'rain in Bonn')),
      Y: exactly(added.toolResult(L, '12:00')),
    };
    const out = source.pipe(executeTools([weather, time]));
    expectEvents(out).toBe(expected, { ...values, H, ...started, ...results });
    expectRuns(weather).toHave([
      { city: 'Berlin', days: 3 },
      { city: 'Bonn', days: 3 },
    ]);
  });

  marble('is done as often as Claude asks for it within one attempt', ({ events, tool, expectEvents }) => {
    const source = events('-K----G----(wm|)', values);
    const expected = '     -(KSW)(GTY)(wm|)';

    const weather = tool('weather', ['(r|)', '(a|)'], { r: 'sunny', a: 'again' }, twice);
    const first = { S, W: exactly(added.toolResult(K, 'sunny')) };
    const second = { T: exactly(added.toolStart(G)), Y: exactly(added.toolResult(G, 'again')) };
    expectEvents(source.pipe(executeTools([weather]))).toBe(expected, { ...values, ...first, ...second });
  });
});

describe('a tool that is not idempotent', () => {
  marble('fails the stream with what is told of the attempt, once it runs, after its result', (helpers) => {
    const { events, tool, expectEvents, expectRuns, expectSubscriptions } = helpers;
    const source = events('          -s-K-w-----R--   ', values);
    const weather = tool('weather', '     --------(r|)', { r: 'sunny' });
    const expected = '               -s-K-(wS)----(W#)';
    const subs = '                   ^----------!     ';
    const weatherRun = '             -----^-------|   ';

    const W = exactly(added.toolResult(K, 'sunny', 8));
    expectEvents(source.pipe(executeTools([weather]))).toBe(expected, { ...values, S, W, '#': told });
    expectSubscriptions(source.subscriptions).toBe(subs);
    expectRuns(weather).toBe(weatherRun);
  });

  marble('is stopped by then, and has its grace and no more', (helpers) => {
    const { events, tool, flush, expectEvents, expectRuns } = helpers;
    const source = events('          -s-K-w-----R--     ', values);
    const weather = tool('weather', '     -------------r');
    const expected = '               -s-K-(wS)------(X#)';
    const weatherRun = '             -----^---------!   ';

    const message = 'Stopped while running: the reply broke off. It may have taken effect.';
    const X = exactly(added.toolFailure(K, message, { _tag: 'Stopped', started: true, message }, 10));
    const out = source.pipe(executeTools([weather], { grace: 4 }));
    expectEvents(out).toBe(expected, { ...values, S, X, '#': told });
    expectRuns(weather).toBe(weatherRun);
    flush();
    expect(weather.runs[0]!.abortedAt).toBe(11);
  });

  marble('fails it, too, when it is done by then, or has failed', ({ events, tool, expectEvents }) => {
    const source = events('-s-K-w----R--', values);
    const done = '         -s-K-(wSW)#  ';
    const failed = '       -s-K-(wSX)#  ';

    const good = tool('weather', '(r|)', { r: 'sunny' });
    const bad = tool('weather', '#', { '#': busy });
    const results = {
      W: exactly(added.toolResult(K, 'sunny')),
      X: exactly(added.toolFailure(K, `Error: ${busy.message}`, threw)),
    };
    expectEvents(source.pipe(executeTools([good]))).toBe(done, { ...values, S, ...results, '#': told });
    expectEvents(source.pipe(executeTools([bad]))).toBe(failed, { ...values, S, ...results, '#': told });
  });

  marble('does no harm when it was never started', ({ events, tool, expectEvents }) => {
    const source = events('-s-K-R-s-K-w----m|', values);
    const expected = '     -s-K-R-s-K-(wSW)m|';

    const weather = tool('weather', '(r|)', { r: 'sunny' });
    const W = exactly(added.toolResult(K, 'sunny'));
    expectEvents(source.pipe(executeTools([weather]))).toBe(expected, { ...values, S, W });
  });
});

describe('what waits when a round is tried again', () => {
  marble('is forgotten: the calls of the attempt that failed', ({ events, tool, expectEvents, expectRuns }) => {
    const source = events('-s-K-R-s-L-w----m|', values);
    const expected = '     -s-K-R-s-L-(wTY)m|';

    const weather = tool('weather', '(r|)');
    const time = tool('time', '(r|)', { r: '12:00' });
    const second = { T: exactly(added.toolStart(L)), Y: exactly(added.toolResult(L, '12:00')) };
    expectEvents(source.pipe(executeTools([weather, time]))).toBe(expected, { ...values, ...second });
    expectRuns(weather).toBe([]);
  });

  marble('is forgotten: the calls for which there was no room', ({ events, tool, expectEvents, expectRuns }) => {
    const source = events('          -K---LM---R-s-w-m|', values);
    const weather = tool('weather', ' -                ', {}, twice);
    const expected = '               -(KS)LM---R-s-w-m|';

    const time = tool('time', '(r|)', {}, twice);
    const search = tool('search', '(r|)');
    const out = source.pipe(executeTools([weather, time, search], { concurrency: 1 }));
    expectEvents(out).toBe(expected, { ...values, S });
    expectRuns(time).toBe([]);
    expectRuns(search).toBe([]);
  });

  marble('is forgotten: the stop_reason', ({ events, tool, expectEvents }) => {
    const source = events('-s-w-R-K-w----m|', values);
    const expected = '     -s-w-R-K-(wSW)m|';

    const weather = tool('weather', '(r|)', { r: 'sunny' });
    const W = exactly(added.toolResult(K, 'sunny'));
    expectEvents(source.pipe(executeTools([weather]))).toBe(expected, { ...values, S, W });
  });
});

describe('idempotencyKey', () => {
  const R = added.roundRetry(1, busy, 1);
  /** The keys that a tool gets for its calls, in the order of the calls. */
  function keysOf(events: RoundEvent[], change: (input: Record<string, unknown>) => void = () => {}): string[] {
    const keys: string[] = [];
    const run = (input: unknown, context: ToolContext) => {
      change(input as Record<string, unknown>);
      keys.push(context.idempotencyKey);
      throw new Error('run it again');
    };
    const tools = [fakeTool('weather', run, twice), fakeTool('time', run, twice)];
    observe(of(...events, claude.stop('tool_use')).pipe(executeTools(tools)));
    return keys;
  }
  const again = (event: ToolCallEvent, nth: number): ToolCallEvent => ({ ...event, id: `toolu_${nth}` });
  const second = { ...G, index: 1 };

  it('is the same for the same call in each attempt, under another id', () => {
    const [one, two, three] = keysOf([K, R, G, R, again(K, 3)]);
    expect(one).toMatch(/^[\w-]{10,}$/);
    expect([two, three]).toEqual([one, one]);
  });

  it('is another for every other call', () => {
    const keys = keysOf([K, L, added.toolCall('toolu_4', 'weather', { city: 'Bonn' }, 2), R]);
    expect(new Set(keys).size).toBe(3);
  });

  it('is another for the second of two equal calls, which is the second in the next attempt, too', () => {
    const [one, two, oneAgain, twoAgain] = keysOf([K, second, R, again(K, 3), again(second, 4)]);
    expect(two).not.toBe(one);
    expect([oneAgain, twoAgain]).toEqual([one, two]);
  });

  it('is another for another call in the place of one of the attempt before', () => {
    const [one, other, same] = keysOf([K, R, added.toolCall('toolu_4', 'weather', { city: 'Bonn' }), R, again(K, 5)]);
    expect(other).not.toBe(one);
    expect(same).toBe(one);
  });

  it('is made of the run, the round and the place of the call, and so the same in a replay', () => {
    const keys: string[] = [];
    const run = (_: unknown, { idempotencyKey }: ToolContext) => keys.push(idempotencyKey);
    const tools = [fakeTool('weather', run), fakeTool('time', run)];
    const play = () => observe(of(K, L, claude.stop('tool_use')).pipe(executeTools(tools, { id: 'run_7', round: 3 })));
    play();
    play();
    expect(keys).toEqual(['run_7-r3-c0', 'run_7-r3-c1', 'run_7-r3-c0', 'run_7-r3-c1']);
  });

  it('is the same however the tool changes its input', () => {
    const spoil = (input: Record<string, unknown>) => {
      input['city'] = 'Bonn';
    };
    const fresh = (id: string) => added.toolCall(id, 'weather', { city: 'Berlin' });
    const [one, two] = keysOf([fresh('toolu_1'), R, fresh('toolu_2')], spoil);
    expect(two).toBe(one);
  });

  it('is another in every run', () => {
    const keys: string[] = [];
    const run = (_: unknown, { idempotencyKey }: ToolContext) => keys.push(idempotencyKey);
    const source = new Observable<RoundEvent>((subscriber) => {
      subscriber.next(K);
      subscriber.next(claude.stop('tool_use'));
    }).pipe(executeTools([fakeTool('weather', run)]));
    observe(source);
    observe(source);
    expect(new Set(keys).size).toBe(2);
  });

  it('is the same each time it is read', () => {
    const run = (_: unknown, context: ToolContext) => [context.idempotencyKey, context.idempotencyKey];
    const { values: seen } = observe(
      of<RoundEvent[]>(K, claude.stop('tool_use')).pipe(executeTools([fakeTool('weather', run)])),
    );
    const [one, two] = outputOf(seen.at(-1) as ToolResultEvent) as string[];
    expect(two).toBe(one);
  });
});
