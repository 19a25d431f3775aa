import { asyncScheduler, NEVER, Observable, of, takeWhile } from 'rxjs';
import { executeTools } from '../src/index.js';
import type { RoundEvent, ToolContext, ToolInputError } from '../src/index.js';
import { blockStart, stop, messageStart } from './kit/alphabet/claudeEvents.js';
import { marble } from './kit/session/marble.js';
import { claude, failure, ours, result } from './support/alphabet.js';
import { fakeTool } from './support/fakeTool.js';
import { frozen } from './support/frozen.js';
import { observe } from './support/observe.js';

// K L M N call the tools k l m n, S T U V say that they start, W X Y Z how they end; P and Q are progress.
const values = frozen({
  ...claude,
  ...ours,
  f: blockStart({ type: 'fallback', from: { model: 'a' }, to: { model: 'b' } }, 9),
  h: messageStart({ stop_reason: 'tool_use' }),
});

function stopped(name: string, reason: string, duration: number) {
  const message = `Stopped while it ran: ${reason}. Whether it took effect is not known.`;
  return failure(name, message, { _tag: 'ToolStopped', started: true, message }, duration);
}

describe('when tools start', () => {
  marble('waits for tool_use, then runs all at once; results come as they finish', (helpers) => {
    const { cold, hot, expectObservable, expectSubscriptions } = helpers;
    const source = hot(' -K-L-w----m|         ', values);
    const k = cold('          ------------(r|)', { r: 'one' });
    const l = cold('          -------(r|)     ', { r: 'two' });
    const expected = '   -K-L-(wST)m-X----(W|)';
    const kSubs = '      -----^-----------!   ';
    const lSubs = '      -----^------!        ';

    const tools = [fakeTool('k', () => k), fakeTool('l', () => l)];
    const results = { W: result('k', 'one', 12), X: result('l', 'two', 7) };
    expectObservable(source.pipe(executeTools(tools))).toBe(expected, { ...values, ...results });
    expectSubscriptions(k.subscriptions).toBe(kSubs);
    expectSubscriptions(l.subscriptions).toBe(lSubs);
  });

  marble('starts an idempotent tool at its call, ahead of others', ({ cold, hot, expectObservable }) => {
    const source = hot('-K-L-----w---m|    ', values);
    const l = cold('       ----(r|)        ');
    const k = cold('             ------(r|)');
    const expected = '  -K-(LT)X-(wS)m-(W|)';

    const tools = [fakeTool('k', () => k), fakeTool('l', () => l, { idempotent: true })];
    const results = { W: result('k', 'r', 6), X: result('l', 'r', 4) };
    expectObservable(source.pipe(executeTools(tools))).toBe(expected, { ...values, ...results });
  });

  marble('runs a call once though its id comes twice', ({ cold, hot, expectObservable, expectSubscriptions }) => {
    const source = hot('-K-K-w---m|    ', values);
    const k = cold('         ------(r|)');
    const expected = '  -K-K-(wS)m-(W|)';
    const kSubs = '     -----^-----!   ';

    const out = source.pipe(executeTools([fakeTool('k', () => k)]));
    expectObservable(out).toBe(expected, { ...values, W: result('k', 'r', 6) });
    expectSubscriptions(k.subscriptions).toBe(kSubs);
  });

  marble('starts at once when the message_start already says tool_use', ({ cold, hot, expectObservable }) => {
    const source = hot('-(hK)-m|    ', values);
    const k = cold('     -------(r|)');
    const expected = '  -(hKS)m-(W|)';

    const out = source.pipe(executeTools([fakeTool('k', () => k)]));
    expectObservable(out).toBe(expected, { ...values, W: result('k', 'r', 7) });
  });

  marble('begins afresh with each message_start', ({ hot, expectObservable }) => {
    const source = hot('-s-K-x-m-s-K-w----m-s-L-x-m|', values);
    const expected = '  -s-K-x-m-s-K-(wSW)m-s-L-x-m|';

    const out = source.pipe(executeTools([fakeTool('k', () => 'r'), fakeTool('l', () => 'r')]));
    expectObservable(out).toBe(expected, { ...values, W: result('k', 'r') });
  });
});

describe('when the reply does not end with tool_use', () => {
  const reasons = ['end_turn', 'max_tokens', 'refusal', 'pause_turn', 'stop_sequence', 'word_of_the_future', null];
  describe.each(reasons)('but with %p', (reason) => {
    marble('runs nothing', ({ hot, expectObservable }) => {
      const events = { ...values, w: stop(reason) };
      const source = hot('-s-K-w-m-|', events);
      const expected = '  -s-K-w-m-|';

      const run = () => {
        throw new Error('ran');
      };
      expectObservable(source.pipe(executeTools([fakeTool('k', run)]))).toBe(expected, events);
    });
  });

  marble('runs no call that comes only behind the stop_reason', ({ hot, expectObservable }) => {
    const source = hot('-s-x-(mKL)|', values);
    const expected = '  -s-x-(mKL)|';

    const tools = [fakeTool('k', () => 'r'), fakeTool('l', () => 'r', { idempotent: true })];
    expectObservable(source.pipe(executeTools(tools))).toBe(expected, values);
  });

  marble('stops what was started early, and answers it with an error', (helpers) => {
    const { cold, hot, flush, expectObservable, expectSubscriptions } = helpers;
    const source = hot('-K---x---m|    ', values);
    const k = cold('     ----------(r|)');
    const expected = '  -(KS)(xW)m|    ';
    const kSubs = '     -^---!         ';

    const aborts: number[] = [];
    const run = (_: unknown, { signal }: ToolContext) => {
      signal.addEventListener('abort', () => aborts.push(asyncScheduler.now()));
      return k;
    };
    const W = stopped('k', 'the reply ended with "max_tokens"', 4);
    const out = source.pipe(executeTools([fakeTool('k', run, { idempotent: true })]));
    expectObservable(out).toBe(expected, { ...values, W });
    expectSubscriptions(k.subscriptions).toBe(kSubs);
    flush();
    expect(aborts).toEqual([5]);
  });

  marble('keeps the result of what was done by then', ({ cold, hot, expectObservable }) => {
    const source = hot('-K-------x-m|', values);
    const k = cold('     -----(r|)   ');
    const expected = '  -(KS)-W--x-m|';

    const out = source.pipe(executeTools([fakeTool('k', () => k, { idempotent: true })]));
    expectObservable(out).toBe(expected, { ...values, W: result('k', 'r', 5) });
  });

  marble('forgets the calls of a model that another one took over from', ({ cold, hot, expectObservable }) => {
    const source = hot('-K-M---f---L-w---(m|) ', values);
    const l = cold('                 ----(r|) ');
    const expected = '  -K-(MU)(fY)L-(wT)(mX|)';

    const tools = [fakeTool('k', () => 'r'), fakeTool('l', () => l), fakeTool('m', () => NEVER, { idempotent: true })];
    const results = { X: result('l', 'r', 4), Y: stopped('m', 'another model took the reply over', 4) };
    expectObservable(source.pipe(executeTools(tools))).toBe(expected, { ...values, ...results });
  });
});

describe('calls that no tool can answer', () => {
  const invalid: ToolInputError = { _tag: 'InvalidInput', input: {}, issues: [], message: 'Where is the city?' };
  const garbled: ToolInputError = { _tag: 'InvalidJson', text: '{"a', message: 'not JSON' };
  describe.each([
    ['an invalid input', invalid, 'Where is the city?'],
    ['an input that is no JSON', garbled, '{"INVALID_JSON":"{\\"a"}'],
  ])('%s', (_, error, content) => {
    marble('is refused at the end of the reply, and the tool is not started', ({ hot, expectObservable }) => {
      const events = { ...values, K: { ...ours.K, input: { _tag: 'Left' as const, left: error } } };
      const source = hot('-K-w---m|', events);
      const expected = '  -K-(wW)m|';

      const out = source.pipe(executeTools([fakeTool('k', () => 'r', { idempotent: true })]));
      expectObservable(out).toBe(expected, { ...events, W: failure('k', content, error) });
    });
  });

  marble('an unknown tool: Claude is told which ones there are', ({ hot, expectObservable }) => {
    const source = hot('-(KL)-w------m|', values);
    const expected = '  -(KL)-(wWTX)-m|';

    const message = 'There is no tool `k` to run. The tools that can be run are: l.';
    const error = { _tag: 'UnknownTool', input: {}, known: ['l'], message };
    const results = { W: failure('k', message, error), X: result('l', 'r') };
    const out = source.pipe(executeTools([fakeTool('l', () => 'r')]));
    expectObservable(out).toBe(expected, { ...values, ...results });
  });
});

describe('letting go', () => {
  const noting =
    (aborts: number[], output: Observable<unknown>) =>
    (_: unknown, { signal }: ToolContext) => {
      signal.addEventListener('abort', () => aborts.push(asyncScheduler.now()));
      return output;
    };

  marble('aborts what runs and starts nothing else when unsubscribed', (helpers) => {
    const { cold, hot, flush, expectObservable, expectSubscriptions } = helpers;
    const source = hot('-K-L-w---m---|', values);
    const unsub = '     ----------!   ';
    const k = cold('         --------r');
    const l = cold('         --------r');
    const expected = '  -K-L-(wS)m-   ';
    const kSubs = '     -----^----!   ';

    const aborts: number[] = [];
    const tools = [fakeTool('k', noting(aborts, k)), fakeTool('l', noting(aborts, l))];
    expectObservable(source.pipe(executeTools(tools, { concurrency: 1 })), unsub).toBe(expected, values);
    expectSubscriptions(source.subscriptions).toBe('^---------!');
    expectSubscriptions(k.subscriptions).toBe(kSubs);
    expectSubscriptions(l.subscriptions).toBe([]);
    flush();
    expect(aborts).toEqual([10]);
  });

  marble('aborts what runs when the source fails', (helpers) => {
    const { cold, hot, flush, expectObservable, expectSubscriptions } = helpers;
    const source = hot('-K----w#', values);
    const k = cold('     --------r');
    const expected = '  -(KS)-w#';
    const kSubs = '     -^-----!';

    const aborts: number[] = [];
    const tool = fakeTool('k', noting(aborts, k), { idempotent: true });
    expectObservable(source.pipe(executeTools([tool]))).toBe(expected, values);
    expectSubscriptions(k.subscriptions).toBe(kSubs);
    flush();
    expect(aborts).toEqual([7]);
  });

  marble('waits for a tool that must not run twice, but no longer than its grace', (helpers) => {
    const { cold, hot, flush, expectObservable, expectSubscriptions } = helpers;
    const source = hot('-K-w---#              ', values);
    const k = cold('       --------(r|)       ');
    const expected = '  -K-(wS)----(W#)       ';
    const late = '      -K-(wS)---(X#)        ';
    const kSubs = '     ---^-------!          ';

    const aborts: number[] = [];
    const W = result('k', 'r', 8);
    expectObservable(source.pipe(executeTools([fakeTool('k', noting(aborts, k))]))).toBe(expected, { ...values, W });
    const X = stopped('k', 'the reply broke off', 7);
    const never = source.pipe(executeTools([fakeTool('k', () => NEVER)], { grace: 3 }));
    expectObservable(never).toBe(late, { ...values, X });
    expectSubscriptions(k.subscriptions).toBe(kSubs);
    flush();
    expect(aborts).toEqual([7]);
  });

  marble('does not abort the signal of a tool that is done', ({ cold, hot, flush, expectObservable }) => {
    const source = hot('-K-w---m---|', values);
    const k = cold('       -----(r|)');
    const expected = '  -K-(wS)mW--|';

    const aborts: number[] = [];
    const out = source.pipe(executeTools([fakeTool('k', noting(aborts, k))]));
    expectObservable(out).toBe(expected, { ...values, W: result('k', 'r', 5) });
    flush();
    expect(aborts).toEqual([]);
  });

  it('runs no tool whose tool_start made the subscriber leave', () => {
    const run = jest.fn(() => 'r');
    const source = of<RoundEvent[]>(ours.K, claude.w, claude.m);
    const leaving = takeWhile(({ type }: RoundEvent) => type !== 'tool_start', true);
    const { values: seen } = observe(source.pipe(executeTools([fakeTool('k', run)]), leaving));
    expect(seen).toEqual([ours.K, claude.w, ours.S]);
    expect(run).not.toHaveBeenCalled();
  });

  it('of a tool that emits all at once and has no end', () => {
    let pulled = 0;
    const endless = new Observable((subscriber) => {
      while (!subscriber.closed && pulled < 1_000) subscriber.next(pulled++);
    });
    const source = of<RoundEvent[]>(ours.K, claude.w, claude.m);
    const leaving = takeWhile(({ type }: RoundEvent) => type !== 'tool_progress', true);
    const seen = observe(source.pipe(executeTools([fakeTool('k', () => endless)]), leaving));
    expect(seen.end).toBe('complete');
    expect(pulled).toBe(2);
  });
});
