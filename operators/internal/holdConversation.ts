import {
  asyncScheduler,
  defer,
  expand,
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
import { NOTHING } from '../../src/conversation/createRoundTracker.js';
import {
  endConversation,
  endHistory,
  endRound,
  startRound,
  type EndLimits,
  type RoundState,
} from '../../src/conversation/endRound.js';
import { NO_USAGE } from '../../src/conversation/usage.js';
import type { ErrorFacts } from '../../src/errors/ErrorFacts.js';
import { locate } from '../../src/errors/locate.js';
import { RxClaudeError } from '../../src/errors/RxClaudeError.js';
import type { RoundRequest } from '../../src/events/RoundRequest.js';
import type { ConversationEndReason, RoundEvent } from '../../src/events/RoundEvent.js';
import type { HistoryKeeper, HistoryPolicy } from '../../src/history/HistoryPolicy.js';
import { toErrorFacts } from '../../src/retry/toErrorFacts.js';
import { deepFreeze } from '../../src/values/deepFreeze.js';
import { createRound, type Round, type RunningRound } from './createRound.js';
import { createRelay } from './relay.js';

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
  { id, history: policy, stop$, deadline, ...settings }: ConversationSettings,
): void {
  const running = new Subscription();
  const stopTools$ = new ReplaySubject<string>(1);
  /** The last round that was begun; before the first, none. */
  let state: RoundState = {
    ...{ request, round: 0, usage: NO_USAGE, estimated: false, message: undefined, last: false },
  };
  let round: RunningRound | undefined;
  let history: HistoryKeeper | undefined;
  let stopped = false;
  /** How long tools may go on when the conversation was asked to finish, in milliseconds. */
  let wrapUpGrace: number | undefined;

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
    const why = failed === undefined ? STOPPED : BROKEN_OFF;
    const facts = (): ErrorFacts | undefined => failed && toErrorFacts(failed.error);
    const outcome = safely(() => round?.outcome(why, facts()) ?? NOTHING, NOTHING);
    const whole = safely(() => endHistory(state.request.messages, outcome), [...state.request.messages]);
    const messages = safely(
      () =>
        keeper()
          .leave(whole)
          .map((message) => deepFreeze(message)),
      whole,
    );
    out.next(endConversation(state, outcome, messages, facts() ?? reason));
    if (failed === undefined) out.complete();
    else out.error(failed.error);
  };
  const stopNow = (): void => {
    end('stopped');
  };
  const fail = (error: unknown): void => {
    if (stopped) stopNow();
    else end('error', { error: locate(error, { round: Math.max(state.round, 1) }) });
  };
  const stop = (): void => {
    stopped = true;
    if (round?.awaitsTools !== true) {
      stopNow();
      return;
    }
    stopTools$.next(STOPPED);
    round.giveGrace(settings.grace);
  };
  const wrapUp = (left: number): void => {
    if (stopped) return;
    // The last round must have its part of the time.
    wrapUpGrace = Math.min(settings.grace, left / 2);
    stopTools$.next(NO_TIME);
    round?.giveGrace(wrapUpGrace);
  };
  const runRound = (next: RoundState): Observable<RoundState> =>
    new Observable((following) => {
      const admitted = keeper().admit(next.request);
      state = { ...next, request: deepFreeze(admitted.request) };
      round = undefined;
      out.next(startRound(state, admitted));
      if (running.closed) return;
      round = createRound(state.round, wrapUpGrace, {
        end: (outcome) => {
          const wrappingUp = wrapUpGrace !== undefined;
          const ending = endRound(state, outcome, { ...settings, stopped, wrappingUp });
          out.next(ending.end);
          if (running.closed) return;
          if (ending.following === undefined) end(ending.reason);
          else {
            following.next(ending.following);
            following.complete();
          }
        },
        retry: () => {
          if (stopped) stopNow();
        },
        late: () => {
          if (stopped) stopNow();
          else round?.cutShort(NO_TIME);
        },
        error: fail,
      });
      const context = { id, round: state.round, stopTools$: stopTools$.asObservable() };
      const events$ = defer(() => toRound(state.request, context));
      round.run(events$, out, following);
    });
  const after = (milliseconds: number, work: () => void): void => {
    if (milliseconds !== Infinity) running.add(asyncScheduler.schedule(work, milliseconds));
  };

  out.add(running);
  const { total = Infinity, wrapUp: left } = deadline;
  after(total, () => {
    fail(timeIsUp(total));
  });
  if (left !== undefined) {
    after(total - left, () => {
      wrapUp(left);
    });
  }
  running.add(
    defer(() => stop$)
      .pipe(take(1), tap(stop))
      .subscribe({ error: fail }),
  );
  if (running.closed) return;
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

function noop(): void {
  // The events of a round have gone straight out; its state is for `expand` alone.
}
