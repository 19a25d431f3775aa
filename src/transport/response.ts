import { RxClaudeError, type RxClaudeFailure } from '../errors/RxClaudeError.js';
import { unexpectedResponseError } from '../errors/failures.js';

/** What the API said, and where. */
export interface ApiAnswer {
  /** The HTTP status; `undefined` for an `error` event within a stream. */
  readonly status: number | undefined;
  /** The response's headers, such as `retry-after`. */
  readonly headers: Headers | undefined;
  /** The body: the API's JSON, or the text of something else, such as a proxy's page. */
  readonly error: unknown;
}

interface ErrorBody {
  readonly error?: { readonly type?: string; readonly message?: string; readonly details?: { error_code?: string } };
}

/** The API's id of a request; `undefined` when the response does not tell it. */
export function requestIdOf(headers: Headers): string | undefined {
  return headers.get('request-id') ?? undefined;
}

/**
 * Whether the body of a response is a stream of events. Any other encoding, such as Bedrock's, is for the SDK to read.
 *
 * @throws UnexpectedResponseError when it is no stream at all.
 */
export function isEventStream(response: Response): boolean {
  const contentType = contentTypeOf(response);
  if (/json|text\/html/.test(contentType)) throw unexpected(response);
  return contentType.includes('text/event-stream');
}

/** The error for a response that is no stream of events. */
export function unexpected(response: Response): RxClaudeError<'UnexpectedResponseError'> {
  const { headers, status } = response;
  return unexpectedResponseError(
    `a body of type ${contentTypeOf(response) || 'unknown'}`,
    status,
    requestIdOf(headers),
  );
}

/** The error for what the API said: JSON, or the text of something else, such as a proxy's page. */
export function toClaudeApiError(text: string, headers: Headers, status?: number): RxClaudeError<'ClaudeApiError'> {
  let error: unknown = text;
  try {
    error = JSON.parse(text);
  } catch {
    // Not JSON: its text says more than nothing.
  }
  return claudeApiError({ status, headers, error });
}

/** The error for what the API said. */
export function claudeApiError({ status, headers, error }: ApiAnswer): RxClaudeFailure<'ClaudeApiError'> {
  const { type, message, details } = (error as ErrorBody | null)?.error ?? {};
  const where = status === undefined ? 'in its stream' : `with status ${String(status)}`;
  return new RxClaudeError('ClaudeApiError', `The API answered ${where}: ${message ?? type ?? 'no message'}.`, {
    status,
    headers,
    requestID: headers && requestIdOf(headers),
    error,
    type: type ?? null,
    errorCode: details?.error_code ?? null,
  }) as RxClaudeFailure<'ClaudeApiError'>;
}

function contentTypeOf({ headers }: Response): string {
  return headers.get('content-type')?.toLowerCase() ?? '';
}
