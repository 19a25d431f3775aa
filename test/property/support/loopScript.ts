/** What happens to a conversation that is held by hand: what its rounds, its caller and its listener do, step by step. */
import fc from 'fast-check';
import type { RoundEvent } from 'rxclaude';

/** How a round goes. */
export interface Plan {
  /** Its calls, each by the number of its tool. */
  readonly calls: readonly number[];
  readonly ends: string;
  /** Whether its tools start before Claude has said why the reply ends. */
  readonly eager: boolean;
  /** Whether its tools never answer by themselves. */
  readonly hangs: boolean;
  /** How many of its events come while it is subscribed to: all of them, and its end, when there are fewer. */
  readonly atOnce: number;
  /** What it does when its tools are to stop. */
  readonly onStop: 'nothing' | 'answer' | 'fail';
  /** Whether the function that makes the round throws. */
  readonly throws: boolean;
  /** Whether the caller stops the conversation when the round is unsubscribed from. */
  readonly stopsWhenLeft: boolean;
}

/** One thing that happens. */
export type Act =
  | { readonly do: 'next'; readonly count: number }
  | { readonly do: 'wait'; readonly milliseconds: number }
  | { readonly do: 'complete' | 'fail' | 'refuse' | 'retry' | 'restart' }
  | { readonly do: 'stop' | 'stopFails' | 'stopCompletes' | 'leave' };

/** What the first listener does in the middle of an event. */
interface Reaction {
  readonly on: RoundEvent['type'];
  readonly act: Act;
}

/** A conversation, from its beginning to its end. */
export interface Script {
  readonly plans: readonly Plan[];
  readonly acts: readonly Act[];
  readonly reactions: readonly Reaction[];
  /** What `stopWhen` does, each time it is asked. */
  readonly judgements: readonly ('no' | 'yes' | 'throw' | 'stop')[];
  /** Whether the history policy throws when it is asked for the history that is left. */
  readonly historyThrows: boolean;
  readonly maxRounds: number;
  /** In milliseconds, as `wrapUp`. */
  readonly grace: number;
  readonly wrapUp: number | undefined;
}

/** How long a conversation may take, in milliseconds. */
export const TOTAL = 500;

/** A round that does nothing out of the ordinary. */
export const PLAIN: Plan = {
  calls: [],
  ends: 'end_turn',
  eager: false,
  hangs: false,
  atOnce: 99,
  onStop: 'nothing',
  throws: false,
  stopsWhenLeft: false,
};

const next = fc.record({ do: fc.constant('next' as const), count: fc.integer({ min: 1, max: 30 }) });
const wait = fc.record({ do: fc.constant('wait' as const), milliseconds: fc.constantFrom(1, 5, 20, 100, 400) });
const retry = fc.constant<Act>({ do: 'retry' });
const complete = fc.constant<Act>({ do: 'complete' });
const change: fc.Arbitrary<Act> = fc.record({
  do: fc.constantFrom('fail', 'refuse', 'retry', 'restart', 'stop', 'stop', 'stopFails', 'stopCompletes'),
});
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 5, arbitrary: complete },
  { weight: 5, arbitrary: next },
  { weight: 3, arbitrary: wait },
  { weight: 2, arbitrary: change },
);
const actOrLeave: fc.Arbitrary<Act> = fc.oneof(
  { weight: 12, arbitrary: act },
  { weight: 1, arbitrary: fc.constant<Act>({ do: 'leave' }) },
);
/** What ends a conversation without an event of the round. */
const stopping: fc.Arbitrary<Act> = fc.record({ do: fc.constantFrom('stop', 'stopFails') });

const plan: fc.Arbitrary<Plan> = fc.record({
  calls: fc.array(fc.nat(3), { maxLength: 3 }),
  ends: fc.constantFrom('tool_use', 'tool_use', 'tool_use', 'end_turn', 'max_tokens', 'pause_turn', 'refusal'),
  eager: fc.boolean(),
  hangs: fc.constantFrom(false, false, true),
  atOnce: fc.constantFrom(0, 0, 0, 3, 8, 99),
  onStop: fc.constantFrom('nothing', 'answer', 'fail'),
  throws: fc.constantFrom(...Array.from({ length: 19 }, () => false), true),
  stopsWhenLeft: fc.constantFrom(false, false, false, false, true),
});

const moment = fc.constantFrom<RoundEvent['type']>(
  ...(['round_start', 'message_start', 'content_block_delta', 'message_delta', 'message_stop'] as const),
  ...(['tool_start', 'tool_result', 'round_retry', 'round_end', 'conversation_end'] as const),
);

function scripts(acts: fc.Arbitrary<Act>, reactions: fc.Arbitrary<Act>): fc.Arbitrary<Script> {
  return fc.record({
    plans: fc.array(plan, { minLength: 1, maxLength: 5 }),
    acts: fc.array(acts, { maxLength: 20 }),
    reactions: fc.array(fc.record({ on: moment, act: reactions }), { maxLength: 3 }),
    judgements: fc.array(fc.constantFrom('no', 'no', 'no', 'yes', 'throw', 'stop'), { maxLength: 4 }),
    historyThrows: fc.constantFrom(...Array.from({ length: 19 }, () => false), true),
    maxRounds: fc.integer({ min: 1, max: 5 }),
    grace: fc.constantFrom(0, 10, 50, Infinity),
    wrapUp: fc.constantFrom(undefined, 480, 495, 300, 30),
  });
}

/** Everything that may happen while there is a listener. */
export const anyScript = scripts(act, act);

/** The same, and the listener may leave. */
export const leavingScript = scripts(actOrLeave, actOrLeave);

/** A listener does nothing in an event but stop the conversation. */
export const stoppingScript = scripts(act, stopping);

/** The time gets short while tools run, or before; then Claude gets its last word, or fails to. */
export const wrapUpScript: fc.Arbitrary<Script> = fc
  .record({
    busy: fc.record({
      ...{
        calls: fc.array(fc.nat(3), { minLength: 1, maxLength: 3 }),
        ends: fc.constantFrom('tool_use', 'pause_turn'),
      },
      ...{ eager: fc.boolean(), hangs: fc.constantFrom(true, true, false), atOnce: fc.constantFrom(0, 3, 8) },
      onStop: fc.constantFrom('nothing' as const, 'nothing' as const, 'answer' as const),
      ...{ throws: fc.constant(false), stopsWhenLeft: fc.constant(false) },
    }),
    last: plan,
    wrapUp: fc.constantFrom(498, 480, 300),
    grace: fc.constantFrom(0, 10, 50, Infinity),
    /** What happens before the time is short, then for as long as tools have, and then. */
    before: fc.array(fc.oneof(next, next, retry), { maxLength: 3 }),
    soon: fc.constantFrom(20, 205),
    during: fc.oneof(
      fc.array(act, { maxLength: 2 }),
      // Another attempt, some time after the first has replied, or after a stop.
      fc.tuple(fc.constantFrom<Act>({ do: 'wait', milliseconds: 5 }, { do: 'stop' }), retry, next),
    ),
    reactions: fc.array(fc.record({ on: moment, act }), { maxLength: 1 }),
  })
  .map(({ busy, last, before, soon, during, ...rest }) => ({
    ...{ ...rest, plans: [busy, last], judgements: [], historyThrows: false, maxRounds: 5 },
    acts: [
      ...before,
      ...[{ do: 'wait' as const, milliseconds: soon }, ...during, { do: 'wait' as const, milliseconds: 250 }],
      ...[{ do: 'complete' as const }, { do: 'complete' as const }],
    ],
  }));
