import { asyncScheduler, Subscription, type Observable, type ObservableInput, type Subscriber } from 'rxjs';
import { createRoundTracker, type RoundOutcome, type WholeOutcome } from '../../src/conversation/createRoundTracker.js';
import type { ErrorFacts } from '../../src/errors/ErrorFacts.js';
import type { RoundRequest } from '../../src/events/RoundRequest.js';
import type { RoundEvent } from '../../src/events/RoundEvent.js';
import { createRelay } from './relay.js';

/**
 * One round: a request in, Claude's events and the results of its tools out.
 *
 * @param request What to send.
 * @param context Which round it is, and what the conversation has to say to it while it runs.
 */
export type Round = (request: RoundRequest, context: RoundContext) => ObservableInput<RoundEvent>;

/** What a round knows of its conversation. */
export interface RoundContext {
  /** Names the run that the round belongs to: for `executeTools`, as its `id`. */
  readonly id: string;
  /** The number of the round, counted from 1: for the operators that take it as their `round`. */
  readonly round: number;
  /** Emits why, when the tools of the round are to stop: for `executeTools`, as its `stop$`. */
  readonly stopTools$: Observable<string>;
}

/** One round of a conversation. */
export interface RunningRound {
  /** Whether Claude has said why its reply ends, and the round has not ended yet. */
  readonly awaitsTools: boolean;
  /** Subscribes to its events on behalf of `subscriber`, which gets their error; the events themselves go to `out`. */
  run(events$: Observable<RoundEvent>, out: Subscriber<RoundEvent>, subscriber: Subscriber<unknown>): void;
  /** What it has brought. The calls that are open are answered with `why`; `error` is what it failed with, if it did. */
  outcome(why: string, error?: ErrorFacts): RoundOutcome;
  /** Sets how long it may go on once the reply is there, in milliseconds. */
  giveGrace(milliseconds: number): void;
  /** Ends it with what is there, if it waits for tools. */
  cutShort(why: string): void;
}

/** What is told of a round. */
export interface RoundHandlers {
  /** It has ended. */
  end(outcome: WholeOutcome): void;
  /** Its reply broke off and is about to be taken back. */
  retry(): void;
  /** Its time of grace is over. */
  late(): void;
  error(error: unknown): void;
}

/** Makes a round that is about to begin. @param grace How long it may go on once the reply is there; no limit when left out. */
export function createRound(number: number, grace: number | undefined, handlers: RoundHandlers): RunningRound {
  const tracker = createRoundTracker(number, () => asyncScheduler.now());
  let link: Subscription | undefined;
  let whole: WholeOutcome | undefined;
  let graceTimer: Subscription | undefined;

  const end = (outcome: WholeOutcome): void => {
    if (whole !== undefined) return;
    whole = outcome;
    link?.unsubscribe();
    handlers.end(outcome);
  };
  const stopTimer = (): void => {
    graceTimer?.unsubscribe();
    graceTimer = undefined;
  };
  const late = (): void => {
    try {
      handlers.late();
    } catch (error) {
      handlers.error(error);
    }
  };
  /** Begins the time of grace once the reply is there. */
  const watchGrace = (): void => {
    if (grace === undefined || graceTimer !== undefined || whole !== undefined || !tracker.replied) return;
    graceTimer = new Subscription();
    link?.add(graceTimer);
    if (grace === 0) late();
    else if (grace !== Infinity) graceTimer.add(asyncScheduler.schedule(late, grace));
  };

  return {
    get awaitsTools() {
      return whole === undefined && tracker.replied;
    },
    run(events$, out, subscriber) {
      const observer = createRelay<RoundEvent, unknown>(subscriber, {
        next: (event) => {
          if (event.type === 'round_retry') {
            stopTimer();
            handlers.retry();
            if (observer.closed) return;
          }
          tracker.take(event);
          out.next(event);
          watchGrace();
        },
        complete: () => {
          end(tracker.end());
        },
      });
      link = observer;
      if (!observer.closed) events$.subscribe(observer);
    },
    outcome: (why, error) => whole ?? tracker.breakOff(why, error),
    giveGrace(milliseconds) {
      grace = milliseconds;
      stopTimer();
      watchGrace();
    },
    cutShort(why) {
      const outcome = tracker.cutShort(why);
      if (outcome !== undefined) end(outcome);
    },
  };
}
