/** Whatever tools, guards and listeners do in whatever order, the promises of `executeTools` hold. In virtual time. */
import fc from 'fast-check';
import { executeTools, fatal } from 'rxclaude';
import type { Guard, RoundEvent, ToolCallEvent, ToolContext } from 'rxclaude';
import {
  concat,
  concatMap,
  EMPTY,
  finalize,
  map,
  NEVER,
  Observable,
  of,
  Subject,
  Subscription,
  throwError,
  timer,
} from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { fakeTool } from '../../marbles/specs/support/fakeTool.js';
import { times } from '../support/runs.js';

const TOOLS = ['k', 'l', 'm', 'n'];

/** What a tool does each time that it is run, some of it so many milliseconds later. */
interface ToolScript {
  readonly idempotent: boolean;
  readonly does:
    | 'returns'
    | 'throws'
    | 'later'
    | 'many'
    | 'nothing'
    | 'fails'
    | 'hangs'
    | 'answers its abort'
    | 'dies'
    | 'dies later';
  readonly after: number;
}

/** What a guard says to a call: at once, or so many milliseconds later. */
interface GuardScript {
  readonly says: true | 'No.' | 'an error' | 'silence';
  readonly after: number | undefined;
}

/** What comes next of Claude's reply, so many milliseconds later: a call, or what decides about calls. */
interface Step {
  readonly after: number;
  readonly does: { readonly tool: number; readonly n: number } | 'tool_use' | 'max_tokens' | 'fallback' | 'round_retry';
}

/** What a listener does: at the n-th event, in the moment in which it hears it, or after n milliseconds. */
interface Act {
  readonly at: number;
  readonly inside: boolean;
  readonly does: 'stop' | 'leave' | 'complete' | 'fail' | 'tool_use' | 'max_tokens' | 'fallback' | 'round_retry';
}

const script = fc.record({
  tools: fc.array(
    fc.record<ToolScript>({
      idempotent: fc.boolean(),
      does: fc.constantFrom(
        'returns',
        'throws',
        'later',
        'later',
        'many',
        'nothing',
        'fails',
        'hangs',
        'answers its abort',
        'dies',
        'dies later',
      ),
      after: fc.nat(9),
    }),
    { minLength: TOOLS.length, maxLength: TOOLS.length },
  ),
  guards: fc.array(
    fc.record<GuardScript>({
      says: fc.constantFrom<GuardScript['says'][]>(true, true, true, true, 'No.', 'an error', 'silence'),
      after: fc.option(fc.nat(9), { nil: undefined }),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  steps: fc.array(
    fc.record<Step>({
      after: fc.constantFrom(0, 0, 0, 1, 5),
      does: fc.oneof(
        { weight: 7, arbitrary: fc.record({ tool: fc.nat(TOOLS.length - 1), n: fc.nat(1) }) },
        { weight: 2, arbitrary: fc.constant('tool_use' as const) },
        { weight: 1, arbitrary: fc.constantFrom('max_tokens' as const, 'fallback' as const, 'round_retry' as const) },
      ),
    }),
    { maxLength: 12 },
  ),
  ends: fc.constantFrom('complete', 'complete', 'error', 'never'),
  acts: fc.array(
    fc.record<Act>({
      at: fc.nat(15),
      inside: fc.boolean(),
      does: fc.constantFrom(
        'stop',
        'stop',
        'leave',
        'complete',
        'fail',
        'tool_use',
        'max_tokens',
        'fallback',
        'round_retry',
        'round_retry',
      ),
    }),
    { maxLength: 2 },
  ),
  options: fc.record({
    concurrency: fc.integer({ min: 1, max: 3 }),
    grace: fc.constantFrom(0, 3),
    timeout: fc.constantFrom(4, 1_000),
    approvalTimeout: fc.constantFrom(4, 1_000),
  }),
});

type Script = typeof script extends fc.Arbitrary<infer T> ? T : never;

/** A call, and what may still become of it. */
interface Fate {
  readonly call: ToolCallEvent;
  /** The tool, the input, and which of the equal calls of its attempt it is. */
  readonly identity: string;
  /** Whether the reply has ended with `tool_use`, so that the call has to be answered. */
  released: boolean;
  /** Whether it may not be started any more. */
  closed: boolean;
  /** Whether its attempt is void, so that it is not answered. */
  void: boolean;
  context?: ToolContext;
  /** Whether its signal was not aborted when its result came. */
  calm: boolean;
  /** What was heard of it. */
  readonly heard: RoundEvent[];
}

/** Plays a script, and returns what was found to be wrong with it, if anything. */
function play({ tools, guards, steps, ends, acts, options }: Script): string[] {
  const faults: string[] = [];
  const fates = new Map<string, Fate>();
  const keys = new Map<string, string>();
  const source = new Subject<RoundEvent>();
  const stop$ = new Subject<string>();
  const subscription = new Subscription();
  /** Tools and guards that hold something, and calls that were started and whose result was not told yet. */
  const holding = new Set<string>();
  const asked = new Set<string>();
  const running = new Set<string>();
  let attempt: { stopReason?: string; calls: Fate[] } = { calls: [] };
  let heard = 0;
  /** Whether nothing may be started any more. */
  let shut = false;
  /** Whether the events end before all calls are answered. */
  let abandoned = false;
  let committed = false;

  const check = (holds: boolean, fault: string): void => {
    if (!holds) faults.push(fault);
  };
  const hold = (set: Set<string>, id: string, values: Observable<unknown>): Observable<unknown> =>
    new Observable((subscriber) => {
      set.add(id);
      values.pipe(finalize(() => set.delete(id))).subscribe(subscriber);
    });

  const run = ({ does, after }: ToolScript, context: ToolContext): unknown => {
    const fate = fates.get(context.call.id)!;
    const { id } = fate.call;
    check(!shut && !fate.closed, `${id} was started after the end`);
    check(fate.context === undefined, `${id} was run twice`);
    check(running.size < options.concurrency, `${id} was started before the result of another was told`);
    check(holding.size < options.concurrency, `${id} was started before another had let go`);
    const key = context.idempotencyKey;
    check((keys.get(key) ?? fate.identity) === fate.identity, `${id} has the key of another call`);
    const same = [...keys].find(([, identity]) => identity === fate.identity);
    check((same?.[0] ?? key) === key, `${id} has another key than in another attempt`);
    keys.set(key, fate.identity);
    fate.context = context;
    running.add(id);
    const later = timer(after);
    switch (does) {
      case 'returns':
        return 'value';
      case 'throws':
        throw new Error('No.');
      case 'later':
        return hold(holding, id, later.pipe(map(() => 'value')));
      case 'many':
        return hold(holding, id, concat(of('one'), later.pipe(map(() => 'two'))));
      case 'nothing':
        return hold(holding, id, later.pipe(concatMap(() => EMPTY)));
      case 'fails':
        return hold(holding, id, later.pipe(concatMap(() => throwError(() => new Error('No.')))));
      case 'hangs':
        return hold(holding, id, NEVER);
      case 'dies':
        shut = true;
        throw fatal(new Error('No.'));
      case 'dies later': {
        const end$ = later.pipe(
          concatMap(() => {
            shut = true;
            return throwError(() => fatal(new Error('No.')));
          }),
        );
        return hold(holding, id, end$);
      }
      case 'answers its abort': {
        const answer = new Observable((subscriber) => {
          context.signal.addEventListener('abort', () => {
            subscriber.next('half of it');
            subscriber.complete();
          });
        });
        return hold(holding, id, answer);
      }
    }
  };
  const guard: Guard = (_, { call }) => {
    const { says, after } = guards[call.index % guards.length]!;
    check(!shut && !fates.get(call.id)!.closed, `the guard of ${call.id} was asked after the end`);
    const verdict$ =
      says === 'silence' ? NEVER : says === 'an error' ? throwError(() => new Error('No.')) : of<true | string>(says);
    if (after !== undefined) {
      const answer$ = timer(after).pipe(concatMap(() => verdict$));
      return hold(asked, call.id, answer$) as Observable<true | string>;
    }
    if (says === 'an error') throw new Error('No.');
    return says === 'silence' ? EMPTY : says;
  };

  const sayCall = ({ tool, n }: { readonly tool: number; readonly n: number }): void => {
    const id = `toolu_${String(fates.size)}`;
    const name = TOOLS[tool]!;
    const index = attempt.calls.length;
    const tool_use = { type: 'tool_use' as const, id, name, input: { n } };
    const input = { _tag: 'Right' as const, right: { n } };
    const call: ToolCallEvent = { type: 'tool_call', round: 1, id, name, index, input, tool_use };
    const equals = attempt.calls.filter(
      ({ call }) => call.name === name && JSON.stringify(call.input) === JSON.stringify(input),
    );
    const { stopReason } = attempt;
    const fate: Fate = {
      call,
      identity: `${name} ${String(n)} ${String(equals.length)}`,
      released: stopReason === 'tool_use',
      closed: stopReason !== undefined && stopReason !== 'tool_use',
      void: false,
      calm: false,
      heard: [],
    };
    fates.set(id, fate);
    attempt.calls.push(fate);
    source.next(call);
  };
  const event = (type: string, more: object): RoundEvent => ({ type, ...more }) as unknown as RoundEvent;
  const say = (step: Step['does']): void => {
    // Whatever ends the run ends the reply, too.
    if (!source.observed) return;
    if (typeof step === 'object') sayCall(step);
    else if (step === 'round_retry') {
      const { calls } = attempt;
      attempt = { calls: [] };
      if (committed) shut = true;
      for (const fate of calls) {
        fate.closed = true;
        fate.void = !committed;
        if (!committed) running.delete(fate.call.id);
      }
      source.next(event(step, { round: 1, attempt: 1, error: new Error('cut'), delay: 0 }));
    } else {
      for (const fate of attempt.calls) {
        if (step === 'tool_use') fate.released ||= !fate.closed;
        else fate.closed ||= !fate.released;
      }
      if (step === 'fallback') source.next(event('content_block_start', { index: 0, content_block: { type: step } }));
      else {
        attempt.stopReason = step;
        source.next(event('message_delta', { delta: { stop_reason: step } }));
      }
    }
  };
  const cut = (): void => {
    if (!source.observed) return;
    shut = true;
    abandoned ||= !committed;
    source.error(new Error('cut'));
  };
  const act = (does: Act['does']): void => {
    if (does === 'stop') {
      shut = true;
      stop$.next('enough');
    } else if (does === 'leave') {
      shut = abandoned = true;
      subscription.unsubscribe();
    } else if (does === 'complete') source.complete();
    else if (does === 'fail') cut();
    else say(does);
  };
  const note = (event: RoundEvent): void => {
    check(!subscription.closed, `${event.type} came after leaving`);
    const fate = 'id' in event ? fates.get(event.id) : undefined;
    if (fate !== undefined) {
      check(!fate.void, `${event.type} came of a void call`);
      fate.heard.push(event);
    }
    if (event.type === 'tool_start') committed ||= !tools[TOOLS.indexOf(event.name)]!.idempotent;
    if (event.type === 'tool_result') {
      running.delete(event.id);
      if (fate !== undefined) fate.calm = fate.context?.signal.aborted === false;
    }
    heard += 1;
    for (const { at, inside, does } of acts) if (inside && at === heard) act(does);
  };

  new TestScheduler(() => undefined).run(({ flush }) => {
    const registered = tools.map((each, at) =>
      fakeTool(TOOLS[at]!, (_, context) => run(each, context), { idempotent: each.idempotent }),
    );
    const ended = (): void => {
      shut = true;
    };
    const failed = (error: Error): void => {
      shut = true;
      abandoned ||= error.message === 'No.';
    };
    subscription.add(
      source
        .pipe(executeTools(registered, { ...options, guard, stop$ }))
        .subscribe({ next: note, error: failed, complete: ended }),
    );
    const at = (time: number, what: () => void): void => {
      timer(time).subscribe(what);
    };
    let now = 0;
    for (const { after, does } of steps) {
      now += after;
      at(now, () => {
        say(does);
      });
    }
    for (const { at: time, inside, does } of acts) {
      if (!inside) {
        at(time, () => {
          act(does);
        });
      }
    }
    if (ends === 'complete')
      at(now, () => {
        source.complete();
      });
    if (ends === 'error') at(now, cut);
    flush();
  });
  if (ends === 'never') subscription.unsubscribe();

  check(holding.size === 0, 'a tool was not let go of');
  check(asked.size === 0, 'a guard was not let go of');
  check(!stop$.observed && !source.observed, 'a source was not let go of');
  for (const fate of fates.values()) {
    const { id } = fate.call;
    const types = fate.heard.map(({ type }) => type).join(' ');
    const order =
      /^(tool_call( approval_request( approval_decision)?)?( tool_start( tool_progress)*)?( tool_result)?)?$/;
    check(order.test(types), `the events of ${id} are ${types}`);
    const answered = types.endsWith('tool_result');
    const due = (fate.released || types.includes('tool_start')) && !fate.void && !abandoned;
    check(answered || !due, `${id} was not answered`);
    check(!fate.calm || fate.context?.signal.aborted !== true, `the signal of ${id} was aborted after its result`);
  }
  return faults;
}

it('never more tools than `concurrency`, one result for each started call, nothing started after a stop', () => {
  fc.assert(
    fc.property(script, (each) => {
      expect(play(each)).toEqual([]);
    }),
    times(4_000),
  );
});
