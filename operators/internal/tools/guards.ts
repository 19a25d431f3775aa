import { asyncScheduler, from, isObservable, Observable, of, type MonoTypeOperatorFunction } from 'rxjs';
import { isFatal } from '../../../src/errors/fatal.js';
import type {
  ApprovalDecisionEvent,
  ApprovalRequestEvent,
  ToolResultEvent,
  ToolRunEvent,
} from '../../../src/events/RoundEvent.js';
import type { Threw } from '../../../src/events/ToolFailure.js';
import type { ResultLimits } from '../../../src/tools/result/resultContent.js';
import { threwOf } from '../../../src/tools/result/threwOf.js';
import { toToolResult, type Answered } from '../../../src/tools/result/toToolResult.js';
import type { Guard, ToolContext } from '../../../src/tools/Tool.js';
import { isPromiseLike } from '../../../src/values/isPromiseLike.js';
import { createRelay } from '../relay.js';
import type { Abort } from './steps.js';

/** The events of a call; its `tool_result` is the last. */
export type CallEvent = ApprovalRequestEvent | ApprovalDecisionEvent | ToolRunEvent;

/** A call, and what its guards need. */
export interface GuardedCall extends Answered {
  /** The decoded input. */
  readonly input: unknown;
  readonly context: ToolContext;
  readonly abort: Abort;
  /** The guards, in the order in which they are asked. */
  readonly guards: readonly Guard<never>[];
  readonly limits: CallLimits;
}

/** The limits of a call. */
export interface CallLimits extends ResultLimits {
  /** How long its tool may run, in milliseconds. */
  readonly timeout: number;
  /** How long each of its guards may take, in milliseconds. */
  readonly approvalTimeout: number;
}

type Verdict = Pick<ApprovalDecisionEvent, 'decision' | 'reason'>;

/** Asks the guards one after another, and runs the call when all have approved it. */
export function askingFirst(asked: GuardedCall): MonoTypeOperatorFunction<CallEvent> {
  return (run$) => asked.guards.reduceRight((next, guard) => asking(guard, asked, next), run$);
}

/**
 * Asks a guard, and continues with `next` when it approves. A guard that answers at once adds no events; for any other,
 * a request and a decision are emitted. A listener may answer while the request is being emitted: all listeners get the
 * request first.
 */
function asking(guard: Guard<never>, asked: GuardedCall, next: Observable<CallEvent>): Observable<CallEvent> {
  const { ofCall, input, context, limits } = asked;
  const { approvalTimeout } = limits;
  return new Observable((subscriber) => {
    let verdict = undefined as Verdict | undefined;
    let cause: Threw | undefined;
    let late = false;
    let heard = false;

    const settle = (given: Verdict): void => {
      link.unsubscribe();
      verdict = given;
      if (heard) goOn(given);
    };
    const goOn = (given: Verdict): void => {
      if (late) subscriber.next({ type: 'approval_decision', ...ofCall, ...given });
      if (subscriber.closed) return;
      (given.decision === 'approved' ? next : of(refusal(asked, given, cause))).subscribe(subscriber);
    };
    const link = createRelay<unknown, CallEvent>(subscriber, {
      next: (word) => {
        settle(toVerdict(word));
      },
      error: (error) => {
        if (isFatal(error)) subscriber.error(error);
        // The error may be private, so Claude is not told.
        cause = threwOf(error);
        settle({ decision: 'denied', reason: 'the check failed.' });
      },
      complete: () => {
        settle(toVerdict(false));
      },
    });
    const expire = (): void => {
      link.unsubscribe();
      const reason = `no decision within ${String(approvalTimeout)} ms.`;
      asked.abort.abort(reason, 'TimeoutError');
      settle({ decision: 'expired', reason });
    };

    // rxjs subscribes even when it is closed: the guard before this one may have approved the call and stopped it.
    if (link.closed) return;
    try {
      const answer: unknown = guard(input as never, context);
      if (isObservable(answer)) answer.subscribe(link);
      else if (isPromiseLike(answer)) from(Promise.resolve(answer)).subscribe(link);
      else link.next(answer);
    } catch (error) {
      link.error(error);
    }
    if (verdict === undefined && !subscriber.closed) {
      late = true;
      if (approvalTimeout !== Infinity) link.add(asyncScheduler.schedule(expire, approvalTimeout));
      subscriber.next({ type: 'approval_request', ...ofCall, input });
    }
    heard = true;
    if (verdict !== undefined && !subscriber.closed) goOn(verdict);
  });
}

/** Only `true` and `undefined` let a call through; everything else refuses it. */
function toVerdict(word: unknown): Verdict {
  if (word === undefined || word === true) return { decision: 'approved' };
  return { decision: 'denied', reason: typeof word === 'string' && word !== '' ? word : 'Not allowed.' };
}

function refusal(asked: GuardedCall, { reason = '' }: Verdict, cause: Threw | undefined): ToolResultEvent {
  const message = `\`${asked.call.name}\` was not run: ${reason}`;
  return toToolResult(asked, { _tag: 'Left', left: { _tag: 'Refused', message, ...(cause && { cause }) } });
}
