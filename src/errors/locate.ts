import { RxClaudeError, type ErrorLocation } from './RxClaudeError.js';

/**
 * Adds to an error of this library where it happened, unless it says so already. Errors from elsewhere and frozen ones
 * stay as they are.
 */
export function locate<T>(error: T, location: ErrorLocation): T {
  if (RxClaudeError.is(error) && Object.isExtensible(error)) {
    const known: Record<string, unknown> = error as never;
    for (const [fact, value] of Object.entries(location)) known[fact] ??= value;
  }
  return error;
}
