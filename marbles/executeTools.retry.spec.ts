import { asyncScheduler, map, NEVER, Observable, of } from 'rxjs';
import { executeTools } from '../src/index.js';
import type { RoundEvent, ToolCallEvent, ToolContext, ToolResultEvent } from '../src/index.js';
import { marble } from './kit/session/marble.js';
import { call, claude, failure, letterOf, ours, result, retried, stoppedResult } from './support/alphabet.js';
import { fakeTool } from './support/fakeTool.js';
import { frozen } from './support/frozen.js';
import { observe } from './support/observe.js';
import { overloaded } from './support/overloaded.js';

// R is a round_retry. K L M call the tools k l m, and G calls k again in the next attempt, with the same input under
// another id. S T U say that they start, W X Y Z how they end.
const busy = overloaded();
const K = call('k', { city: 'Berlin', days: 3 });
const G = { ...call('k', { days: 3, city: 'Berlin' }), id: 'toolu_2' };
const values = frozen({ ...claude, ...ours, K, G, R: retried(1, busy, 5) });
const startedG = { ...ours.S, id: 'toolu_2' };

/** The answer to a call of another id. */
function under(id: string, answer: ToolResultEvent): ToolResultEvent {
  return { ...answer, id, result: { ...answer.result, tool_use_id: id } };
}

/** A tool that may run twice. */
function twice(name: string, run: (input: unknown, context: ToolContext) => unknown) {
  return fakeTool(name, run, { idempotent: true });
}

describe('what runs when a round is tried again', () => {
  marble(
    'is stopped, and what it still says is lost',
    ({ cold, hot, flush, expectObservable, expectSubscriptions }) => {
      const source = hot('-s-K-----R-s-o-e-m-----|', values);
      const k = cold('       -----------r         ');
      const expected = '  -s-(KS)--R-s-o-e-m-----|';
      const kSubs = '     ---^-----!              ';

      const aborts: number[] = [];
      const run = (_: unknown, { signal }: ToolContext) => {
        signal.addEventListener('abort', () => aborts.push(asyncScheduler.now()));
        return k;
      };
      expectObservable(source.pipe(executeTools([twice('k', run)]))).toBe(expected, values);
      expectSubscriptions(k.subscriptions).toBe(kSubs);
      flush();
      expect(aborts).toEqual([9]);
    },
  );

  marble('is run again when it is called again', ({ cold, hot, expectObservable }) => {
    const source = hot('-s-K---R-s-G------w-m|', values);
    const one = cold('     ------------(r|)   ');
    const two = cold('             ----(r|)   ');
    const expected = '  -s-(KS)R-s-(GT)W--w-m|';

    const runs = [one, two];
    const out = source.pipe(executeTools([twice('k', () => runs.shift())]));
    expectObservable(out).toBe(expected, { ...values, T: startedG, W: under('toolu_2', result('k', 'r', 4)) });
  });

  marble('makes room for the tools of the next attempt', ({ cold, hot, expectObservable }) => {
    const source = hot('-s-K---R-s-L-----w-m|', values);
    const l = cold('               ----(r|)  ');
    const expected = '  -s-(KS)R-s-(LT)X-w-m|';

    const tools = [twice('k', () => NEVER), twice('l', () => l)];
    const out = source.pipe(executeTools(tools, { concurrency: 1 }));
    expectObservable(out).toBe(expected, { ...values, X: result('l', 'r', 4) });
  });
});

describe('what had been done when a round is tried again', () => {
  marble(
    'is not done again for the same call: tool and input',
    ({ cold, hot, expectObservable, expectSubscriptions }) => {
      const source = hot('-s-K-----R-s-G---w-m|', values);
      const k = cold('       ----(r|)          ');
      const expected = '  -s-(KS)W-R-s-(GX)w-m|';
      const kSubs = '     ---^---!             ';

      const results = { W: result('k', 'r', 4), X: under('toolu_2', result('k', 'r')) };
      expectObservable(source.pipe(executeTools([twice('k', () => k)]))).toBe(expected, { ...values, ...results });
      expectSubscriptions(k.subscriptions).toBe(kSubs);
    },
  );

  marble('is not done again in the attempts after that', ({ hot, expectObservable }) => {
    const source = hot('-K----R-G---R-G---(wm|)', values);
    const expected = '  -(KSW)R-(GX)R-(GX)(wm|)';

    const outputs = ['r', 'again'];
    const results = { W: result('k', 'r'), X: under('toolu_2', result('k', 'r')) };
    const out = source.pipe(executeTools([twice('k', () => outputs.shift())]));
    expectObservable(out).toBe(expected, { ...values, ...results });
  });

  marble('spares every call that is the same as one that was done', ({ hot, expectObservable }) => {
    const H = { ...G, id: 'toolu_3' };
    const source = hot('-K----R-G---H---(wm|)', { ...values, H });
    const expected = '  -(KSW)R-(GX)(HY)(wm|)';

    const outputs = ['one', 'two'];
    const done = { W: result('k', 'one'), X: under('toolu_2', result('k', 'one')) };
    const too = { Y: under('toolu_3', result('k', 'one')) };
    const out = source.pipe(executeTools([twice('k', () => outputs.shift())]));
    expectObservable(out).toBe(expected, { ...values, H, ...done, ...too });
  });

  marble('is done again when it failed', ({ hot, expectObservable }) => {
    const source = hot('-K----R-G----(wm|)', values);
    const expected = '  -(KSW)R-(GTX)(wm|)';

    const outputs = [
      () => {
        throw busy;
      },
      () => 'r',
    ];
    const results = { W: failure('k', 'Error: Overloaded', busy), X: under('toolu_2', result('k', 'r')) };
    const out = source.pipe(executeTools([twice('k', () => outputs.shift()!())]));
    expectObservable(out).toBe(expected, { ...values, T: startedG, ...results });
  });

  marble('is done for another input, and by another tool', ({ hot, expectObservable }) => {
    const H = { ...call('k', { city: 'Bonn', days: 3 }), id: 'toolu_3' };
    const L = call('l', { city: 'Berlin', days: 3 });
    const source = hot('-K----R-H----L----(wm|)', { ...values, H, L });
    const expected = '  -(KSW)R-(HUY)(LTX)(wm|)';

    const tools = [twice('k', (input) => (input as { city: string }).city), twice('l', () => 'other')];
    const results = { W: result('k', 'Berlin'), Y: under('toolu_3', result('k', 'Bonn')), X: result('l', 'other') };
    const U = { ...ours.S, id: 'toolu_3' };
    expectObservable(source.pipe(executeTools(tools))).toBe(expected, { ...values, H, L, U, ...results });
  });

  marble('is done as often as Claude asks for it within one attempt', ({ hot, expectObservable }) => {
    const source = hot('-K----G----(wm|)', values);
    const expected = '  -(KSW)(GTX)(wm|)';

    const outputs = ['one', 'two'];
    const results = { W: result('k', 'one'), X: under('toolu_2', result('k', 'two')) };
    const out = source.pipe(executeTools([twice('k', () => outputs.shift())]));
    expectObservable(out).toBe(expected, { ...values, T: startedG, ...results });
  });
});

describe('a tool that is not idempotent', () => {
  marble('fails the stream with the error of the attempt, once it runs, behind its result', (helpers) => {
    const { cold, hot, expectObservable, expectSubscriptions } = helpers;
    const source = hot('-s-K-w-----R--   ', values);
    const k = cold('         --------(r|)');
    const expected = '  -s-K-(wS)----(W#)';
    const subs = '      ^----------!     ';
    const kSubs = '     -----^-------!   ';

    const W = result('k', 'r', 8);
    expectObservable(source.pipe(executeTools([fakeTool('k', () => k)]))).toBe(expected, { ...values, W }, busy);
    expectSubscriptions(source.subscriptions).toBe(subs);
    expectSubscriptions(k.subscriptions).toBe(kSubs);
  });

  marble('is stopped by then, and has its time of grace and no longer', (helpers) => {
    const { cold, hot, flush, expectObservable, expectSubscriptions } = helpers;
    const source = hot('-s-K-w-----R--    ', values);
    const k = cold('         -------------r');
    const expected = '  -s-K-(wS)------(W#)';
    const kSubs = '     -----^---------!  ';

    const aborts: number[] = [];
    const run = (_: unknown, { signal }: ToolContext) => {
      signal.addEventListener('abort', () => aborts.push(asyncScheduler.now()));
      return k;
    };
    const W = stoppedResult('k', 'the reply broke off', 10);
    const out = source.pipe(executeTools([fakeTool('k', run)], { grace: 4 }));
    expectObservable(out).toBe(expected, { ...values, W }, busy);
    expectSubscriptions(k.subscriptions).toBe(kSubs);
    flush();
    expect(aborts).toEqual([11]);
  });

  marble('fails it, too, when it is done by then, or has failed', ({ hot, expectObservable }) => {
    const source = hot('-s-K-w----R--', values);
    const expected = '  -s-K-(wSW)#  ';

    const fail = () => {
      throw busy;
    };
    const done = source.pipe(executeTools([fakeTool('k', () => 'r')]));
    expectObservable(done).toBe(expected, { ...values, W: result('k', 'r') }, busy);
    const failed = source.pipe(executeTools([fakeTool('k', fail)]));
    expectObservable(failed).toBe(expected, { ...values, W: failure('k', 'Error: Overloaded', busy) }, busy);
  });

  marble('does no harm when it was never started', ({ hot, expectObservable }) => {
    const source = hot('-s-K-R-s-K-w----m|', values);
    const expected = '  -s-K-R-s-K-(wSW)m|';

    const out = source.pipe(executeTools([fakeTool('k', () => 'r')]));
    expectObservable(out).toBe(expected, { ...values, W: result('k', 'r') });
  });
});

describe('what waits when a round is tried again', () => {
  marble('is forgotten: the calls of the attempt that failed', ({ hot, expectObservable }) => {
    const source = hot('-s-K-R-s-L-w----m|', values);
    const expected = '  -s-K-R-s-L-(wTX)m|';

    const out = source.pipe(executeTools([fakeTool('k', () => 'r'), fakeTool('l', () => 'r')]));
    expectObservable(out).toBe(expected, { ...values, X: result('l', 'r') });
  });

  marble('is forgotten: the calls for which there was no room', ({ hot, expectObservable }) => {
    const source = hot('-K---LM---R-s-w-m|', values);
    const expected = '  -(KS)LM---R-s-w-m|';

    const tools = [twice('k', () => NEVER), twice('l', () => 'r'), fakeTool('m', () => 'r')];
    expectObservable(source.pipe(executeTools(tools, { concurrency: 1 }), map(letterOf))).toBe(expected);
  });

  marble('is forgotten: the stop_reason', ({ hot, expectObservable }) => {
    const source = hot('-s-w-R-K-w----m|', values);
    const expected = '  -s-w-R-K-(wSW)m|';

    const out = source.pipe(executeTools([fakeTool('k', () => 'r')]));
    expectObservable(out).toBe(expected, { ...values, W: result('k', 'r') });
  });
});

describe('idempotencyKey', () => {
  const R = retried(1, busy, 1);
  /** The keys that a tool gets for its calls, in the order of the calls. */
  function keysOf(events: RoundEvent[], change: (input: Record<string, unknown>) => void = () => {}): string[] {
    const keys: string[] = [];
    const run = (input: unknown, context: ToolContext) => {
      change(input as Record<string, unknown>);
      keys.push(context.idempotencyKey);
      throw new Error('run it again');
    };
    observe(of(...events, claude.w).pipe(executeTools([twice('k', run), twice('l', run)])));
    return keys;
  }
  const again = (event: ToolCallEvent, nth: number): ToolCallEvent => ({ ...event, id: `toolu_${nth}` });

  it('is the same for the same call in each attempt, under another id', () => {
    const [one, two, three] = keysOf([K, R, G, R, again(K, 3)]);
    expect(one).toMatch(/^[\w-]{10,}$/);
    expect([two, three]).toEqual([one, one]);
  });

  it('is another for every other call', () => {
    const keys = keysOf([K, call('l', { city: 'Berlin', days: 3 }), again(call('k', { city: 'Bonn' }), 4), R]);
    expect(new Set(keys).size).toBe(3);
  });

  it('is another for the second of two equal calls, which is the second in the next attempt, too', () => {
    const [one, two, oneAgain, twoAgain] = keysOf([K, G, R, again(K, 3), again(G, 4)]);
    expect(two).not.toBe(one);
    expect([oneAgain, twoAgain]).toEqual([one, two]);
  });

  it('is the same however the tool changes its input', () => {
    const spoil = (input: Record<string, unknown>) => {
      input['city'] = 'Bonn';
    };
    const fresh = (id: string) => ({ ...call('k', { city: 'Berlin' }), id });
    const [one, two] = keysOf([fresh('toolu_1'), R, fresh('toolu_2')], spoil);
    expect(two).toBe(one);
  });

  it('is another in every run', () => {
    const keys: string[] = [];
    const run = (_: unknown, { idempotencyKey }: ToolContext) => keys.push(idempotencyKey);
    const source = new Observable<RoundEvent>((subscriber) => {
      subscriber.next(K);
      subscriber.next(claude.w);
    }).pipe(executeTools([fakeTool('k', run)]));
    observe(source);
    observe(source);
    expect(new Set(keys).size).toBe(2);
  });

  it('is the same each time it is read', () => {
    const run = (_: unknown, context: ToolContext) => [context.idempotencyKey, context.idempotencyKey];
    const { values: seen } = observe(of<RoundEvent[]>(K, claude.w).pipe(executeTools([fakeTool('k', run)])));
    const [one, two] = (seen.at(-1) as ToolResultEvent).output as string[];
    expect(two).toBe(one);
  });
});
