import { type Observable, tap } from 'rxjs';
import type { Guard, GuardVerdict } from '../../src/tools/Tool.js';
import type { Session } from './createSession.js';
import { type MarbleValues, playedInTurn, type ToolRun } from './fakeTool.js';
import { track } from './Lifespan.js';

/** A guard that plays a diagram for each call, and records the calls. */
export interface FakeApproval extends Guard {
  /** The calls that it was asked about, in order. */
  readonly runs: readonly ToolRun[];
}

const VERDICTS: MarbleValues = { y: true, n: false };

/** Makes a guard whose verdict is a marble: `y` lets a call through, `n` does not. */
export function approval(
  session: Session,
  diagrams: string | readonly string[],
  values: MarbleValues = {},
): FakeApproval {
  const { scheduler } = session;
  const verdicts = playedInTurn([diagrams].flat(), { ...VERDICTS, ...values }, session);
  const runs: ToolRun[] = [];
  const now = (): number => scheduler.now();
  const guard: Guard = (input, context) => {
    const run: ToolRun = { input, context, from: now() };
    runs.push(run);
    const verdict = verdicts(runs.length - 1) as Observable<GuardVerdict>;
    // Only the first verdict counts. The caller unsubscribes after it, which is no cancellation.
    const decided = (): void => {
      run.to = now();
      run.how = 'completed';
    };
    return verdict.pipe(tap(decided), track(run, now));
  };
  return Object.assign(guard, { runs });
}
