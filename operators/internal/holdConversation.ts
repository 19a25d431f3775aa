import {
  asyncScheduler,
  defer,
  expand,
  noop,
  Observable,
  of,
  queueScheduler,
  ReplaySubject,
  Subscription,
  subscribeOn,
  take,
  tap,
  type ObservableInput,
  type Subscriber,
} from 'rxjs';
import {
  createRoundTracker,
  NOTHING,
  type RoundTracker,
  type WholeOutcome,
} from '../../src/conversation/createRoundTracker.js';
import {
  endConversation,
  endHistory,
  endRound,
  startRound,
  type EndLimits,
  type RoundState,
} from '../../src/conversation/endRound.js';
import { NO_USAGE } from '../../src/conversation/usage.js';
import { locate } from '../../src/errors/locate.js';
import { RxClaudeError } from '../../src/errors/RxClaudeError.js';
import type { RoundRequest } from '../../src/events/RoundRequest.js';
import type { ConversationEndReason, RoundEvent } from '../../src/events/RoundEvent.js';
import type { HistoryKeeper, HistoryPolicy } from '../../src/history/HistoryPolicy.js';
import { toErrorFacts } from '../../src/retry/toErrorFacts.js';
import { deepFreeze } from '../../src/values/deepFreeze.js';
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

/** How long a conversation may take, in milliseconds. */
export interface Deadline {
  /** The longest time from its beginning to its end; all time counts. Default: no limit. */
  readonly total?: number;
  /** How long before the end of `total` it is asked to finish. Needs a `total`. Default: it is not asked. */
  readonly wrapUp?: number;
}

/** What `resumeConversation` was given, with its defaults. */
export interface ConversationSettings extends Omit<EndLimits, 'stopped' | 'wrappingUp'> {
  /** Names the run. */
  readonly id: string;
  /** How long tools may go on when they are stopped, in milliseconds. */
  readonly grace: number;
  readonly history: HistoryPolicy;
  readonly stop$: ObservableInput<unknown>;
  readonly deadline: Deadline;
}

const STOPPED = 'the conversation was stopped';
const BROKEN_OFF = 'the reply broke off';
const NO_TIME = 'the time for this conversation is nearly up';

/** Holds a conversation and tells all of it to `out`: its events, its end, and then the completion or the error. */
export function holdConversation(
  out: Subscriber<RoundEvent>,
  request: RoundRequest,
  toRound: Round,
  { id, history: policy, stop$, deadline, grace, ...limits }: ConversationSettings,
): void {
  const running = new Subscription();
  const stopTools$ = new ReplaySubject<string>(1);
  /** The last round that was begun; before the first, none. */
  let state: RoundState = { request, round: 0, usage: NO_USAGE, estimated: false, message: undefined, last: false };
  /** What that round has brought. */
  let tracker: RoundTracker | undefined;
  let history: HistoryKeeper | undefined;
  let stopped = false;
  /** How long tools may go on once their reply is there, in milliseconds; no limit until they are to stop. */
  let timeLeft: number | undefined;
  let timer: Subscription | undefined;

  const keeper = (): HistoryKeeper => (history ??= policy(request.tools));
  const end = (reason: ConversationEndReason, failure?: { readonly error: unknown }): void => {
    if (running.closed) return;
    let failed = failure;
    /** The end comes, whatever fails on the way to it. The first failure is the one that is told. */
    const safely = <T>(work: () => T, otherwise: T): T => {
      try {
        return work();
      } catch (error) {
        failed ??= { error };
        return otherwise;
      }
    };
    safely(() => {
      running.unsubscribe();
    }, undefined);
    const facts = () => failed && toErrorFacts(failed.error);
    const outcome = safely(() => tracker?.breakOff(failed ? BROKEN_OFF : STOPPED, facts()), undefined) ?? NOTHING;
    const whole = safely(() => endHistory(state.request.messages, outcome), [...state.request.messages]);
    const messages = safely(() => keeper().leave(whole).map(deepFreeze), whole);
    out.next(endConversation(state, outcome, messages, facts() ?? reason));
    if (failed) out.error(failed.error);
    else out.complete();
  };
  const stopNow = (): void => {
    end('stopped');
  };
  const fail = (error: unknown): void => {
    if (stopped) stopNow();
    else end('error', { error: locate(error, { round: Math.max(state.round, 1) }) });
  };

  const stopTimer = (): void => {
    timer?.unsubscribe();
    timer = undefined;
  };
  /** Begins the time that is left to the tools, once the reply is there. */
  const watchTools = (): void => {
    if (timeLeft === undefined || timer !== undefined || tracker?.awaitsTools !== true) return;
    // Begun before it can end the round.
    timer = new Subscription();
    if (timeLeft === 0) endTools();
    else timer = after(timeLeft, endTools);
  };
  const stopTools = (why: string, milliseconds: number): void => {
    timeLeft = milliseconds;
    // The time does not begin before all tools have heard of it, and told what they have to tell.
    timer ??= new Subscription();
    stopTools$.next(why);
    stopTimer();
    watchTools();
  };
  const stop = (): void => {
    stopped = true;
    if (tracker?.awaitsTools === true) stopTools(STOPPED, grace);
    else stopNow();
  };
  const endTools = (): void => {
    try {
      const outcome = stopped ? undefined : tracker?.cutShort(NO_TIME);
      if (stopped) stopNow();
      else if (outcome !== undefined) finishRound(outcome);
    } catch (error) {
      fail(error);
    }
  };

  let finishRound: (outcome: WholeOutcome) => void = noop;
  const runRound = (next: RoundState): Observable<RoundState> =>
    new Observable((following) => {
      const admitted = keeper().admit(next.request);
      state = { ...next, request: deepFreeze(admitted.request) };
      tracker = undefined;
      out.next(startRound(state, admitted));
      if (running.closed) return;
      const current = createRoundTracker(state.round, () => asyncScheduler.now());
      tracker = current;
      const link = createRelay<RoundEvent, unknown>(following, {
        next: (event) => {
          if (event.type === 'round_retry') {
            stopTimer();
            if (stopped) {
              stopNow();
              return;
            }
          }
          current.take(event);
          out.next(event);
          watchTools();
        },
        complete: () => {
          finishRound(current.end());
        },
      });
      finishRound = (outcome) => {
        link.unsubscribe();
        stopTimer();
        const ending = endRound(state, outcome, { ...limits, stopped, wrappingUp: timeLeft !== undefined });
        out.next(ending.end);
        if (running.closed) return;
        if (ending.following === undefined) end(ending.reason);
        else {
          following.next(ending.following);
          following.complete();
        }
      };
      const context = { id, round: state.round, stopTools$: stopTools$.asObservable() };
      if (!link.closed) defer(() => toRound(state.request, context)).subscribe(link);
    });

  const after = (milliseconds: number, work: () => void): Subscription => {
    const wait = milliseconds === Infinity ? new Subscription() : asyncScheduler.schedule(work, milliseconds);
    running.add(wait);
    return wait;
  };
  out.add(running);
  const { total = Infinity, wrapUp } = deadline;
  after(total, () => {
    fail(timeIsUp(total));
  });
  if (wrapUp !== undefined) {
    after(total - wrapUp, () => {
      // The last round must have its part of the time.
      if (!stopped) stopTools(NO_TIME, Math.min(grace, wrapUp / 2));
    });
  }
  running.add(
    defer(() => stop$)
      .pipe(take(1), tap(stop))
      .subscribe({ error: fail }),
  );
  if (running.closed) return;
  // The events of a round go straight out; its state is for `expand` alone.
  const rounds = createRelay(out, { next: noop, error: fail, complete: noop });
  running.add(rounds);
  // The queue makes a loop of what would be a recursion when rounds are synchronous, as in tests.
  of({ ...state, round: 1 })
    .pipe(expand((next) => runRound(next).pipe(subscribeOn(queueScheduler))))
    .subscribe(rounds);
}

function timeIsUp(milliseconds: number): RxClaudeError<'TimeoutGuardError'> {
  const message =
    `The conversation was not done within ${String(milliseconds)} ms. ` +
    'Go on with the `messages` of its `conversation_end`, or raise `deadline.total`.';
  return new RxClaudeError('TimeoutGuardError', message, { limit: 'total', milliseconds });
}
