/** A guard that has not decided yet, and what may happen meanwhile. A promise settles outside of virtual time. */
import { NEVER, Observable, of, Subject } from 'rxjs';
import { executeTools } from 'rxclaude';
import type { ExecuteToolsOptions, Guard, RoundEvent } from 'rxclaude';
import { asked, fromClaude, decided, ours, retried, unrunResult } from '../../support/events.js';
import { fakeTool } from '../../../marbles/specs/support/fakeTool.js';
import { observe } from '../../../marbles/specs/support/observe.js';
import { overloaded } from '../../../marbles/specs/support/overloaded.js';

const A = asked('k');

async function settled(): Promise<void> {
  await new Promise(setImmediate);
}

describe('while a guard makes up its mind', () => {
  /** A run whose only call waits for its guard. */
  function pending(options: ExecuteToolsOptions & { more?: Observable<RoundEvent> } = {}) {
    const { more = NEVER, ...rest } = options;
    const run = jest.fn(() => 'r');
    const signals: AbortSignal[] = [];
    let decide: (verdict: boolean | string) => void = () => {};
    const guard: Guard = (_, { signal }) => {
      signals.push(signal);
      return new Promise((resolve) => (decide = resolve));
    };
    const source = new Observable<RoundEvent>((subscriber) => {
      subscriber.next(ours.K);
      subscriber.next(fromClaude.w);
      return more.subscribe(subscriber);
    });
    const out = source.pipe(executeTools([fakeTool('k', run)], { guard, ...rest }));
    return {
      out,
      run,
      signals,
      decide: (verdict: boolean | string) => {
        decide(verdict);
      },
    };
  }

  it('the run may be unsubscribed from: the signal is aborted, and what it says then is lost', async () => {
    const { out, run, signals, decide } = pending();
    const seen: RoundEvent[] = [];
    out.subscribe((event) => seen.push(event)).unsubscribe();
    expect(signals[0]!.aborted).toBe(true);
    decide(true);
    await settled();
    expect(run).not.toHaveBeenCalled();
    expect(seen).toEqual([ours.K, fromClaude.w, A]);
  });

  it.each([true, 'No.'])('the run may be stopped: the answer %p is too late then', async (verdict) => {
    const stop$ = new Subject<string>();
    const { out, run, signals, decide } = pending({ stop$ });
    const seen = observe(out);
    stop$.next('enough');
    expect(signals[0]!.aborted).toBe(true);
    expect(seen.values.slice(2)).toEqual([A, unrunResult('k', 'enough')]);
    decide(verdict);
    await settled();
    expect(run).not.toHaveBeenCalled();
    expect(seen.values).toHaveLength(4);
  });

  it('its time may be up: the tool is not run any more', async () => {
    jest.useFakeTimers();
    const { out, run, signals, decide } = pending({ approvalTimeout: 5 });
    const seen = observe(out);
    jest.advanceTimersByTime(5);
    jest.useRealTimers();
    decide(true);
    await settled();
    expect(run).not.toHaveBeenCalled();
    expect(signals[0]!.reason).toMatchObject({ name: 'TimeoutError' });
    const result = { type: 'tool_result', outcome: { left: { _tag: 'Refused' } }, duration: 0 };
    expect(seen.values.slice(2)).toMatchObject([A, decided('k', 'expired', 'no decision within 5 ms.'), result]);
  });

  it('the round may be tried again, for nothing has been started', async () => {
    const R = retried(1, overloaded(), 1);
    const { out, run, decide } = pending({ more: of<RoundEvent[]>(R, fromClaude.e, fromClaude.m) });
    const seen = observe(out);
    decide(true);
    await settled();
    expect(run).not.toHaveBeenCalled();
    expect(seen).toMatchObject({ values: [ours.K, fromClaude.w, A, R, fromClaude.e, fromClaude.m], end: 'complete' });
  });
});
