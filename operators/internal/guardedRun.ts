import { catchError, concat, defer, map, of, type Observable } from 'rxjs';
import { toGuardRefusal, type GuardDenial } from '../../src/tools/guardDenial.js';
import type { Guard, RunnableTool, ToolContext } from '../../src/tools/Tool.js';
import type { ToolOutcome } from '../../src/tools/result/toToolResult.js';
import { askGuards, type WaitStep } from './askGuards.js';
import { progressThenResult } from './progressThenResult.js';
import { toOutputs } from './toOutputs.js';

/** What happens to a call, one step after the other; the last one is its outcome. */
export type ToolStep =
  WaitStep | { readonly _tag: 'Started' } | { readonly _tag: 'Progress'; readonly value: unknown } | ToolOutcome;

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
    // It may have been stopped by a guard, or by whoever was told that it starts.
    context.signal.throwIfAborted();
    return toOutputs(tool.run(input, context));
  });
  const steps = concat(of(started), outputs.pipe(progressThenResult(), map(toStep)));
  const afterGuards = (denial: GuardDenial | undefined): Observable<ToolStep> =>
    denial === undefined ? steps : of({ _tag: 'Refused', error: toGuardRefusal(context.call.name, denial) });
  return defer(() => askGuards(guards, input, context, afterGuards)).pipe(
    catchError((error: unknown) => of<ToolStep>({ _tag: 'Threw', error })),
  );
}

function toStep({ kind, value }: { kind: 'progress' | 'result'; value: unknown }): ToolStep {
  return kind === 'progress' ? { _tag: 'Progress', value } : { _tag: 'Returned', output: value };
}
