import { asyncScheduler, catchError, defer, map, merge, NEVER, Observable, of, takeWhile, tap, timer } from 'rxjs';
import type { ToolCallEvent, ToolProgressEvent, ToolResultEvent, ToolTimeout } from '../../src/events/RoundEvent.js';
import type { RunnableTool, ToolContext } from '../../src/tools/Tool.js';
import { toToolResult, type ToolOutcome } from '../../src/tools/result/toToolResult.js';
import { progressThenResult } from './progressThenResult.js';
import { toOutputs } from './toOutputs.js';

/** What a tool may use of time and of Claude's attention. */
export interface ToolLimits {
  /** In milliseconds. */
  readonly timeout: number;
  readonly maxResultChars: number;
}

/**
 * Runs a tool for one call: its progress, then its result, then completion. It never errors: whatever the tool does
 * becomes a result.
 *
 * When the time is up, or on unsubscribing, the tool's signal is aborted, and what the tool still does is ignored.
 */
export function runTool(
  tool: RunnableTool,
  input: unknown,
  context: Omit<ToolContext, 'signal'>,
  limits: ToolLimits,
): Observable<ToolProgressEvent | ToolResultEvent> {
  return new Observable((subscriber) => {
    const { call } = context;
    const controller = new AbortController();
    const startedAt = asyncScheduler.now();
    let settled = false;
    let reason: unknown;
    const toEvent = (outcome: Progress | ToolOutcome): ToolProgressEvent | ToolResultEvent => {
      if (outcome._tag === 'Progress') return progress(call, outcome.value);
      return toToolResult(call, outcome, asyncScheduler.now() - startedAt, limits.maxResultChars);
    };
    const outcomes = defer(() => toOutputs(tool.run(input, { ...context, signal: controller.signal }))).pipe(
      progressThenResult(),
      map(({ kind, value }): Progress | ToolOutcome =>
        kind === 'progress' ? { _tag: 'Progress', value } : { _tag: 'Returned', output: value },
      ),
      catchError((error: unknown) => of<ToolOutcome>({ _tag: 'Threw', error })),
      tap(({ _tag }) => (settled = _tag !== 'Progress')),
    );
    const expired = expiry(call, limits.timeout).pipe(
      tap(({ error }) => (reason = new DOMException(error.message, 'TimeoutError'))),
    );
    subscriber.add(
      merge(outcomes, expired)
        .pipe(
          takeWhile(({ _tag }) => _tag === 'Progress', true),
          map(toEvent),
        )
        .subscribe(subscriber),
    );
    // Last, for a tool may still have a word to say when it is aborted, and nobody listens any more.
    subscriber.add(() => {
      if (!settled) controller.abort(reason);
    });
  });
}

interface Progress {
  readonly _tag: 'Progress';
  readonly value: unknown;
}

/** The outcome when the time is up. */
function expiry({ name }: ToolCallEvent, milliseconds: number): Observable<{ _tag: 'Threw'; error: ToolTimeout }> {
  if (milliseconds === Infinity) return NEVER;
  const message = `\`${name}\` did not finish within ${String(milliseconds)} ms and was stopped.`;
  return timer(milliseconds).pipe(
    map(() => ({ _tag: 'Threw', error: { _tag: 'ToolTimeout', milliseconds, message } })),
  );
}

function progress({ id, name, index }: ToolCallEvent, value: unknown): ToolProgressEvent {
  return { type: 'tool_progress', id, name, index, value };
}
