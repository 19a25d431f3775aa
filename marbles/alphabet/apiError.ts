import { claudeApiError } from '../../src/transport/response.js';
import type { RxClaudeFailure } from '../../src/errors/RxClaudeError.js';

/** What `apiError` may be told beside the type. */
export interface ApiErrorOptions {
  /** What the API says. Default: the type. */
  readonly message?: string;
  /** The HTTP status of a request that is refused. Default: none, as for an `error` event in the middle of a reply. */
  readonly status?: number;
  /** The response's headers, such as `{ 'retry-after': '30' }`. */
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * The error that a reply fails with, as `fetchClient` makes it: of an `error` event in mid-stream, or, with a `status`, of
 * a request that was refused.
 *
 * @param type The API's word, such as `overloaded_error` (the default) or `rate_limit_error`.
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
