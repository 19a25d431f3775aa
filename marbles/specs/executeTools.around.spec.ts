import { catchError, concatMap, defer, delay, EMPTY, from, NEVER, of, Subject, tap, throwError } from 'rxjs';
import { executeTools, fatal } from '../../src/index.js';
import type { ExecuteToolsOptions, RoundEvent, ToolRunEvent } from '../../src/index.js';
import { added, apiError, claude, exactly, marble } from '../index.js';
import { fakeTool } from './support/fakeTool.js';
import { observe } from './support/observe.js';
import { tagged } from '../../test/support/errors.js';

// `around` wraps the run of each call.
//
// w message_delta with stop_reason tool_use  m message_stop  K tool_call  S tool_start  W tool_result

type Around = NonNullable<ExecuteToolsOptions['around']>;

const K = added.toolCall('toolu_1', 'pay', { invoice: 'A-17' });
const L = added.toolCall('toolu_2', 'book', { table: 7 }, 1);
const calls = { K, L };
/** S and W are of K, T and X of L. */
const told = {
  ...calls,
  S: exactly(added.toolStart(K)),
  T: exactly(added.toolStart(L)),
  W: exactly(added.toolResult(K, 'paid')),
  X: exactly(added.toolResult(L, 'booked')),
};
const whole = of<RoundEvent[]>(K, L, claude.stop('tool_use'), claude.messageStop());
const resultsIn = (events: readonly RoundEvent[]) => events.filter((event) => event.type === 'tool_result');

/** A step that keeps the result of a call, and plays it when the same call comes again. */
function durable(kept: Map<string, string>): Around {
  return (_, run$, { idempotencyKey }) => {
    const played = kept.get(idempotencyKey);
    if (played !== undefined) return of(JSON.parse(played) as ToolRunEvent);
    return run$.pipe(
      tap((event) => {
        if (event.type === 'tool_result') kept.set(idempotencyKey, JSON.stringify(event));
      }),
    );
  };
}

describe('around', () => {
  marble('is given the run of each call, and what it makes of it is told', ({ events, tool, expectEvents }) => {
    const source = events(' -KL(wm|)      ', calls);
    const expected = '      -KL(wSTm)(WX|)';

    const later: Around = (_, run$) =>
      run$.pipe(concatMap((event) => (event.type === 'tool_result' ? of(event).pipe(delay(6)) : of(event))));
    const tools = [tool('pay', '(r|)', { r: 'paid' }), tool('book', '(r|)', { r: 'booked' })];
    expectEvents(source.pipe(executeTools(tools, { around: later }))).toBe(expected, told);
  });

  marble('has a place in `concurrency` while it works', ({ events, tool, expectEvents }) => {
    const source = events(' -KL(wm|)                ', calls);
    const expected = '      -KL(wm)----(SW)----(TX|)';

    const later: Around = (_, run$) =>
      of(0).pipe(
        delay(8),
        concatMap(() => run$),
      );
    const tools = [tool('pay', '(r|)', { r: 'paid' }), tool('book', '(r|)', { r: 'booked' })];
    expectEvents(source.pipe(executeTools(tools, { around: later, concurrency: 1 }))).toBe(expected, told);
  });

  it('as a durable step runs each tool once, and plays another run of the same id from what was kept', () => {
    const kept = new Map<string, string>();
    const run = jest.fn((input: unknown) => JSON.stringify(input));
    const tools = [fakeTool('pay', run), fakeTool('book', run)];
    const play = (id: string) => observe(whole.pipe(executeTools(tools, { around: durable(kept), id, round: 2 })));
    const first = play('run-7');
    const second = play('run-7');
    expect(run).toHaveBeenCalledTimes(2);
    expect([...kept.keys()]).toEqual(['run-7-r2-c0', 'run-7-r2-c1']);
    expect(resultsIn(second.values)).toEqual(resultsIn(first.values));
    expect(second.values.map(({ type }) => type)).not.toContain('tool_start');
    expect(second.end).toBe('complete');
    play('run-8');
    expect(run).toHaveBeenCalledTimes(4);
  });

  it('may play what another attempt kept: the event has the id of the call that asks now', () => {
    const busy = fakeTool('pay', () => Promise.reject(new Error('busy')), { idempotent: true });
    const kept = new Map([['run-7-r1-c0', JSON.stringify(added.toolResult({ ...K, id: 'toolu_0' }, 'paid'))]]);
    const again = { ...K, id: 'toolu_9' };
    const source = of<RoundEvent[]>(
      K,
      added.roundRetry(1, apiError('overloaded_error'), 1),
      again,
      claude.stop('tool_use'),
    );
    const seen = observe(source.pipe(executeTools([busy], { around: durable(kept), id: 'run-7' })));
    expect(resultsIn(seen.values)).toEqual([added.toolResult(K, 'paid'), added.toolResult(again, 'paid')]);
  });

  it('comes after the guards: a call that is refused does not reach it, nor does one that cannot be run', () => {
    const around = jest.fn<ReturnType<Around>, Parameters<Around>>((_, run$) => run$);
    const unknown = added.toolCall('toolu_3', 'fly', {}, 2);
    const source = of<RoundEvent[]>(K, L, unknown, claude.stop('tool_use'));
    const tools = [fakeTool('pay', () => 'paid', { guard: () => 'No.' }), fakeTool('book', () => 'booked')];
    const seen = observe(source.pipe(executeTools(tools, { around })));
    expect(around.mock.calls.map(([call]) => call)).toEqual([L]);
    expect(resultsIn(seen.values)).toHaveLength(3);
  });

  it('may work with promises, and is stopped like a tool', async () => {
    const kept = new Map<string, string>();
    const slow: Around = (call, run$, context) =>
      defer(() => new Promise((resolve) => setImmediate(resolve))).pipe(
        concatMap(() => from(durable(kept)(call, run$, context))),
      );
    const stop$ = new Subject<string>();
    const tools = [fakeTool('pay', () => 'paid'), fakeTool('book', () => NEVER)];
    const seen = observe(whole.pipe(executeTools(tools, { around: slow, stop$, grace: 0, id: 'run-7' })));
    await new Promise((resolve) => setTimeout(resolve, 10));
    stop$.next('enough');
    const message = 'Stopped while running: enough. It may have taken effect.';
    expect(seen.end).toBe('complete');
    expect(resultsIn(seen.values)).toMatchObject([
      { outcome: { right: 'paid' } },
      { result: { content: message, is_error: true } },
    ]);
    expect([...kept.keys()]).toEqual(['run-7-r1-c0']);
  });

  it('that is stopped before it has run the tool says that it was not run', () => {
    const run = jest.fn();
    const stop$ = new Subject<string>();
    const around: Around = () => NEVER;
    const seen = observe(whole.pipe(executeTools([fakeTool('pay', run), fakeTool('book', run)], { around, stop$ })));
    stop$.next('enough');
    expect(seen.end).toBe('complete');
    expect(resultsIn(seen.values).map(({ result }) => result.content)).toEqual([
      'Not run: enough.',
      'Not run: enough.',
    ]);
  });

  it.each<[string, Around]>([
    [
      'throws',
      () => {
        throw new Error('journal lost');
      },
    ],
    ['fails', () => throwError(() => new Error('journal lost'))],
    ['rejects', () => Promise.reject(new Error('journal lost'))],
  ])('that %s fails the stream, and stops the other tools', async (_, around) => {
    const signals: AbortSignal[] = [];
    const pay = fakeTool('pay', (_input, { signal }) => {
      signals.push(signal);
      return NEVER;
    });
    const failing: Around = (call, run$, context) => (call.name === 'pay' ? run$ : around(call, run$, context));
    const seen = observe(whole.pipe(executeTools([pay, fakeTool('book', () => 'r')], { around: failing })));
    await new Promise(setImmediate);
    expect(seen).toMatchObject({ end: 'error', error: { message: 'journal lost' } });
    expect(signals[0]!.aborted).toBe(true);
  });

  it('sees a fatal error of the tool as one whose cause is that error, and may do something about it', () => {
    const boom = new Error('boom');
    const causes: unknown[] = [];
    const around: Around = (call, run$) =>
      run$.pipe(
        catchError((error: unknown) => {
          causes.push((error as Error).cause);
          return of(added.toolFailure(call, 'Not today.'));
        }),
      );
    const pay = fakeTool('pay', () => {
      throw fatal(boom);
    });
    const seen = observe(of<RoundEvent[]>(K, claude.stop('tool_use')).pipe(executeTools([pay], { around })));
    expect(causes).toEqual([boom]);
    expect(seen.end).toBe('complete');
    expect(seen.values.at(-1)).toEqual(added.toolFailure(K, 'Not today.'));
  });

  it('may leave a call without an answer: the others are answered, and the stream completes', () => {
    const around: Around = (call, run$) => (call.name === 'pay' ? EMPTY : run$);
    const tools = [fakeTool('pay', () => 'paid'), fakeTool('book', () => 'booked')];
    const seen = observe(whole.pipe(executeTools(tools, { around })));
    expect(resultsIn(seen.values)).toEqual([added.toolResult(L, 'booked')]);
    expect(seen.end).toBe('complete');
  });

  it('may play the result of a tool that must not run twice: then the round cannot be repeated either', () => {
    const busy = apiError('overloaded_error');
    const around: Around = (call) => of(added.toolResult(call, 'paid'));
    const source = of<RoundEvent[]>(K, claude.stop('tool_use'), added.roundRetry(1, busy, 1));
    const seen = observe(source.pipe(executeTools([fakeTool('pay', () => 'paid')], { around })));
    expect(seen).toMatchObject({ end: 'error', error: busy });
  });
});

it.each<[keyof ExecuteToolsOptions, unknown]>([
  ['around', {}],
  ['approvalTimeout', 0],
  ['id', ''],
  ['id', 7],
  ['round', 0],
  ['round', 1.5],
])('refuses the option %s %p at once', (option, value) => {
  expect(() => executeTools([], { [option]: value })).toThrow(tagged('OptionError'));
  expect(() => executeTools([], { [option]: value })).toThrow(`executeTools.${option}`);
});
