import { asyncScheduler, defer, filter, type Subscriber, type Subscription } from 'rxjs';
import { NO_USAGE } from '../../src/conversation/addUsage.js';
import { createRoundTracker, type RoundOutcome, type WholeOutcome } from '../../src/conversation/createRoundTracker.js';
import type { RoundState } from '../../src/conversation/endRound.js';
import type { RoundEvent } from '../../src/events/RoundEvent.js';
import { createCell } from './createCell.js';
import { createRelay } from './relay.js';
import type { Round } from './Round.js';

/** The outcome of a round that never began. */
const NOTHING: RoundOutcome = { message: undefined, results: [], usage: NO_USAGE, estimated: false, goesOn: false };

/** One round of a conversation. */
export interface RunningRound {
  readonly state: RoundState;
  /** Whether Claude has said why its reply ends, and the round has not ended yet. */
  readonly awaitsTools: boolean;
  /** Subscribes to its events on behalf of `subscriber`, which gets their error; the events themselves go to `out`. */
  run(round: Round, out: Subscriber<RoundEvent>, subscriber: Subscriber<unknown>): void;
  /** What it has brought. The calls that are open are answered with `why`; `error` is what it failed with, if it did. */
  outcome(why: string, error?: unknown): RoundOutcome;
  /**
   * Has no further tool started, and those that run stopped.
   *
   * @param late Called when the round has not ended within its time of grace, once the reply is there.
   */
  stopTools(why: string, late: () => void): void;
  /** Ends it with what is there, once the reply is there. */
  cutShort(why: string): void;
}

/**
 * Makes a round that has not begun.
 *
 * @param grace How long tools may go on when they are stopped, in milliseconds.
 * @param conclude Called when the round has ended.
 */
export function createRound(state: RoundState, grace: number, conclude: (outcome: WholeOutcome) => void): RunningRound {
  const tracker = createRoundTracker(state.round);
  const stopReason = createCell<string | undefined>(undefined);
  const stopTools$ = stopReason.value$.pipe(filter((why) => why !== undefined));
  let link: Subscription | undefined;
  let whole: WholeOutcome | undefined;
  /** Looks whether the time of grace has begun. */
  let awaitReply: (() => void) | undefined;

  const end = (outcome: WholeOutcome): void => {
    if (whole !== undefined) return;
    whole = outcome;
    link?.unsubscribe();
    conclude(outcome);
  };

  return {
    state,
    get awaitsTools() {
      return whole === undefined && tracker.replied;
    },
    run(round, out, subscriber) {
      const observer = createRelay<RoundEvent, unknown>(subscriber, {
        next: (event) => {
          tracker.take(event);
          out.next(event);
          awaitReply?.();
        },
        complete: () => {
          end(tracker.end());
        },
      });
      link = observer;
      if (observer.closed) return;
      defer(() => round(state.request, state.round, { stopTools$ })).subscribe(observer);
    },
    outcome: (why, error) => whole ?? (link === undefined ? NOTHING : tracker.breakOff(why, error)),
    stopTools(why, late) {
      stopReason.set(why);
      awaitReply = () => {
        if (!tracker.replied) return;
        awaitReply = undefined;
        if (grace === 0) late();
        else link?.add(asyncScheduler.schedule(late, grace));
      };
      awaitReply();
    },
    cutShort(why) {
      end(tracker.breakOff(why) as WholeOutcome);
    },
  };
}
