import { Observable, of, takeWhile } from 'rxjs';
import { executeTools } from '../../src/index.js';
import type { RoundEvent, ToolCallEvent, ToolInputError } from '../../src/index.js';
import { added, claude, exactly, marble } from '../index.js';
import { fakeTool } from './support/fakeTool.js';
import { observe } from './support/observe.js';

// The tool `weather` finds that it is sunny, and `time` that it is 12:00.
//
// s message_start  b another block starts  w message_delta with stop_reason tool_use
// x message_delta with stop_reason max_tokens or model_context_window_exceeded  m message_stop  K tool_call
// S tool_start  W tool_result  X tool_result with is_error

/** Claude calls `weather` with K, `time` with L, and `search` with M. */
const K = added.toolCall('toolu_1', 'weather', { city: 'Oslo' });
const L = added.toolCall('toolu_2', 'time', {}, 1);
const M = added.toolCall('toolu_3', 'search', { query: 'rain' }, 2);
const calls = { K, L, M };
/** S says that `weather` starts, T that `time` does, U that `search` does; W and Y are results of the first two. */
const starts = { S: exactly(added.toolStart(K)), T: exactly(added.toolStart(L)), U: exactly(added.toolStart(M)) };

/** The result of a tool that was stopped while it ran. */
function stopped(call: ToolCallEvent, reason: string, duration: number): unknown {
  const message = `Stopped while running: ${reason}. It may have taken effect.`;
  return exactly(added.toolFailure(call, message, { _tag: 'Stopped', started: true, message }, duration));
}

describe('when tools start', () => {
  marble('waits for tool_use, then runs all at once; results come as they finish', (helpers) => {
    const { events, tool, expectEvents, expectRuns } = helpers;
    const source = events('          -K-L-w----m|         ', calls);
    const weather = tool('weather', '     ------------(r|)', { r: 'sunny' });
    const time = tool('time', '           -------(r|)     ', { r: '12:00' });
    const expected = '               -K-L-(wST)m-Y----(W|)';
    const weatherRun = '             -----^-----------|   ';
    const timeRun = '                -----^------|        ';

    const results = { W: exactly(added.toolResult(K, 'sunny', 12)), Y: exactly(added.toolResult(L, '12:00', 7)) };
    expectEvents(source.pipe(executeTools([weather, time]))).toBe(expected, { ...calls, ...starts, ...results });
    expectRuns(weather).toBe(weatherRun);
    expectRuns(time).toBe(timeRun);
  });

  marble('starts an idempotent tool at its call, ahead of others', ({ events, tool, expectEvents }) => {
    const source = events('          -K-L-----w---m|    ', calls);
    const time = tool('time', '         ----(r|)        ', { r: '12:00' }, { idempotent: true });
    const weather = tool('weather', '         ------(r|)', { r: 'sunny' });
    const expected = '               -K-(LT)Y-(wS)m-(W|)';

    const results = { W: exactly(added.toolResult(K, 'sunny', 6)), Y: exactly(added.toolResult(L, '12:00', 4)) };
    expectEvents(source.pipe(executeTools([weather, time]))).toBe(expected, { ...calls, ...starts, ...results });
  });

  marble('starts it with the others when it is not to be eager', ({ events, tool, expectEvents }) => {
    const source = events('      -K-L-w-----m|    ', calls);
    const time = tool('time', '       -----(r|)  ', { r: '12:00' }, { idempotent: true });
    const weather = tool('weather', ' -------(r|)', { r: 'sunny' });
    const expected = '           -K-L-(wST)Ym(W|)';

    const results = { W: exactly(added.toolResult(K, 'sunny', 7)), Y: exactly(added.toolResult(L, '12:00', 5)) };
    const out = source.pipe(executeTools([weather, time], { eager: false }));
    expectEvents(out).toBe(expected, { ...calls, ...starts, ...results });
  });

  marble('runs a call once though its id comes twice', ({ events, tool, expectEvents, expectRuns }) => {
    const source = events('          -K-K-w---m|    ', calls);
    const weather = tool('weather', '     ------(r|)', { r: 'sunny' });
    const expected = '               -K-K-(wS)m-(W|)';
    const weatherRun = '             -----^-----|   ';

    const W = exactly(added.toolResult(K, 'sunny', 6));
    expectEvents(source.pipe(executeTools([weather]))).toBe(expected, { ...calls, ...starts, W });
    expectRuns(weather).toBe(weatherRun);
  });

  marble('starts at once when the message_start already says tool_use', ({ events, tool, expectEvents }) => {
    const s = claude.messageStart({ stop_reason: 'tool_use' });
    const source = events('          -(sK)-m|    ', { s, K });
    const weather = tool('weather', ' -------(r|)', { r: 'sunny' });
    const expected = '               -(sKS)m-(W|)';

    const W = exactly(added.toolResult(K, 'sunny', 7));
    expectEvents(source.pipe(executeTools([weather]))).toBe(expected, { s, ...calls, ...starts, W });
  });

  marble('begins afresh with each message_start', ({ events, tool, expectEvents, expectRuns }) => {
    const source = events('-s-K-x-m-s-K-w----m-s-L-x-m|', calls);
    const expected = '     -s-K-x-m-s-K-(wSW)m-s-L-x-m|';
    const weatherRun = '   -------------(^|)           ';

    const weather = tool('weather', '(r|)', { r: 'sunny' });
    const time = tool('time', '(r|)', { r: '12:00' });
    const W = exactly(added.toolResult(K, 'sunny'));
    expectEvents(source.pipe(executeTools([weather, time]))).toBe(expected, { ...calls, ...starts, W });
    expectRuns(weather).toBe(weatherRun);
    expectRuns(time).toBe([]);
  });
});

describe('when the reply does not end with tool_use', () => {
  const reasons = ['end_turn', 'max_tokens', 'refusal', 'pause_turn', 'stop_sequence', 'word_of_the_future', null];
  describe.each(reasons)('but with %p', (reason) => {
    marble('runs nothing', ({ events, tool, expectEvents, expectRuns }) => {
      const q = claude.stop(reason); // why the reply ended
      const source = events('-s-K-q-m-|', { K, q });
      const expected = '     -s-K-q-m-|';

      const weather = tool('weather', '(r|)');
      expectEvents(source.pipe(executeTools([weather]))).toBe(expected, { K, q });
      expectRuns(weather).toBe([]);
    });
  });

  marble('does not run a call that comes only after the stop_reason', ({ events, tool, expectEvents, expectRuns }) => {
    const source = events('-s-x-(mKL)|', calls);
    const expected = '     -s-x-(mKL)|';

    const weather = tool('weather', '(r|)');
    const time = tool('time', '(r|)', {}, { idempotent: true });
    expectEvents(source.pipe(executeTools([weather, time]))).toBe(expected, calls);
    expectRuns(weather).toBe([]);
    expectRuns(time).toBe([]);
  });

  marble('stops what was started early, and answers it with an error', (helpers) => {
    const { events, tool, flush, expectEvents, expectRuns } = helpers;
    const source = events('          -K---x---m|    ', calls);
    const weather = tool('weather', ' ----------(r|)', {}, { idempotent: true });
    const expected = '               -(KS)(xX)m|    ';
    const weatherRun = '             -^---!         ';

    const X = stopped(K, 'the reply ended with "max_tokens"', 4);
    expectEvents(source.pipe(executeTools([weather]))).toBe(expected, { ...calls, ...starts, X });
    expectRuns(weather).toBe(weatherRun);
    flush();
    expect(weather.runs[0]!.abortedAt).toBe(5);
  });

  marble('keeps the result of what was done by then', ({ events, tool, expectEvents }) => {
    const source = events('          -K-------x-m|', calls);
    const weather = tool('weather', ' -----(r|)   ', { r: 'sunny' }, { idempotent: true });
    const expected = '               -(KS)-W--x-m|';

    const W = exactly(added.toolResult(K, 'sunny', 5));
    expectEvents(source.pipe(executeTools([weather]))).toBe(expected, { ...calls, ...starts, W });
  });

  marble('forgets the calls of the model that was replaced', (helpers) => {
    const { events, tool, expectEvents, expectRuns } = helpers;
    const b = claude.contentBlockStart({ type: 'fallback', from: { model: 'a' }, to: { model: 'b' } }, 9);
    const source = events('        -K-M---b---L-w---(m|) ', { ...calls, b });
    const search = tool('search', '   -                  ', {}, { idempotent: true });
    const time = tool('time', '                 ----(r|) ', { r: '12:00' });
    const expected = '             -K-(MU)(bX)L-(wT)(mY|)';
    const searchRun = '            ---^---!              ';
    const timeRun = '              -------------^---|    ';

    const weather = tool('weather', '(r|)');
    const results = {
      X: stopped(M, 'another model took over', 4),
      Y: exactly(added.toolResult(L, '12:00', 4)),
    };
    const out = source.pipe(executeTools([weather, time, search]));
    expectEvents(out).toBe(expected, { b, ...calls, ...starts, ...results });
    expectRuns(weather).toBe([]);
    expectRuns(search).toBe(searchRun);
    expectRuns(time).toBe(timeRun);
  });
});

describe('calls that no tool can answer', () => {
  const invalid: ToolInputError = { _tag: 'InvalidInput', input: {}, issues: [], message: 'Where is the city?' };
  const garbled: ToolInputError = { _tag: 'InvalidJson', text: '{"a', message: 'not JSON' };
  describe.each([
    ['an invalid input', invalid, 'Where is the city?'],
    ['an input that is no JSON', garbled, '{"INVALID_JSON":"{\\"a"}'],
  ])('%s', (_, error, content) => {
    marble('is refused at the end of the reply, and the tool is not started', (helpers) => {
      const { events, tool, expectEvents, expectRuns } = helpers;
      const wrong = { K: { ...K, input: { _tag: 'Left' as const, left: error } } };
      const source = events('-K-w---m|', wrong);
      const expected = '     -K-(wX)m|';

      const weather = tool('weather', '(r|)', {}, { idempotent: true });
      const X = exactly(added.toolFailure(K, content, error));
      expectEvents(source.pipe(executeTools([weather]))).toBe(expected, { ...wrong, X });
      expectRuns(weather).toBe([]);
    });
  });

  marble('an unknown tool: Claude is told which ones there are', ({ events, tool, expectEvents }) => {
    const source = events('-(KL)-w------m|', calls);
    const expected = '     -(KL)-(wXTY)-m|';

    const message = 'Tool `weather` is not available here. Available: time.';
    const error = { _tag: 'UnknownTool' as const, input: { city: 'Oslo' }, known: ['time'], message };
    const results = { X: exactly(added.toolFailure(K, message, error)), Y: exactly(added.toolResult(L, '12:00')) };
    const out = source.pipe(executeTools([tool('time', '(r|)', { r: '12:00' })]));
    expectEvents(out).toBe(expected, { ...calls, ...starts, ...results });
  });
});

describe('unsubscribing', () => {
  marble('aborts what runs and starts nothing else when unsubscribed', (helpers) => {
    const { events, tool, flush, expectEvents, expectRuns, expectSubscriptions } = helpers;
    const source = events('          -K-L-w---m---|', calls);
    const weather = tool('weather', '     --------r');
    const unsub = '                  ^---------!   ';
    const expected = '               -K-L-(wS)m-   ';
    const weatherRun = '             -----^----!   ';

    const time = tool('time', '--------r');
    const out = source.pipe(executeTools([weather, time], { concurrency: 1 }));
    expectEvents(out, unsub).toBe(expected, { ...calls, ...starts });
    expectSubscriptions(source.subscriptions).toBe(unsub);
    expectRuns(weather).toBe(weatherRun);
    expectRuns(time).toBe([]);
    flush();
    expect(weather.runs[0]!.abortedAt).toBe(10);
  });

  marble('aborts what runs when the source fails', ({ events, tool, flush, expectEvents, expectRuns }) => {
    const boom = { '#': new Error('boom') };
    const source = events('          -K----w#  ', { ...calls, ...boom });
    const weather = tool('weather', ' --------r', {}, { idempotent: true });
    const expected = '               -(KS)-w#  ';
    const weatherRun = '             -^-----!  ';

    expectEvents(source.pipe(executeTools([weather]))).toBe(expected, { ...calls, ...starts, ...boom });
    expectRuns(weather).toBe(weatherRun);
    flush();
    expect(weather.runs[0]!.abortedAt).toBe(7);
  });

  marble('waits for a tool that must not run twice, but no longer than its grace', (helpers) => {
    const { events, tool, flush, expectEvents, expectRuns } = helpers;
    const boom = { '#': new Error('boom') };
    const source = events('          -K-w---#       ', { ...calls, ...boom });
    const weather = tool('weather', '   --------(r|)', { r: 'sunny' });
    const endless = tool('weather', '   -           ');
    const expected = '               -K-(wS)----(W#)';
    const late = '                   -K-(wS)---(X#) ';
    const weatherRun = '             ---^-------|   ';
    const endlessRun = '             ---^------!    ';

    const values = { ...calls, ...starts, ...boom };
    const W = exactly(added.toolResult(K, 'sunny', 8));
    expectEvents(source.pipe(executeTools([weather]))).toBe(expected, { ...values, W });
    expectRuns(weather).toBe(weatherRun);
    const X = stopped(K, 'the reply broke off', 7);
    expectEvents(source.pipe(executeTools([endless], { grace: 3 }))).toBe(late, { ...values, X });
    expectRuns(endless).toBe(endlessRun);
    flush();
    expect(weather.runs[0]!.abortedAt).toBe(7);
  });

  marble('does not abort the signal of a tool that is done', ({ events, tool, flush, expectEvents }) => {
    const source = events('          -K-w---m---|', calls);
    const weather = tool('weather', '   -----(r|)', { r: 'sunny' });
    const expected = '               -K-(wS)mW--|';

    const W = exactly(added.toolResult(K, 'sunny', 5));
    expectEvents(source.pipe(executeTools([weather]))).toBe(expected, { ...calls, ...starts, W });
    flush();
    expect(weather.runs[0]!.abortedAt).toBeUndefined();
  });

  it('runs no tool whose tool_start made the subscriber leave', () => {
    const run = jest.fn(() => 'sunny');
    const source = of<RoundEvent[]>(K, claude.stop('tool_use'), claude.messageStop());
    const leaving = takeWhile(({ type }: RoundEvent) => type !== 'tool_start', true);
    const { values: seen } = observe(source.pipe(executeTools([fakeTool('weather', run)]), leaving));
    expect(seen).toEqual([K, claude.stop('tool_use'), added.toolStart(K)]);
    expect(run).not.toHaveBeenCalled();
  });

  it('of a tool that emits all at once and has no end', () => {
    let pulled = 0;
    const endless = new Observable((subscriber) => {
      while (!subscriber.closed && pulled < 1_000) subscriber.next(pulled++);
    });
    const source = of<RoundEvent[]>(K, claude.stop('tool_use'), claude.messageStop());
    const leaving = takeWhile(({ type }: RoundEvent) => type !== 'tool_progress', true);
    const seen = observe(source.pipe(executeTools([fakeTool('weather', () => endless)]), leaving));
    expect(seen.end).toBe('complete');
    expect(pulled).toBe(2);
  });
});
