import { catchError, concat, defer, from, map, of, switchMap, throwError, type Observable } from 'rxjs';
import type { GuardRefusal } from '../../src/events/RoundEvent.js';
import { isPromiseLike } from '../../src/iteration/isPromiseLike.js';
import { runGuards } from '../../src/tools/runGuards.js';
import type { Guard, RunnableTool, ToolContext } from '../../src/tools/Tool.js';
import type { ToolOutcome } from '../../src/tools/result/toToolResult.js';
import { progressThenResult } from './progressThenResult.js';
import { toOutputs } from './toOutputs.js';

/** What happens to a call, one step after the other; the last one is its outcome. */
export type ToolStep =
  { readonly _tag: 'Started' } | { readonly _tag: 'Progress'; readonly value: unknown } | ToolOutcome;

/**
 * Asks the guards, and runs the tool when they let the call through. It never errors: what a guard or the tool throws is
 * an outcome.
 *
 * @param guard Asked before the tool's own.
 */
export function guardedRun(
  tool: RunnableTool,
  guard: Guard | undefined,
  input: unknown,
  context: ToolContext,
): Observable<ToolStep> {
  const guards = [guard, tool.guard?.bind(tool)].filter((each) => each !== undefined);
  const started: ToolStep = { _tag: 'Started' };
  const outputs = defer(() => {
    context.signal.throwIfAborted();
    return toOutputs(tool.run(input, context));
  });
  const steps = concat(of(started), outputs.pipe(progressThenResult(), map(toStep)));
  const afterGuards = (refusal: GuardRefusal | undefined): Observable<ToolStep> => {
    if (refusal !== undefined) return of({ _tag: 'Refused', error: refusal });
    // It may have been stopped while a guard made up its mind.
    return context.signal.aborted ? throwError(() => context.signal.reason as Error) : steps;
  };
  return defer(() => {
    const refusal = runGuards(guards, input, context);
    return isPromiseLike(refusal) ? from(refusal).pipe(switchMap(afterGuards)) : afterGuards(refusal);
  }).pipe(catchError((error: unknown) => of<ToolStep>({ _tag: 'Threw', error })));
}

function toStep({ kind, value }: { kind: 'progress' | 'result'; value: unknown }): ToolStep {
  return kind === 'progress' ? { _tag: 'Progress', value } : { _tag: 'Returned', output: value };
}
