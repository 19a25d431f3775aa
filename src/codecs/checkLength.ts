import { optionError } from '../errors/failures.js';

/**
 * Checks the greatest length of a text: a whole number of at least 1.
 *
 * @throws OptionError otherwise, also for `Infinity`: there is always a limit.
 */
export function checkLength(option: string, value: unknown): void {
  if (Number.isSafeInteger(value) && (value as number) >= 1) return;
  throw optionError(option, 'a whole number of at least 1', value);
}
