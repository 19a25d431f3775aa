import {
  asyncScheduler,
  filter,
  map,
  merge,
  NEVER,
  Observable,
  of,
  switchMap,
  take,
  takeWhile,
  tap,
  timer,
} from 'rxjs';
import type { ToolCallEvent, ToolTimeout } from '../../src/events/RoundEvent.js';
import type { Guard, RunnableTool, ToolContext } from '../../src/tools/Tool.js';
import type { ResultLimits } from '../../src/tools/result/resultContent.js';
import type { ToolOutcome } from '../../src/tools/result/toToolResult.js';
import { toolStopped } from '../../src/tools/toolStopped.js';
import { guardedRun, type ToolStep } from './guardedRun.js';
import { toRunEvent, type RunEvent } from './toRunEvent.js';

/** What a tool may use of time and of Claude's attention. */
export interface ToolLimits extends ResultLimits {
  /** How long it may run, in milliseconds. */
  readonly timeout: number;
}

/** Asks a tool to stop. */
export interface StopRequest {
  /** Such as `the user stopped the conversation`. */
  readonly why: string;
  /** How long the tool may go on, in milliseconds. */
  readonly grace: number;
}

/** One call, and all that it takes to run it. */
export interface ToolRun {
  readonly tool: RunnableTool;
  readonly input: unknown;
  readonly call: ToolCallEvent;
  /** The context that the tool gets with this signal. */
  readonly context: (signal: AbortSignal) => ToolContext;
  readonly guard: Guard | undefined;
  readonly limits: ToolLimits;
  /** Emits when the tool is to stop. */
  readonly stop$: Observable<StopRequest>;
}

/**
 * Runs a tool for one call: what its guards say if they take their time, its start, its progress, then its result, then
 * completion. It never errors: whatever the tool does becomes a result.
 *
 * When the time is up, or on unsubscribing, the tool's signal is aborted, and what the tool still does is ignored. When it
 * is stopped, its signal is aborted too, and it has the time of grace to come to a result; a guard has none.
 */
export function runTool(run: ToolRun): Observable<RunEvent> {
  return new Observable((subscriber) => {
    const { tool, input, call, guard, limits } = run;
    const controller = new AbortController();
    let startedAt: number | undefined;
    /** Whether a guard takes its time. */
    let waiting = false;
    let settled = false;
    let over = false;
    let stopOutcome: ToolStep | undefined;
    let expiryReason: unknown;

    const stop = ({ why, grace }: StopRequest): Observable<ToolStep> => {
      const error = toolStopped(startedAt !== undefined, why);
      const outcome: ToolStep = { _tag: 'Refused', error };
      stopOutcome = outcome;
      controller.abort(new DOMException(error.message, 'AbortError'));
      // Whether it may be run is no longer the question, so a guard is not waited for.
      if (grace === 0 || startedAt === undefined) return of(outcome);
      return grace === Infinity ? NEVER : timer(grace).pipe(map(() => outcome));
    };
    const steps = guardedRun(tool, guard, input, run.context(controller.signal)).pipe(
      // A tool that fails because it was stopped, or ends with nothing, has not come to its end by itself.
      map((step) => (isNothing(step) ? (stopOutcome ?? step) : step)),
      tap((step) => (settled = isOutcome(step))),
    );
    const stopped = run.stop$.pipe(take(1), switchMap(stop));
    const expired = expiry(call, limits.timeout).pipe(
      tap(({ error }) => (expiryReason = new DOMException(error.message, 'TimeoutError'))),
    );
    /** Whoever is told that the time is up may answer in that moment: once the signal is aborted, that runs nothing. */
    const leaveGuard = (): void => {
      controller.abort(expiryReason);
      const expiry: ToolStep = { _tag: 'Decided', decision: 'expired' };
      if (expiryReason !== undefined) subscriber.next(toRunEvent(run, expiry, 0));
    };
    const note = (step: ToolStep): void => {
      over = isOutcome(step);
      if (over && waiting) leaveGuard();
      waiting = step._tag === 'Asked';
      if (step._tag === 'Started') startedAt = asyncScheduler.now();
    };
    subscriber.add(
      merge(stopped, steps, expired)
        .pipe(
          // Whoever is told the outcome may ask for a stop in that moment: there is only one outcome.
          filter(() => !over),
          tap(note),
          takeWhile((step) => !isOutcome(step), true),
          map((step) => toRunEvent(run, step, since(startedAt))),
        )
        .subscribe(subscriber),
    );
    // Last, for a tool may still have a word to say when it is aborted, and nobody listens any more.
    subscriber.add(() => {
      if (!settled) controller.abort(expiryReason);
    });
  });
}

/** Whether a tool has nothing to show. */
function isNothing(step: ToolStep): boolean {
  return step._tag === 'Threw' || (step._tag === 'Returned' && step.output === undefined);
}

function isOutcome(step: ToolStep): step is ToolOutcome {
  return step._tag === 'Returned' || step._tag === 'Threw' || step._tag === 'Refused';
}

function since(time: number | undefined): number {
  return time === undefined ? 0 : asyncScheduler.now() - time;
}

/** The outcome when the time is up. */
function expiry({ name }: ToolCallEvent, milliseconds: number): Observable<{ _tag: 'Threw'; error: ToolTimeout }> {
  if (milliseconds === Infinity) return NEVER;
  const message = `\`${name}\` did not finish within ${String(milliseconds)} ms and was stopped.`;
  return timer(milliseconds).pipe(
    map(() => ({ _tag: 'Threw', error: { _tag: 'ToolTimeout', milliseconds, message } })),
  );
}
