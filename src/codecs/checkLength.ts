import { optionError } from '../errors/failures.js';

/**
 * Checks the length that a text may have at most: a whole number from 1 on.
 *
 * @throws OptionError when it is anything else, `Infinity` included: there is always a bound.
 */
export function checkLength(option: string, value: unknown): void {
  if (Number.isSafeInteger(value) && (value as number) >= 1) return;
  throw optionError(option, 'a whole number of at least 1', value);
}
