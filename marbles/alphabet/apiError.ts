import { claudeApiError } from '../../src/transport/response.js';
import type { RxClaudeFailure } from '../../src/errors/RxClaudeError.js';

/** Options of {@link apiError}. */
export interface ApiErrorOptions {
  /** The API's message. Default: the type. */
  readonly message?: string;
  /** The HTTP status of a refused request. Default: none, as for an `error` event within a reply. */
  readonly status?: number;
  /** The response's headers, such as `{ 'retry-after': '30' }`. */
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * An error of the API, as `fetchClient` makes it: that of an `error` event within a reply or, with a `status`, that of a
 * refused request.
 *
 * @param type The API's name for the error, such as `overloaded_error` (the default) or `rate_limit_error`.
 * @example
 * ```ts
 * import { apiError } from 'rxclaude/marbles';
 *
 * const busy = apiError('overloaded_error');
 * const later = apiError('rate_limit_error', { status: 429, headers: { 'retry-after': '30' } });
 * ```
 */
export function apiError(type = 'overloaded_error', options: ApiErrorOptions = {}): RxClaudeFailure<'ClaudeApiError'> {
  const { message = type, status, headers } = options;
  const error = { type: 'error', error: { type, message } };
  return claudeApiError({ status, headers: headers === undefined ? undefined : new Headers(headers), error });
}
