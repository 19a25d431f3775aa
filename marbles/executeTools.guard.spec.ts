import * as t from 'io-ts';
import { asapScheduler, concat, EMPTY, finalize, NEVER, Observable, of, scheduled, throwError } from 'rxjs';
import { defineTool, executeTools, validateWith } from '../src/index.js';
import type { ExecuteToolsOptions, Guard, RoundEvent, Tool, ToolContext } from '../src/index.js';
import { marble } from './kit/session/marble.js';
import { asked, call, claude, decided, failure, ours, result, retried } from './support/alphabet.js';
import { fakeTool } from './support/fakeTool.js';
import { frozen } from './support/frozen.js';
import { observe } from './support/observe.js';
import { overloaded } from './support/overloaded.js';

const A = asked('k');
// K L call the tools k and l, A says that a guard takes its time over k, D what it says then; S T say that they start, W X
// how they end.
const values = frozen({ ...claude, ...ours, A });
const boom = new Error('boom');

/** The answer to a call that a guard refused. */
function refusal(name: string, why: string, cause?: { cause: unknown }) {
  const message = `The call to \`${name}\` was not run: ${why}`;
  return failure(name, message, { _tag: 'GuardRefusal', message, ...cause });
}

/** What is told of a guard that took its time, and then gave this answer to the call. */
function decisionOf(answer: ReturnType<typeof refusal> | undefined) {
  if (answer === undefined) return decided('k', 'approved');
  return decided('k', 'denied', (answer.result.content as string).replace('The call to `k` was not run: ', ''));
}

/** What Claude is told when a guard failed: not what it failed with, which may be nobody's business. */
const unknown = 'whether it is allowed could not be found out.';

/** What guards may say, and what becomes of the call: the answer to it, or `undefined` when it is run. */
const verdicts: [string, () => unknown, ReturnType<typeof refusal> | undefined][] = [
  ['true', () => true, undefined],
  ['nothing', () => undefined, undefined],
  ['why not', () => 'Ask the user first.', refusal('k', 'Ask the user first.')],
  ['false', () => false, refusal('k', 'It is not allowed.')],
  ['an empty text', () => '', refusal('k', 'It is not allowed.')],
  ['null', () => null, refusal('k', 'It is not allowed.')],
  ['0', () => 0, refusal('k', 'It is not allowed.')],
  ['1', () => 1, refusal('k', 'It is not allowed.')],
  ['an object', () => ({ allowed: true }), refusal('k', 'It is not allowed.')],
];

describe.each<[string, (guard: Guard) => { guard?: Guard; tool?: Partial<Tool> }]>([
  ['a guard for all tools', (guard) => ({ guard })],
  ['a guard of the tool', (guard) => ({ tool: { guard } })],
])('%s', (_, put) => {
  const setUp = (verdict: () => unknown, run: () => unknown) => {
    const { guard, tool } = put(verdict as Guard);
    return executeTools([fakeTool('k', run, tool)], guard === undefined ? {} : { guard });
  };

  describe.each(verdicts)('that says %s', (_says, verdict, answer) => {
    marble(answer === undefined ? 'lets the call through' : 'refuses the call', ({ hot, expectObservable }) => {
      const source = hot('-K-w----m|', values);
      const through = '   -K-(wSW)m|';
      const refused = '   -K-(wW)-m|';

      const run = jest.fn(() => 'r');
      const expected = answer === undefined ? through : refused;
      expectObservable(source.pipe(setUp(verdict, run))).toBe(expected, { ...values, W: answer ?? result('k', 'r') });
    });

    marble('does the same as an Observable, at once', ({ hot, expectObservable, flush }) => {
      const source = hot('-K-w----m|', values);
      const through = '   -K-(wSW)m|';
      const refused = '   -K-(wW)-m|';

      const ended = jest.fn();
      const guard = () => concat(of(verdict()), NEVER).pipe(finalize(ended));
      const run = jest.fn(() => {
        expect(ended).toHaveBeenCalledTimes(1);
        return 'r';
      });
      const expected = answer === undefined ? through : refused;
      expectObservable(source.pipe(setUp(guard, run))).toBe(expected, { ...values, W: answer ?? result('k', 'r') });
      flush();
      expect(ended).toHaveBeenCalledTimes(1);
    });

    marble('does the same as an Observable, later', ({ hot, cold, expectObservable, expectSubscriptions }) => {
      const guard = cold('   ----v--v|     ', { v: verdict() });
      const asked = '     ---^---!';
      const source = hot(' -K-w---------m|', values);
      const through = '    -K-(wA)(DSW)-m|';
      const refused = '    -K-(wA)(DW)--m|';

      const out = source.pipe(
        setUp(
          () => guard,
          () => 'r',
        ),
      );
      const expected = answer === undefined ? through : refused;
      expectObservable(out).toBe(expected, { ...values, D: decisionOf(answer), W: answer ?? result('k', 'r') });
      expectSubscriptions(guard.subscriptions).toBe(asked);
    });

    it('does the same as a promise', async () => {
      const run = jest.fn(() => 'r');
      const source = of<RoundEvent[]>(ours.K, claude.w);
      const seen = observe(source.pipe(setUp(async () => verdict(), run)));
      expect(seen.values).toEqual([ours.K, claude.w, A]);
      expect(run).not.toHaveBeenCalled();
      await settled();
      const outcome = answer === undefined ? [ours.S, result('k', 'r')] : [answer];
      expect(seen.values.slice(3).map(timeless)).toEqual([decisionOf(answer), ...outcome]);
      expect(seen.end).toBe('complete');
      expect(run).toHaveBeenCalledTimes(answer === undefined ? 1 : 0);
    });
  });

  marble('that throws refuses the call', ({ hot, expectObservable }) => {
    const source = hot('-K-w---m|', values);
    const expected = '  -K-(wW)m|';

    const fail = () => {
      throw boom;
    };
    const W = refusal('k', unknown, { cause: boom });
    expectObservable(source.pipe(setUp(fail, () => 'r'))).toBe(expected, { ...values, W });
  });

  marble('whose Observable fails refuses the call', ({ hot, cold, expectObservable }) => {
    const now = throwError(() => boom);
    const later = cold('       ----#', undefined, boom);
    const source = hot('    -K-w--------m|', values);
    const answer = '        -K-(wW)-----m|';
    const answerLater = '   -K-(wA)(DW)-m|';

    const W = refusal('k', unknown, { cause: boom });
    const out = (guard: unknown) =>
      source.pipe(
        setUp(
          () => guard,
          () => 'r',
        ),
      );
    expectObservable(out(now)).toBe(answer, { ...values, W });
    expectObservable(out(later)).toBe(answerLater, { ...values, D: decisionOf(W), W });
  });

  marble('whose Observable has no value refuses the call', ({ hot, cold, expectObservable }) => {
    const now = EMPTY;
    const later = cold('       ----|');
    const source = hot('    -K-w--------m|', values);
    const answer = '        -K-(wW)-----m|';
    const answerLater = '   -K-(wA)(DW)-m|';

    const W = refusal('k', 'It is not allowed.');
    const out = (guard: unknown) =>
      source.pipe(
        setUp(
          () => guard,
          () => 'r',
        ),
      );
    expectObservable(out(now)).toBe(answer, { ...values, W });
    expectObservable(out(later)).toBe(answerLater, { ...values, D: decisionOf(W), W });
  });

  it.each([
    ['rejects', async () => Promise.reject(boom)],
    [
      'is no real promise and throws',
      () => ({
        then: () => {
          throw boom;
        },
      }),
    ],
  ])('whose promise %s refuses the call', async (_how, verdict) => {
    const seen = observe(of<RoundEvent[]>(ours.K, claude.w).pipe(setUp(verdict, () => 'r')));
    await settled();
    const W = refusal('k', unknown, { cause: boom });
    expect(seen.values).toEqual([ours.K, claude.w, A, decisionOf(W), W]);
    expect(seen.end).toBe('complete');
  });
});

describe('the two guards of a call', () => {
  /** The names of the guards that were asked, and the end of the run. */
  async function ask(common: unknown, own: unknown) {
    const asked: string[] = [];
    const guard: Guard = () => {
      asked.push('common');
      return common as boolean;
    };
    const ownGuard: Guard = () => {
      asked.push('own');
      return own as boolean;
    };
    const tools = [fakeTool('k', () => asked.push('run'), { guard: ownGuard })];
    const seen = observe(of<RoundEvent[]>(ours.K, claude.w).pipe(executeTools(tools, { guard })));
    await settled();
    return { asked, last: seen.values.at(-1) };
  }

  it.each([
    ['at once', true],
    ['later', Promise.resolve(true)],
    ['with an Observable', of(true, 'No.')],
    ['with an Observable, later', scheduled([true, 'No.'], asapScheduler)],
  ])('are asked in their order, the common one first, when it answers %s', async (_, yes) => {
    expect((await ask(yes, true)).asked).toEqual(['common', 'own', 'run']);
    expect((await ask(yes, Promise.resolve(true))).asked).toEqual(['common', 'own', 'run']);
    expect((await ask(yes, of(true))).asked).toEqual(['common', 'own', 'run']);
    expect((await ask(yes, scheduled([true], asapScheduler))).asked).toEqual(['common', 'own', 'run']);
    const refused = await ask(yes, 'Not on Sundays.');
    expect(refused).toEqual({ asked: ['common', 'own'], last: refusal('k', 'Not on Sundays.') });
  });

  it.each([
    ['at once', 'No.'],
    ['later', Promise.resolve('No.')],
    ['with an Observable', of('No.', true)],
    ['with an Observable, later', scheduled(['No.', true], asapScheduler)],
  ])('are not both asked when the common one refuses %s', async (_, no) => {
    expect(await ask(no, true)).toEqual({ asked: ['common'], last: refusal('k', 'No.') });
  });
});

describe('a guard is asked', () => {
  const k = defineTool({
    name: 'k',
    description: 'Looks up a city.',
    input: t.type({ city: t.string }),
    run: ({ city }) => city,
  });
  const asked = jest.fn<boolean, [unknown, ToolContext]>(() => true);
  beforeEach(() => asked.mockClear());

  /** Runs calls of one reply, checked before. */
  function runCalls(calls: RoundEvent[], tool: Tool = k, options: ExecuteToolsOptions = {}) {
    const source = of(...calls, claude.w, claude.m);
    return observe(source.pipe(validateWith([tool]), executeTools([tool], { guard: asked, ...options }))).values;
  }

  it('with the decoded input, and what the tool gets', () => {
    const decode = () => ({ _tag: 'Right' as const, right: { city: 'decoded' } });
    const run = jest.fn();
    const messages = [{ role: 'user' as const, content: 'Hi' }];
    runCalls([call('k', { city: 'raw' })], fakeTool('k', run, { decode }), { messages });
    expect(asked.mock.calls).toEqual(run.mock.calls);
    expect(asked).toHaveBeenCalledWith(
      { city: 'decoded' },
      {
        call: { ...call('k'), input: { _tag: 'Right', right: { city: 'decoded' } } },
        messages,
        signal: expect.any(AbortSignal) as unknown,
        idempotencyKey: expect.any(String) as unknown,
      },
    );
  });

  it('not about an input that is not valid, nor about a tool that is not there', () => {
    const seen = runCalls([call('k', { city: 1 }), call('l', { city: 'Berlin' })]);
    expect(asked).not.toHaveBeenCalled();
    const answers = seen.filter(({ type }) => type === 'tool_result');
    expect(answers).toMatchObject([{ error: { _tag: 'InvalidInput' } }, { error: { _tag: 'UnknownTool' } }]);
  });

  it('not before Claude has ended its reply, unless the tool may run before that', () => {
    const source = new Observable<RoundEvent>((subscriber) => {
      subscriber.next(ours.K);
      subscriber.next(ours.L);
    });
    const tools = [fakeTool('k', () => 'r'), fakeTool('l', () => 'r', { idempotent: true })];
    observe(source.pipe(executeTools(tools, { guard: asked })));
    expect(asked.mock.calls.map(([, context]) => context.call.name)).toEqual(['l']);
  });

  it('as a method of its tool', () => {
    const tool = fakeTool('k', () => 'r', {
      guard(this: Tool) {
        return `I am ${this.name}.`;
      },
    });
    expect(runCalls([ours.K], tool)).toContainEqual(refusal('k', 'I am k.'));
  });
});

marble('asks again in a further attempt about a call that was refused', ({ hot, expectObservable }) => {
  const events = { ...values, R: retried(1, overloaded(), 1) };
  const source = hot('-K---R-K----(wm|)', events);
  const expected = '  -(KX)R-(KSW)(wm|)';

  const says = ['Not yet.', true];
  const tools = [fakeTool('k', () => 'r', { idempotent: true, guard: () => says.shift() })];
  const results = { X: refusal('k', 'Not yet.'), W: result('k', 'r') };
  expectObservable(source.pipe(executeTools(tools))).toBe(expected, { ...events, ...results });
});

async function settled(): Promise<void> {
  await new Promise(setImmediate);
}

/** The event without how long its tool took in ordinary time. */
function timeless(event: RoundEvent): RoundEvent {
  return 'duration' in event ? { ...event, duration: 0 } : event;
}
