import { optionError } from './failures.js';

/** The longest delay that a timer can keep; beyond it, `setTimeout` fires at once. */
export const LONGEST_DELAY = 2_147_483_647;

/**
 * Checks a limit in milliseconds: above 0 and no longer than a timer can wait, or `Infinity` for no limit.
 *
 * @throws OptionError when it is anything else.
 */
export function checkMilliseconds(option: string, value: unknown): void {
  if (value === undefined || value === Infinity) return;
  if (typeof value === 'number' && value > 0 && value <= LONGEST_DELAY) return;
  throw optionError(option, `a number of milliseconds above 0 and up to ${String(LONGEST_DELAY)}, or Infinity`, value);
}

/**
 * Checks a time of grace in milliseconds, which may be 0.
 *
 * @throws OptionError when it is anything else.
 */
export function checkGrace(option: string, value: unknown): void {
  if (value !== 0) checkMilliseconds(option, value);
}

/**
 * Checks a deadline: a `total`, and a `wrapUp` that leaves time before it.
 *
 * @throws OptionError when one of them is anything else.
 */
export function checkDeadline(
  option: string,
  { total, wrapUp }: { readonly total?: unknown; readonly wrapUp?: unknown },
): void {
  checkMilliseconds(`${option}.total`, total);
  checkMilliseconds(`${option}.wrapUp`, wrapUp);
  if (wrapUp === undefined || (total !== Infinity && Number(wrapUp) < Number(total))) return;
  throw optionError(`${option}.wrapUp`, `below \`total\`, which is ${String(total)} ms`, wrapUp);
}

/**
 * Checks a count: a whole number from `least` on, or `Infinity`.
 *
 * @throws OptionError when it is anything else.
 */
export function checkCount(option: string, value: unknown, least = 1): void {
  if (value === undefined || value === Infinity) return;
  if (typeof value === 'number' && Number.isInteger(value) && value >= least) return;
  throw optionError(option, `a whole number of at least ${String(least)}, or Infinity`, value);
}

/**
 * Checks a budget: a count for each kind that it names.
 *
 * @param kinds The kinds that there are.
 * @throws OptionError naming the kind that there is not, or whose count is anything else.
 */
export function checkBudget(option: string, budget: object, kinds: readonly string[]): void {
  for (const [kind, count] of Object.entries(budget)) {
    if (!kinds.includes(kind)) throw optionError(`${option}.${kind}`, `one of ${kinds.join(', ')}`, count);
    checkCount(`${option}.${kind}`, count);
  }
}

/**
 * Checks a function that may be left out.
 *
 * @throws OptionError when it is anything else.
 */
export function checkFunction(option: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'function') throw optionError(option, 'a function', value);
}

/**
 * Checks a bound that cannot be taken away: a whole number from 1 to `most`.
 *
 * @throws OptionError when it is anything else.
 */
export function checkBound(option: string, value: unknown, most: number): void {
  if (value === undefined) return;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= most) return;
  throw optionError(option, `a whole number from 1 to ${String(most)}`, value);
}

/**
 * Checks a text that may be left out.
 *
 * @throws OptionError when it is empty or anything else.
 */
export function checkText(option: string, value: unknown): void {
  if (value !== undefined && (typeof value !== 'string' || value === '')) {
    throw optionError(option, 'a text that is not empty', value);
  }
}
