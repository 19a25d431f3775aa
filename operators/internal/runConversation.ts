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
 * @param context Which round it is, and how the conversation stops its tools.
 */
export type Round = (request: RoundRequest, context: RoundContext) => ObservableInput<RoundEvent>;

/** What a round knows of its conversation. */
export interface RoundContext {
  /** Names the run that the round belongs to; the `id` for `executeTools`. */
  readonly id: string;
  /** The number of the round, counted from 1; the `round` for the operators that take it. */
  readonly round: number;
  /** Emits the reason when the tools of the round must stop; the `stop$` for `executeTools`. */
  readonly stopTools$: Observable<string>;
}

/** How long a conversation may take, in milliseconds. */
export interface Deadline {
  /** The longest time from its beginning to its end; all time counts. Default: no limit. */
  readonly total?: number;
  /** How long before the end of `total` it wraps up. Needs a `total`. Default: never. */
  readonly wrapUp?: number;
}

/** The options of `resumeConversation`, with defaults. */
export interface ConversationSettings extends Omit<EndLimits, 'stopped' | 'wrappingUp'> {
  /** Names the run. */
  readonly id: string;
  /** How long stopped tools may keep running, in milliseconds. */
  readonly grace: number;
  readonly history: HistoryPolicy;
  readonly stop$: ObservableInput<unknown>;
  readonly deadline: Deadline;
}

const STOPPED = 'the conversation was stopped';
const BROKEN_OFF = 'the reply broke off';
const NO_TIME = 'time is nearly up';

/** Runs a conversation and emits all of it to `out`: its events, its end, then the completion or the error. */
export function runConversation(
  out: Subscriber<RoundEvent>,
  request: RoundRequest,
  toRound: Round,
  { id, history: policy, stop$, deadline, grace, ...limits }: ConversationSettings,
): void {
  const running = new Subscription();
  const stopTools$ = new ReplaySubject<string>(1);
  /** The last round that began; `round` is 0 before the first. */
  let state: RoundState = { request, round: 0, usage: NO_USAGE, estimated: false, message: undefined, last: false };
  /** Tracks what that round has brought. */
  let tracker: RoundTracker | undefined;
  let history: HistoryKeeper | undefined;
  let stopped = false;
  /** How long tools may keep running after their reply has ended, in milliseconds; no limit until they must stop. */
  let timeLeft: number | undefined;
  let timer: Subscription | undefined;

  const keeper = (): HistoryKeeper => (history ??= policy(request.tools));
  const end = (reason: ConversationEndReason, failure?: { readonly error: unknown }): void => {
    if (running.closed) return;
    let failed = failure;
    /** The end comes even if making it fails. The first failure is reported. */
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
  /** Starts the time that is left to the tools, once the reply has ended. */
  const watchTools = (): void => {
    if (timeLeft === undefined || timer !== undefined || tracker?.awaitsTools !== true) return;
    // Set before it can end the round.
    timer = new Subscription();
    if (timeLeft === 0) endTools();
    else timer = after(timeLeft, endTools);
  };
  const stopTools = (why: string, milliseconds: number): void => {
    timeLeft = milliseconds;
    // The time starts only when all tools have been stopped and have emitted what they had.
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
      // The last round needs its share of the time.
      if (!stopped) stopTools(NO_TIME, Math.min(grace, wrapUp / 2));
    });
  }
  running.add(
    defer(() => stop$)
      .pipe(take(1), tap(stop))
      .subscribe({ error: fail }),
  );
  if (running.closed) return;
  // The events of a round go straight to `out`; only `expand` uses its state.
  const rounds = createRelay(out, { next: noop, error: fail, complete: noop });
  running.add(rounds);
  // The queue turns a recursion into a loop when rounds are synchronous, as in tests.
  of({ ...state, round: 1 })
    .pipe(expand((next) => runRound(next).pipe(subscribeOn(queueScheduler))))
    .subscribe(rounds);
}

function timeIsUp(milliseconds: number): RxClaudeError<'TimeoutGuardError'> {
  const message =
    `The conversation did not end within ${String(milliseconds)} ms. ` +
    'Continue from the `messages` of `conversation_end`, or raise `deadline.total`.';
  return new RxClaudeError('TimeoutGuardError', message, { limit: 'total', milliseconds });
}
