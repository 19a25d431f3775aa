import {
  asyncScheduler,
  defer,
  expand,
  Observable,
  of,
  queueScheduler,
  Subscription,
  subscribeOn,
  take,
  tap,
  type ObservableInput,
  type Subscriber,
} from 'rxjs';
import { NO_USAGE } from '../../src/conversation/addUsage.js';
import { endConversation, endRound, type EndLimits, type RoundState } from '../../src/conversation/endRound.js';
import { locate } from '../../src/errors/locate.js';
import { RxClaudeError } from '../../src/errors/RxClaudeError.js';
import type { HistoryPolicy } from '../../src/history/HistoryPolicy.js';
import { deepFreeze } from '../../src/values/deepFreeze.js';
import type { RoundRequest } from '../../src/events/RoundRequest.js';
import type { ConversationEndReason, RoundEvent } from '../../src/events/RoundEvent.js';
import { createRound, type RunningRound } from './createRound.js';
import { createRelay } from './relay.js';
import type { Round } from './Round.js';

/** What `resumeConversation` was given, with its defaults. */
export interface ConversationSettings extends Omit<EndLimits, 'stopped' | 'wrappingUp'> {
  /** How long tools may go on when they are stopped, in milliseconds. */
  readonly grace: number;
  readonly history: HistoryPolicy;
  readonly stop$: ObservableInput<unknown>;
  readonly deadline: Deadline;
}

/** How long a conversation may take, in milliseconds. */
export interface Deadline {
  /** The longest time from its beginning to its end; all time counts. Default: no limit. */
  readonly total?: number;
  /** How long before the end of `total` it is asked to finish. Needs a `total`. Default: it is not asked. */
  readonly wrapUp?: number;
}

const STOPPED = 'the conversation was stopped';
const BROKEN_OFF = 'the reply broke off';
const NO_TIME = 'the time for this conversation is nearly up';

/** Holds a conversation and tells all of it to `out`: its events, its end, and then the completion or the error. */
export function holdConversation(
  out: Subscriber<RoundEvent>,
  request: RoundRequest,
  round: Round,
  { history: policy, stop$, deadline, ...settings }: ConversationSettings,
): void {
  const history = policy(request.tools);
  const first: RoundState = {
    request,
    round: 1,
    usage: NO_USAGE,
    estimated: false,
    message: undefined,
    last: false,
  };
  const running = new Subscription();
  /** The round that runs, or the last one that did; before the first, one that never will. */
  let current: RunningRound = createRound({ ...first, round: 0 }, { end: ignore, retry: ignore, error: ignore });
  let over = false;
  let stopped = false;
  /** How long tools may go on when the conversation was asked to finish, in milliseconds. */
  let wrapUpGrace: number | undefined;

  const end = (reason: ConversationEndReason, failure?: { readonly error: unknown }): void => {
    if (over) return;
    over = true;
    running.unsubscribe();
    const outcome = current.outcome(failure === undefined ? STOPPED : BROKEN_OFF, failure?.error);
    const event = endConversation(current.state, outcome, reason);
    out.next({ ...event, messages: history.leave(event.messages).map((message) => deepFreeze(message)), ...failure });
    if (failure === undefined) out.complete();
    else out.error(failure.error);
  };
  const stopNow = (): void => {
    end('stopped');
  };
  const finishUp = (): void => {
    if (wrapUpGrace === undefined) return;
    current.stopTools(NO_TIME, wrapUpGrace, () => {
      current.cutShort(NO_TIME);
    });
  };
  const fail = (error: unknown): void => {
    if (stopped) end('stopped');
    else end('error', { error: locate(error, { round: Math.max(current.state.round, 1) }) });
  };
  const stop = (): void => {
    if (over || stopped) return;
    stopped = true;
    if (current.awaitsTools) current.stopTools(STOPPED, settings.grace, stopNow);
    else stopNow();
  };
  const wrapUp = (left: number): void => {
    if (over || stopped) return;
    // The last round must have its part of the time.
    wrapUpGrace = Math.min(settings.grace, left / 2);
    finishUp();
  };

  const runRound = (state: RoundState): Observable<RoundState> =>
    new Observable((next) => {
      const admitted = history.admit(state.request);
      current = createRound(
        { ...state, request: deepFreeze(admitted.request) },
        {
          end: (outcome) => {
            const wrappingUp = wrapUpGrace !== undefined;
            const ending = endRound(current.state, outcome, { ...settings, stopped, wrappingUp });
            out.next(ending.end);
            if (over) return;
            if (ending.following === undefined) end(ending.reason);
            else {
              next.next(ending.following);
              next.complete();
            }
          },
          retry: () => {
            if (stopped) stopNow();
          },
          error: fail,
        },
      );
      finishUp();
      out.next({ type: 'round_start', round: state.round, ...admitted });
      if (!over) current.run(round, out, next);
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
  const rounds = createRelay(out, { next: ignore, error: fail, complete: ignore });
  running.add(rounds);
  // The queue makes a loop of what would be a recursion when rounds are synchronous, as in tests.
  of(first)
    .pipe(expand((state) => runRound(state).pipe(subscribeOn(queueScheduler))))
    .subscribe(rounds);
}

function timeIsUp(milliseconds: number): RxClaudeError<'TimeoutGuardError'> {
  const message =
    `The conversation was not done within ${String(milliseconds)} ms. ` +
    'Go on with the `messages` of its `conversation_end`, or raise `deadline.total`.';
  return new RxClaudeError('TimeoutGuardError', message, { limit: 'total', milliseconds });
}

function ignore(): void {
  // The events of a round have gone straight out; its state is for `expand` alone.
}
