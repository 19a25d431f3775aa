import { OptionError } from './OptionError.js';

/** The longest delay that a timer can keep; beyond it, `setTimeout` fires at once. */
const LONGEST_DELAY = 2_147_483_647;

/**
 * Checks a limit in milliseconds: above 0 and no longer than a timer can wait, or `Infinity` for no limit.
 *
 * @throws OptionError when it is anything else.
 */
export function checkMilliseconds(option: string, value: unknown): void {
  if (value === undefined || value === Infinity) return;
  if (typeof value === 'number' && value > 0 && value <= LONGEST_DELAY) return;
  throw new OptionError(
    option,
    `a number of milliseconds above 0 and up to ${String(LONGEST_DELAY)}, or Infinity`,
    value,
  );
}

/**
 * Checks a count: a whole number from 1 on, or `Infinity`.
 *
 * @throws OptionError when it is anything else.
 */
export function checkCount(option: string, value: unknown): void {
  if (value === undefined || value === Infinity) return;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1) return;
  throw new OptionError(option, 'a whole number of at least 1, or Infinity', value);
}
