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
import type {
  ToolCallEvent,
  ToolProgressEvent,
  ToolResultEvent,
  ToolStartEvent,
  ToolTimeout,
} from '../../src/events/RoundEvent.js';
import type { Guard, RunnableTool, ToolContext } from '../../src/tools/Tool.js';
import type { ResultLimits } from '../../src/tools/result/resultContent.js';
import { toToolResult, type ToolOutcome } from '../../src/tools/result/toToolResult.js';
import { toolStopped } from '../../src/tools/toolStopped.js';
import { guardedRun, type ToolStep } from './guardedRun.js';

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
 * Runs a tool for one call: its start, its progress, then its result, then completion. It never errors: whatever the tool
 * does becomes a result.
 *
 * When the time is up, or on unsubscribing, the tool's signal is aborted, and what the tool still does is ignored. When it
 * is stopped, its signal is aborted too, and it has the time of grace to come to a result.
 */
export function runTool(run: ToolRun): Observable<ToolStartEvent | ToolProgressEvent | ToolResultEvent> {
  return new Observable((subscriber) => {
    const { tool, input, call, guard, limits } = run;
    const controller = new AbortController();
    let startedAt: number | undefined;
    let settled = false;
    let over = false;
    let stopOutcome: ToolStep | undefined;
    let expiryReason: unknown;

    const stop = ({ why, grace }: StopRequest): Observable<ToolStep> => {
      const error = toolStopped(startedAt !== undefined, why);
      const outcome: ToolStep = { _tag: 'Refused', error };
      stopOutcome = outcome;
      controller.abort(new DOMException(error.message, 'AbortError'));
      if (grace === 0) return of(outcome);
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
    const toEvent = (step: ToolStep): ToolStartEvent | ToolProgressEvent | ToolResultEvent => {
      const { id, name, index } = call;
      if (step._tag === 'Progress') return { type: 'tool_progress', id, name, index, value: step.value };
      if (step._tag !== 'Started') return toToolResult(call, step, since(startedAt), limits);
      startedAt = asyncScheduler.now();
      return { type: 'tool_start', id, name, index };
    };
    subscriber.add(
      merge(stopped, steps, expired)
        .pipe(
          // Whoever is told the outcome may ask for a stop in that moment: there is only one outcome.
          filter(() => !over),
          tap((step) => (over = isOutcome(step))),
          takeWhile((step) => !isOutcome(step), true),
          map(toEvent),
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
  return step._tag !== 'Started' && step._tag !== 'Progress';
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
