import { asyncScheduler, defer, filter, Subscription, type Subscriber } from 'rxjs';
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
   * @param grace How long they may go on, in milliseconds, once the reply is there.
   * @param late Called when the round has not ended within its time of grace, once the reply is there.
   */
  stopTools(why: string, grace: number, late: () => void): void;
  /** Ends it with what is there, if it waits for tools. */
  cutShort(why: string): void;
}

/** What is told of a round. */
export interface RoundHandlers {
  /** It has ended. */
  end(outcome: WholeOutcome): void;
  /** Its reply broke off and is about to be taken back. */
  retry(): void;
  error(error: unknown): void;
}

/** Makes a round that has not begun. */
export function createRound(state: RoundState, handlers: RoundHandlers): RunningRound {
  const tracker = createRoundTracker(state.round);
  const stopReason = createCell<string | undefined>(undefined);
  const stopTools$ = stopReason.value$.pipe(filter((why) => why !== undefined));
  let link: Subscription | undefined;
  let whole: WholeOutcome | undefined;
  let graceTimer: Subscription | undefined;
  /** Begins the time of grace once the reply is there. */
  let awaitReply: (() => void) | undefined;

  const end = (outcome: WholeOutcome): void => {
    if (whole !== undefined) return;
    whole = outcome;
    link?.unsubscribe();
    handlers.end(outcome);
  };

  return {
    state,
    get awaitsTools() {
      return whole === undefined && tracker.replied;
    },
    run(round, out, subscriber) {
      const observer = createRelay<RoundEvent, unknown>(subscriber, {
        next: (event) => {
          if (event.type === 'round_retry') {
            graceTimer?.unsubscribe();
            graceTimer = undefined;
            handlers.retry();
            if (observer.closed) return;
          }
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
    stopTools(why, grace, late) {
      stopReason.set(why);
      graceTimer?.unsubscribe();
      graceTimer = undefined;
      awaitReply = () => {
        if (graceTimer !== undefined || whole !== undefined || !tracker.replied) return;
        graceTimer = new Subscription();
        link?.add(graceTimer);
        if (grace === 0) late();
        else if (grace !== Infinity) graceTimer.add(asyncScheduler.schedule(late, grace));
      };
      awaitReply();
    },
    cutShort(why) {
      if (!tracker.hasOpenCalls) return;
      try {
        end(tracker.breakOff(why) as WholeOutcome);
      } catch (error) {
        handlers.error(error);
      }
    },
  };
}
