import * as t from 'io-ts';
import { asapScheduler, concat, EMPTY, finalize, NEVER, Observable, of, scheduled, throwError } from 'rxjs';
import { defineTool, executeTools, validateWith } from '../../src/index.js';
import type { ExecuteToolsOptions, Guard, RoundEvent, Tool, ToolContext, ToolResultEvent } from '../../src/index.js';
import { added, apiError, claude, exactly, marble } from '../index.js';
import { fakeTool } from './support/fakeTool.js';
import { observe } from './support/observe.js';

// Claude calls the tool `pay`, which has a guard, or shares one with all tools.
//
// w message_delta with stop_reason tool_use  m message_stop  R round_retry  K tool_call  A approval_request
// D approval_decision  S tool_start  W tool_result  X tool_result with is_error

const input = { invoice: 'A-17' };
const K = added.toolCall('toolu_1', 'pay', input);
const S = added.toolStart(K);
const paid = added.toolResult(K, 'paid');
/** The events of a guard that does not answer at once. */
const A = added.approvalRequest(K, input);
const boom = new Error('boom');

/** The answer to a call that a guard refused. */
function refusal(why: string, cause?: { cause: { _tag: 'Threw'; name: string; message: string } }): ToolResultEvent {
  const message = `\`pay\` was not run: ${why}`;
  return added.toolFailure(K, message, { _tag: 'Refused', message, ...cause });
}

/** What Claude reads when a guard failed. The error itself stays out, as it may contain secrets. */
const unknown = 'the check failed.';

/** Verdicts of guards, and why the call is not run then; `undefined` when it runs. */
const verdicts: [string, () => unknown, string | undefined][] = [
  ['true', () => true, undefined],
  ['nothing', () => undefined, undefined],
  ['why not', () => 'Ask the user first.', 'Ask the user first.'],
  ['false', () => false, 'Not allowed.'],
  ['an empty text', () => '', 'Not allowed.'],
  ['null', () => null, 'Not allowed.'],
  ['0', () => 0, 'Not allowed.'],
  ['1', () => 1, 'Not allowed.'],
  ['an object', () => ({ allowed: true }), 'Not allowed.'],
];

describe.each<[string, (tool: Tool, guard: () => unknown) => ReturnType<typeof executeTools>]>([
  ['a guard for all tools', (tool, guard) => executeTools([tool], { guard: guard as Guard })],
  ['a guard of the tool', (tool, guard) => executeTools([{ ...tool, guard: guard as Guard }])],
])('%s', (_, setUp) => {
  describe.each(verdicts)('that says %s', (_says, verdict, why) => {
    const answers = why === undefined ? { W: exactly(paid) } : { X: exactly(refusal(why)) };
    const decision =
      why === undefined ? added.approvalDecision(K, 'approved') : added.approvalDecision(K, 'denied', why);
    const values = { K, A: exactly(A), D: exactly(decision), S: exactly(S), ...answers };

    marble(why === undefined ? 'lets the call through' : 'refuses the call', ({ events, tool, expectEvents }) => {
      const source = events('-K-w----m|', { K });
      const through = '      -K-(wSW)m|';
      const refused = '      -K-(wX)-m|';

      const pay = tool('pay', '(r|)', { r: 'paid' });
      const expected = why === undefined ? through : refused;
      expectEvents(source.pipe(setUp(pay, verdict))).toBe(expected, values);
    });

    marble('does the same as an Observable, at once', ({ events, tool, flush, expectEvents }) => {
      const source = events('-K-w----m|', { K });
      const through = '      -K-(wSW)m|';
      const refused = '      -K-(wX)-m|';

      const pay = tool('pay', '(r|)', { r: 'paid' });
      const runsAtItsEnd: number[] = [];
      const guard = () => concat(of(verdict()), NEVER).pipe(finalize(() => runsAtItsEnd.push(pay.runs.length)));
      const expected = why === undefined ? through : refused;
      expectEvents(source.pipe(setUp(pay, guard))).toBe(expected, values);
      flush();
      expect(runsAtItsEnd).toEqual([0]);
    });

    marble('does the same as an Observable, later', (helpers) => {
      const { cold, events, tool, expectEvents, expectSubscriptions } = helpers;
      const guard = cold('      ----v--v|   ', { v: verdict() });
      const asked = '        ---^---!       ';
      const source = events('-K-w---------m|', { K });
      const through = '      -K-(wA)(DSW)-m|';
      const refused = '      -K-(wA)(DX)--m|';

      const pay = tool('pay', '(r|)', { r: 'paid' });
      const expected = why === undefined ? through : refused;
      expectEvents(source.pipe(setUp(pay, () => guard))).toBe(expected, values);
      expectSubscriptions(guard.subscriptions).toBe(asked);
    });

    it('does the same as a promise', async () => {
      const run = jest.fn(() => 'paid');
      const source = of<RoundEvent[]>(K, claude.stop('tool_use'));
      const seen = observe(source.pipe(setUp(fakeTool('pay', run), async () => verdict())));
      expect(seen.values).toEqual([K, claude.stop('tool_use'), A]);
      expect(run).not.toHaveBeenCalled();
      await settled();
      const outcome = why === undefined ? [S, paid] : [refusal(why)];
      expect(seen.values.slice(3).map(timeless)).toEqual([decision, ...outcome]);
      expect(seen.end).toBe('complete');
      expect(run).toHaveBeenCalledTimes(why === undefined ? 1 : 0);
    });
  });

  marble('that throws refuses the call', ({ events, tool, expectEvents, expectRuns }) => {
    const source = events('-K-w---m|', { K });
    const expected = '     -K-(wX)m|';

    const pay = tool('pay', '(r|)');
    const fail = () => {
      throw boom;
    };
    const X = exactly(refusal(unknown, { cause: { _tag: 'Threw', name: 'Error', message: 'boom' } }));
    expectEvents(source.pipe(setUp(pay, fail))).toBe(expected, { K, X });
    expectRuns(pay).toBe([]);
  });

  marble('whose Observable fails refuses the call', ({ cold, events, tool, expectEvents, expectRuns }) => {
    const now = throwError(() => boom);
    const later = cold('      ----#      ', undefined, boom);
    const source = events('-K-w--------m|', { K });
    const answer = '       -K-(wX)-----m|';
    const answerLater = '  -K-(wA)(DX)-m|';

    const pay = tool('pay', '(r|)');
    const X = exactly(refusal(unknown, { cause: { _tag: 'Threw', name: 'Error', message: 'boom' } }));
    const D = exactly(added.approvalDecision(K, 'denied', unknown));
    expectEvents(source.pipe(setUp(pay, () => now))).toBe(answer, { K, X });
    expectEvents(source.pipe(setUp(pay, () => later))).toBe(answerLater, { K, A: exactly(A), D, X });
    expectRuns(pay).toBe([]);
  });

  marble('whose Observable has no value refuses the call', ({ cold, events, tool, expectEvents, expectRuns }) => {
    const now = EMPTY;
    const later = cold('      ----|      ');
    const source = events('-K-w--------m|', { K });
    const answer = '       -K-(wX)-----m|';
    const answerLater = '  -K-(wA)(DX)-m|';

    const pay = tool('pay', '(r|)');
    const X = exactly(refusal('Not allowed.'));
    const D = exactly(added.approvalDecision(K, 'denied', 'Not allowed.'));
    expectEvents(source.pipe(setUp(pay, () => now))).toBe(answer, { K, X });
    expectEvents(source.pipe(setUp(pay, () => later))).toBe(answerLater, { K, A: exactly(A), D, X });
    expectRuns(pay).toBe([]);
  });

  it.each([
    ['rejects', async () => Promise.reject(boom)],
    [
      'is not a real promise and throws',
      () => ({
        then: () => {
          throw boom;
        },
      }),
    ],
  ])('whose promise %s refuses the call', async (_how, verdict) => {
    const source = of<RoundEvent[]>(K, claude.stop('tool_use'));
    const seen = observe(
      source.pipe(
        setUp(
          fakeTool('pay', () => 'paid'),
          verdict,
        ),
      ),
    );
    await settled();
    const decision = added.approvalDecision(K, 'denied', unknown);
    expect(seen.values).toEqual([
      K,
      claude.stop('tool_use'),
      A,
      decision,
      refusal(unknown, { cause: { _tag: 'Threw', name: 'Error', message: 'boom' } }),
    ]);
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
    const tools = [fakeTool('pay', () => asked.push('run'), { guard: ownGuard })];
    const seen = observe(of<RoundEvent[]>(K, claude.stop('tool_use')).pipe(executeTools(tools, { guard })));
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
    expect(refused).toEqual({ asked: ['common', 'own'], last: refusal('Not on Sundays.') });
  });

  it.each([
    ['at once', 'No.'],
    ['later', Promise.resolve('No.')],
    ['with an Observable', of('No.', true)],
    ['with an Observable, later', scheduled(['No.', true], asapScheduler)],
  ])('are not both asked when the common one refuses %s', async (_, no) => {
    expect(await ask(no, true)).toEqual({ asked: ['common'], last: refusal('No.') });
  });
});

describe('a guard is asked', () => {
  const pay = defineTool({
    name: 'pay',
    description: 'Pays an invoice.',
    input: t.type({ invoice: t.string }),
    run: () => 'paid',
  });
  const asked = jest.fn<boolean, [unknown, ToolContext]>(() => true);
  beforeEach(() => asked.mockClear());

  /** Runs calls of one reply, checked before. */
  function runCalls(calls: RoundEvent[], tool: Tool = pay, options: ExecuteToolsOptions = {}) {
    const source = of(...calls, claude.stop('tool_use'), claude.messageStop());
    return observe(source.pipe(validateWith([tool]), executeTools([tool], { guard: asked, ...options }))).values;
  }

  it('with the decoded input, and what the tool gets', () => {
    const decode = () => ({ _tag: 'Right' as const, right: { invoice: 'decoded' } });
    const run = jest.fn();
    const messages = [{ role: 'user' as const, content: 'Hi' }];
    const call = added.toolCall('toolu_1', 'pay', { invoice: 'raw' });
    runCalls([call], fakeTool('pay', run, { decode }), { messages });
    expect(asked.mock.calls).toEqual(run.mock.calls);
    expect(asked).toHaveBeenCalledWith(
      { invoice: 'decoded' },
      {
        call: { ...call, input: decode() },
        messages,
        signal: expect.any(AbortSignal) as unknown,
        idempotencyKey: expect.any(String) as unknown,
      },
    );
  });

  it('not about an input that is not valid, nor about a tool that is not there', () => {
    const seen = runCalls([added.toolCall('toolu_1', 'pay', { invoice: 1 }), added.toolCall('toolu_2', 'book', input)]);
    expect(asked).not.toHaveBeenCalled();
    const answers = seen.filter(({ type }) => type === 'tool_result');
    expect(answers).toMatchObject([
      { outcome: { left: { _tag: 'InvalidInput' } } },
      { outcome: { left: { _tag: 'UnknownTool' } } },
    ]);
  });

  it('not before Claude has ended its reply, unless the tool may run before that', () => {
    const source = new Observable<RoundEvent>((subscriber) => {
      subscriber.next(K);
      subscriber.next(added.toolCall('toolu_2', 'weather'));
    });
    const tools = [fakeTool('pay', () => 'paid'), fakeTool('weather', () => 'sunny', { idempotent: true })];
    observe(source.pipe(executeTools(tools, { guard: asked })));
    expect(asked.mock.calls.map(([, context]) => context.call.name)).toEqual(['weather']);
  });

  it('as a method of its tool', () => {
    const tool = fakeTool('pay', () => 'paid', {
      guard(this: Tool) {
        return `I am ${this.name}.`;
      },
    });
    expect(runCalls([K], tool)).toContainEqual(refusal('I am pay.'));
  });
});

marble('asks again in a further attempt about a call that was refused', ({ events, tool, expectEvents }) => {
  const R = added.roundRetry(1, apiError('overloaded_error'), 1);
  const source = events('-K---R-K----(wm|)', { K, R });
  const expected = '     -(KX)R-(KSW)(wm|)';

  const says = ['Not yet.', true];
  const pay = tool('pay', '(r|)', { r: 'paid' }, { idempotent: true, guard: () => says.shift() });
  const results = { X: exactly(refusal('Not yet.')), S: exactly(S), W: exactly(paid) };
  expectEvents(source.pipe(executeTools([pay]))).toBe(expected, { K, R, ...results });
});

async function settled(): Promise<void> {
  await new Promise(setImmediate);
}

/** The event without the real duration of its tool. */
function timeless(event: RoundEvent): RoundEvent {
  return 'duration' in event ? { ...event, duration: 0 } : event;
}
