import {
  asyncScheduler,
  defer,
  EMPTY,
  identity,
  map,
  noop,
  Observable,
  of,
  type MonoTypeOperatorFunction,
  type ObservableInput,
  type OperatorFunction,
} from 'rxjs';
import { isFatal } from '../../../src/errors/fatal.js';
import type { ToolCallEvent, ToolResultEvent, ToolRunEvent } from '../../../src/events/RoundEvent.js';
import type { Stopped, TimedOut } from '../../../src/events/ToolFailure.js';
import { contentOfToolError, threwOf } from '../../../src/tools/result/threwOf.js';
import { toToolResult } from '../../../src/tools/result/toToolResult.js';
import type { RunnableTool, ToolContext } from '../../../src/tools/Tool.js';
import { toolStopped } from '../../../src/tools/toolStopped.js';
import { createRelay, relay } from '../relay.js';
import { askingFirst, type CallEvent, type GuardedCall } from './guards.js';
import { inTurn, toOutputs, withinTime, type Output, type Places } from './steps.js';

/** Wraps the run of a call. What it returns replaces `run$`, which runs the tool at each subscription. */
export type Around = (
  call: ToolCallEvent,
  run$: Observable<ToolRunEvent>,
  context: ToolContext,
) => ObservableInput<ToolRunEvent>;

/** Asks calls to stop. */
export interface Stop {
  /** Such as `the user stopped the conversation`. */
  readonly why: string;
  /** How long a tool may keep running, in milliseconds. */
  readonly grace: number;
  /** Which calls; absent for all. */
  readonly calls?: readonly ToolCallEvent[];
}

/** One call, and everything that running it needs. */
export interface CallRun extends GuardedCall {
  readonly tool: RunnableTool;
  readonly around: Around | undefined;
  /** The places that all tools share. */
  readonly places: Places;
  readonly stop$: Observable<Stop>;
}

/**
 * Runs the tool for one call. Whatever the tool does becomes its result; only a fatal error fails.
 *
 * Above `toRunEvents`, values are outputs and failures are errors; below it, both are the public events. The order of
 * the steps matters: a step counts, delays or stops everything above it. Each emits at most one result, as its last
 * event, and before that unsubscribes from what could emit another.
 */
export function runCall(run: CallRun): Observable<CallEvent> {
  const { tool, input, context, abort, limits } = run;
  return defer(() => (abort.aborted ? EMPTY : toOutputs(tool.run(input, context)))).pipe(
    withinTime<Output>(limits.timeout, () => of({ kind: 'outcome', outcome: { _tag: 'Left', left: expire(run) } })),
    toRunEvents(run),
    wrapped(run),
    inTurn<CallEvent>(run.places),
    askingFirst(run),
    untilStopped(run),
  );
}

/** Aborts the signal of a tool whose time is up, and says so. */
function expire({ call, abort, limits }: CallRun): TimedOut {
  const milliseconds = limits.timeout;
  const message = `\`${call.name}\` did not finish within ${String(milliseconds)} ms and was stopped.`;
  abort.abort(message, 'TimeoutError');
  return { _tag: 'TimedOut', milliseconds, message };
}

/** Turns outputs into the events of a tool: its start, its progress and its result. */
function toRunEvents(run: CallRun): OperatorFunction<Output, ToolRunEvent> {
  const { ofCall } = run;
  return (output$) =>
    new Observable((subscriber) => {
      const startedAt = asyncScheduler.now();
      const answer = (outcome: ToolResultEvent['outcome'], said?: unknown): void => {
        subscriber.next(toToolResult(run, outcome, asyncScheduler.now() - startedAt, said));
        subscriber.complete();
      };
      subscriber.next({ type: 'tool_start', ...ofCall });
      if (subscriber.closed) return;
      relay(output$, subscriber, {
        next: (output) => {
          if (output.kind === 'outcome') answer(output.outcome);
          else {
            const { value } = output;
            subscriber.next({ type: 'tool_progress', ...ofCall, ...(value !== undefined && { value }) });
          }
        },
        error: (error) => {
          if (isFatal(error)) subscriber.error(error);
          else answer({ _tag: 'Left', left: threwOf(error) }, contentOfToolError(error));
        },
      });
    });
}

/** The run, wrapped by `around`. A stored event of another attempt or run is emitted with the id of this call. */
function wrapped({ call, ofCall, context, around }: CallRun): MonoTypeOperatorFunction<ToolRunEvent> {
  if (around === undefined) return identity;
  const ofThisCall = (event: ToolRunEvent): ToolRunEvent => {
    if (event.id === call.id) return event;
    if (event.type !== 'tool_result') return { ...event, ...ofCall };
    return { ...event, ...ofCall, result: { ...event.result, tool_use_id: call.id } };
  };
  return (run$) => defer(() => around(call, run$, context)).pipe(map(ofThisCall));
}

/**
 * Stops a call on request: its signal is aborted, and a running tool has the grace to produce a result. Without one,
 * the result says that it was stopped. Unsubscribing aborts the signal, too.
 */
function untilStopped(run: CallRun): MonoTypeOperatorFunction<CallEvent> {
  const { call, stop$, abort } = run;
  return (source) =>
    new Observable((subscriber) => {
      let startedAt: number | undefined;
      /** Its outcome once it was asked to stop, unless it produces another in time. */
      let stopped: Stopped | undefined;
      let over = false;

      const tell = (result: ToolResultEvent): void => {
        if (over) return;
        over = true;
        subscriber.next(result);
        subscriber.complete();
      };
      const giveUp = (): void => {
        const now = asyncScheduler.now();
        if (stopped) tell(toToolResult(run, { _tag: 'Left', left: stopped }, now - (startedAt ?? now)));
      };
      const stop = ({ why, grace, calls }: Stop): void => {
        if (stopped !== undefined || over || calls?.includes(call) === false) return;
        const started = startedAt !== undefined;
        stopped = toolStopped(started, why);
        // It will not run, so the guard is unsubscribed from before it can answer the abort.
        if (!started) steps.unsubscribe();
        abort.abort(stopped.message);
        if (grace === 0 || !started) giveUp();
        else if (grace !== Infinity) subscriber.add(asyncScheduler.schedule(giveUp, grace));
      };

      const steps = createRelay<CallEvent, CallEvent>(subscriber, {
        next: (event) => {
          if (event.type === 'tool_start') startedAt = asyncScheduler.now();
          if (event.type !== 'tool_result') subscriber.next(event);
          // A tool that fails because it was stopped, or returns nothing, did not finish by itself.
          else if (stopped !== undefined && isNothing(event)) giveUp();
          else tell(event);
        },
        complete: () => {
          giveUp();
          over = true;
          subscriber.complete();
        },
      });
      relay(stop$, subscriber, { next: stop, complete: noop });
      source.subscribe(steps);
      // Last, so that anything the tool emits when it is aborted is ignored.
      subscriber.add(() => {
        if (!over) abort.abort('The call is no longer needed.');
      });
    });
}

/** Whether a tool has no output. */
function isNothing({ outcome }: ToolResultEvent): boolean {
  return outcome._tag === 'Right' ? outcome.right === undefined : outcome.left._tag === 'Threw';
}
