import type { GuardRefusal } from '../events/RoundEvent.js';

/** Why a guard did not let a call through. */
export interface GuardDenial {
  /** In words for Claude. */
  readonly reason: string;
  /** What the guard failed with, if it did. */
  readonly cause?: unknown;
}

/** Only `true` and `undefined` let a call through: whatever else a guard says, it did not say yes. */
export function toDenial(verdict: unknown): GuardDenial | undefined {
  if (verdict === undefined || verdict === true) return undefined;
  return { reason: typeof verdict === 'string' && verdict !== '' ? verdict : 'It is not allowed.' };
}

/** A guard that fails has not let the call through. What it failed with may be nobody's business, so Claude is not told. */
export function guardFailed(cause: unknown): GuardDenial {
  return { reason: 'whether it is allowed could not be found out.', cause };
}

/** What becomes of a call that a guard did not let through. */
export function toGuardRefusal(name: string, { reason, ...cause }: GuardDenial): GuardRefusal {
  return { _tag: 'GuardRefusal', message: `The call to \`${name}\` was not run: ${reason}`, ...cause };
}
