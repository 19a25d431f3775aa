import { expand, Observable, of, queueScheduler, Subscription, subscribeOn, type Subscriber } from 'rxjs';
import { NO_USAGE } from '../../src/conversation/addUsage.js';
import { endConversation, endRound, type EndLimits, type RoundState } from '../../src/conversation/endRound.js';
import { locate } from '../../src/errors/locate.js';
import type { HistoryPolicy } from '../../src/history/HistoryPolicy.js';
import { deepFreeze } from '../../src/values/deepFreeze.js';
import type { ConversationControl } from '../../src/events/ConversationControl.js';
import type { RoundRequest } from '../../src/events/RoundRequest.js';
import type { ConversationEndReason, RoundEvent } from '../../src/events/RoundEvent.js';
import { createRound, type RunningRound } from './createRound.js';
import { createRelay } from './relay.js';
import type { Round } from './Round.js';
import { toRoundStart } from './toRoundStart.js';

/** What `resumeConversation` was given, with its defaults. */
export interface ConversationSettings extends Omit<EndLimits, 'stopped' | 'wrappingUp'> {
  /** How long tools may go on when they are stopped, in milliseconds. */
  readonly grace: number;
  readonly history: HistoryPolicy;
}

/** A conversation that has not begun. */
export interface Conversation {
  begin(): void;
  /** Ends it in an orderly way: at once while Claude speaks, within the time of grace while tools run. */
  readonly stop: () => void;
  /** Ends it with an error, behind its `conversation_end`. */
  readonly fail: (error: unknown) => void;
}

const STOPPED = 'the conversation was stopped';
const BROKEN_OFF = 'the reply broke off';
const NO_TIME = 'the time for this conversation is nearly up';

/** Makes a conversation that tells all of it to `out`: its events, its end, and then the completion or the error. */
export function createConversation(
  out: Subscriber<RoundEvent>,
  request: RoundRequest,
  round: Round,
  settings: ConversationSettings,
): Conversation {
  const history = settings.history(request.tools);
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
  const wrapUp = (margin = Infinity): void => {
    if (over || stopped || wrapUpGrace !== undefined) return;
    // The last round must have its part of the time.
    wrapUpGrace = Math.min(settings.grace, margin / 2);
    finishUp();
  };
  const control: ConversationControl = { wrapUp, fail };

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
      out.next(toRoundStart(state.round, admitted, control));
      if (!over) current.run(round, out, next);
    });

  return {
    begin() {
      const rounds = createRelay(out, { next: ignore, error: fail, complete: ignore });
      running.add(rounds);
      // The queue makes a loop of what would be a recursion when rounds are synchronous, as in tests.
      of(first)
        .pipe(expand((state) => runRound(state).pipe(subscribeOn(queueScheduler))))
        .subscribe(rounds);
    },
    fail,
    stop: () => {
      if (over || stopped) return;
      stopped = true;
      if (current.awaitsTools) current.stopTools(STOPPED, settings.grace, stopNow);
      else stopNow();
    },
  };
}

function ignore(): void {
  // The events of a round have gone straight out; its state is for `expand` alone.
}
