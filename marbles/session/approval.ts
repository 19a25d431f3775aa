import { type Observable, tap } from 'rxjs';
import type { Guard, GuardVerdict } from '../../src/tools/Tool.js';
import type { Session } from './createSession.js';
import { type MarbleValues, playedInTurn, type ToolRun } from './fakeTool.js';
import { track } from './Lifespan.js';

/** A guard that plays a diagram each time it is asked, and remembers when that was. */
export interface FakeApproval extends Guard {
  /** One for each time that it was asked. */
  readonly runs: readonly ToolRun[];
}

const VERDICTS: MarbleValues = { y: true, n: false };

/** Makes a guard whose verdict comes as a marble, within a test: `y` lets a call through, `n` does not. */
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
    // The first verdict is the last word: whoever asked leaves with it, and that cancels nothing.
    const decided = (): void => {
      run.to = now();
      run.how = 'completed';
    };
    return verdict.pipe(tap(decided), track(run, now));
  };
  return Object.assign(guard, { runs });
}
