import type { Observable } from 'rxjs';
import { take } from 'rxjs';
import type { Guard, GuardVerdict } from '../../../src/tools/Tool.js';
import type { Session } from './createSession.js';
import { type MarbleValues, playedInTurn } from './fakeTool.js';

const VERDICTS: MarbleValues = { y: true, n: false };

/** Makes a guard whose verdict comes as a marble, within a test: `y` lets a call through, `n` does not. */
export function approval(session: Session, diagrams: string | readonly string[], values: MarbleValues = {}): Guard {
  const verdicts = playedInTurn([diagrams].flat(), { ...VERDICTS, ...values }, session);
  let asked = 0;
  return () => (verdicts(asked++) as Observable<GuardVerdict>).pipe(take(1));
}
