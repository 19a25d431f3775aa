import { RxClaudeError, type ErrorLocation } from './RxClaudeError.js';

/**
 * Adds to an error of this library where it happened, as far as that is not known yet. Errors of others stay as they
 * are, and so does one that is frozen.
 */
export function locate<T>(error: T, location: ErrorLocation): T {
  if (!RxClaudeError.is(error) || !Object.isExtensible(error)) return error;
  const unknown = Object.entries(location).filter(
    ([fact]) => (error as ErrorLocation)[fact as keyof ErrorLocation] === undefined,
  );
  return Object.assign(error, Object.fromEntries(unknown));
}
