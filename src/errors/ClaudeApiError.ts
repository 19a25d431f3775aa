import { RxClaudeError } from './RxClaudeError.js';

/** What the API said, and where. */
export interface ClaudeApiFacts {
  /** The HTTP status; `undefined` for an `error` event within a stream. */
  readonly status?: number | undefined;
  /** The response's headers, such as `retry-after`. */
  readonly headers?: Headers | undefined;
  /** The body: the API's JSON, or the text of something else, such as a proxy's page. */
  readonly error: unknown;
}

interface ErrorBody {
  readonly error?: { readonly type?: string; readonly message?: string; readonly details?: { error_code?: string } };
}

/**
 * The API refused a request, or broke a stream off with an `error` event, and the client was not the SDK but
 * {@link fetchClient}. Its fields are those of the SDK's `APIError`, so one handler does for both.
 */
export class ClaudeApiError extends RxClaudeError {
  readonly _tag = 'ClaudeApiError';
  /** The HTTP status; `undefined` for an `error` event within a stream. */
  readonly status: number | undefined;
  /** The response's headers, such as `retry-after`. */
  readonly headers: Headers | undefined;
  /** The API's `request-id`, when the response carried one. */
  readonly requestID: string | undefined;
  /** The whole body: the API's JSON, or the text of something else. */
  readonly error: unknown;
  /** The API's word for what went wrong, such as `overloaded_error`; `null` when it gave none. */
  readonly type: string | null;
  /** The API's finer word for it, such as `thread_not_found`; `null` when it gave none. */
  readonly errorCode: string | null;

  constructor({ status, headers, error }: ClaudeApiFacts) {
    const { type, message, details } = (error as ErrorBody | null)?.error ?? {};
    const where = status === undefined ? 'in its stream' : `with status ${String(status)}`;
    super('ClaudeApiError', `The API answered ${where}: ${message ?? type ?? 'no message'}.`);
    this.status = status;
    this.headers = headers;
    this.requestID = headers?.get('request-id') ?? undefined;
    this.error = error;
    this.type = type ?? null;
    this.errorCode = details?.error_code ?? null;
  }
}
