import { optionError } from './failures.js';

/** The longest delay that a timer supports; beyond it, `setTimeout` fires at once. */
export const LONGEST_DELAY = 2_147_483_647;

/**
 * Checks a limit in milliseconds: above 0 and at most what a timer supports, or `Infinity` for no limit.
 *
 * @throws OptionError otherwise.
 */
export function checkMilliseconds(option: string, value: unknown): void {
  if (value === undefined || value === Infinity) return;
  if (typeof value === 'number' && value > 0 && value <= LONGEST_DELAY) return;
  throw optionError(option, `milliseconds above 0, at most ${String(LONGEST_DELAY)}, or Infinity`, value);
}

/**
 * Checks a time of grace in milliseconds, which may be 0.
 *
 * @throws OptionError otherwise.
 */
export function checkGrace(option: string, value: unknown): void {
  if (value !== 0) checkMilliseconds(option, value);
}

/**
 * Checks a deadline: a `total`, and a `wrapUp` below it.
 *
 * @throws OptionError otherwise.
 */
export function checkDeadline(
  option: string,
  { total, wrapUp }: { readonly total?: unknown; readonly wrapUp?: unknown },
): void {
  checkMilliseconds(`${option}.total`, total);
  checkMilliseconds(`${option}.wrapUp`, wrapUp);
  if (wrapUp === undefined || (total !== Infinity && Number(wrapUp) < Number(total))) return;
  throw optionError(`${option}.wrapUp`, `below \`total\` (${String(total)} ms)`, wrapUp);
}

/**
 * Checks a count: a whole number of at least `least`, or `Infinity`.
 *
 * @throws OptionError otherwise.
 */
export function checkCount(option: string, value: unknown, least = 1): void {
  if (value === undefined || value === Infinity) return;
  if (typeof value === 'number' && Number.isInteger(value) && value >= least) return;
  throw optionError(option, `a whole number from ${String(least)} up, or Infinity`, value);
}

/**
 * Checks a budget: a count for each kind that it names.
 *
 * @param kinds The valid kinds.
 * @throws OptionError that names a kind that is not valid, or whose count is not.
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
 * @throws OptionError otherwise.
 */
export function checkFunction(option: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'function') throw optionError(option, 'a function', value);
}

/**
 * Checks a limit that cannot be turned off: a whole number from 1 to `most`.
 *
 * @throws OptionError otherwise.
 */
export function checkBound(option: string, value: unknown, most: number): void {
  if (value === undefined) return;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= most) return;
  throw optionError(option, `a whole number from 1 to ${String(most)}`, value);
}

/**
 * Checks a text that may be left out.
 *
 * @throws OptionError otherwise, also when it is empty.
 */
export function checkText(option: string, value: unknown): void {
  if (value !== undefined && (typeof value !== 'string' || value === '')) {
    throw optionError(option, 'a non-empty string', value);
  }
}
