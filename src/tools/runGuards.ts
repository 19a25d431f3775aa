import type { GuardRefusal } from '../events/RoundEvent.js';
import { isPromiseLike } from '../iteration/isPromiseLike.js';
import type { Guard, ToolContext } from './Tool.js';

/**
 * Asks one guard after the other whether a call may be run.
 *
 * @returns Why not, or `undefined`; a promise once a guard answers with one. It never throws or rejects: a guard that
 * fails has not let the call through.
 */
export function runGuards(
  guards: readonly Guard<never>[],
  input: unknown,
  context: ToolContext,
): GuardRefusal | undefined | Promise<GuardRefusal | undefined> {
  for (const [index, guard] of guards.entries()) {
    const refusal = ask(guard, input, context);
    if (isPromiseLike(refusal)) {
      return refusal.then((late) => late ?? runGuards(guards.slice(index + 1), input, context));
    }
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

type Refusal = GuardRefusal | undefined;

function ask(guard: Guard<never>, input: unknown, context: ToolContext): Refusal | Promise<Refusal> {
  const { name } = context.call;
  try {
    const verdict: unknown = guard(input as never, context);
    if (!isPromiseLike(verdict)) return toRefusal(name, verdict);
    return Promise.resolve(verdict).then(
      (late) => toRefusal(name, late),
      (error: unknown) => failed(name, error),
    );
  } catch (error) {
    return failed(name, error);
  }
}

/** Only `true` and `undefined` let a call through: whatever else a guard says, it did not say yes. */
function toRefusal(name: string, verdict: unknown): Refusal {
  if (verdict === undefined || verdict === true) return undefined;
  const why = typeof verdict === 'string' && verdict !== '' ? verdict : 'It is not allowed.';
  return { _tag: 'GuardRefusal', message: `The call to \`${name}\` was not run: ${why}` };
}

function failed(name: string, cause: unknown): GuardRefusal {
  const message = `The call to \`${name}\` was not run: whether it is allowed could not be found out.`;
  return { _tag: 'GuardRefusal', message, cause };
}
