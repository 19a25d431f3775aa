import { concat, concatMap, defer, EMPTY, from, isObservable, Observable, of } from 'rxjs';
import type { ApprovalDecisionEvent } from '../../src/events/RoundEvent.js';
import { isPromiseLike } from '../../src/values/isPromiseLike.js';
import { guardFailed, toDenial, type GuardDenial } from '../../src/tools/guardDenial.js';
import type { Guard, ToolContext } from '../../src/tools/Tool.js';
import { createRelay } from './relay.js';

/** What is told of a guard that does not answer at once: that it was asked, and what comes of it. */
export type WaitStep = Asked | Decided;

interface Asked {
  readonly _tag: 'Asked';
}

interface Decided {
  readonly _tag: 'Decided';
  readonly decision: ApprovalDecisionEvent['decision'];
  /** Why not. */
  readonly reason?: string;
}

/**
 * Asks one guard after the other whether a call may be run. A guard that answers at once costs no Observable; one that
 * fails has not let the call through.
 *
 * @param goOn Is told why not, or `undefined`, and says what comes next.
 * @returns What `goOn` returned, behind the steps of each guard that took its time.
 */
export function askGuards<T>(
  guards: readonly Guard<never>[],
  input: unknown,
  context: ToolContext,
  goOn: (denial: GuardDenial | undefined) => Observable<T>,
): Observable<T | WaitStep> {
  for (const [index, guard] of guards.entries()) {
    if (context.signal.aborted) return EMPTY;
    const answer = ask(guard, input, context);
    if (isObservable(answer)) {
      const further = guards.slice(index + 1);
      return waitFor(answer, context, (denial) =>
        denial === undefined ? askGuards(further, input, context, goOn) : goOn(denial),
      );
    }
    if (answer !== undefined) return goOn(answer);
  }
  return goOn(undefined);
}

function ask(guard: Guard<never>, input: unknown, context: ToolContext): GuardDenial | undefined | Observable<unknown> {
  try {
    const answer: unknown = guard(input as never, context);
    if (isObservable(answer)) return answer;
    return isPromiseLike(answer) ? from(Promise.resolve(answer)) : toDenial(answer);
  } catch (error) {
    return guardFailed(error);
  }
}

/** Goes on once a late answer is there. When the call is stopped before that, whoever stops it says how it ends. */
function waitFor<T>(
  answer$: Observable<unknown>,
  { signal }: ToolContext,
  goOn: (denial: GuardDenial | undefined) => Observable<T>,
): Observable<T | WaitStep> {
  return firstAnswer(answer$).pipe(
    // One after the other, also when whoever is told of the question gives the answer in that moment.
    concatMap((step) => {
      if (signal.aborted) return EMPTY;
      if (step._tag === 'Asked') return of(step);
      const next = defer(() => goOn(step.denial));
      return step.late ? concat(of(toDecided(step.denial)), next) : next;
    }),
  );
}

function toDecided(denial: GuardDenial | undefined): Decided {
  if (denial === undefined) return { _tag: 'Decided', decision: 'approved' };
  return { _tag: 'Decided', decision: 'denied', reason: denial.reason };
}

interface Answered {
  readonly _tag: 'Answered';
  readonly denial: GuardDenial | undefined;
  /** Whether it did not come in the moment of the subscription. */
  readonly late: boolean;
}

/** What the first value says, behind `Asked` when it does not come at once. The guard is let go of before it is told. */
function firstAnswer(answer$: Observable<unknown>): Observable<Asked | Answered> {
  return new Observable((subscriber) => {
    let late = false;
    let answer: Answered | undefined;
    const tell = (): void => {
      if (answer !== undefined) subscriber.next(answer);
      subscriber.complete();
    };
    const settle = (denial: GuardDenial | undefined): void => {
      link.unsubscribe();
      answer = { _tag: 'Answered', denial, late };
      if (late) tell();
    };
    const link = createRelay(subscriber, {
      next: (verdict) => {
        settle(toDenial(verdict));
      },
      error: (error) => {
        settle(guardFailed(error));
      },
      complete: () => {
        settle(toDenial(false));
      },
    });
    if (!link.closed) answer$.subscribe(link);
    if (link.closed) {
      tell();
      return;
    }
    late = true;
    subscriber.next({ _tag: 'Asked' });
  });
}
