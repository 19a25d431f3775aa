import { RxClaudeError, type ErrorLocation } from './RxClaudeError.js';

/**
 * Adds to an error of this library where it happened, as far as that is not known yet. Errors of others stay as they
 * are, and so does one that is frozen.
 */
export function locate<T>(error: T, location: ErrorLocation): T {
  if (RxClaudeError.is(error) && Object.isExtensible(error)) {
    const known: Record<string, unknown> = error as never;
    for (const [fact, value] of Object.entries(location)) known[fact] ??= value;
  }
  return error;
}
