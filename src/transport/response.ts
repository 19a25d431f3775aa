import { DEEPEST_JSON } from '../json/parseJson.js';
import { fullStop } from '../errors/fullStop.js';
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
  readonly error?: { readonly type?: unknown; readonly message?: unknown; readonly details?: { error_code?: unknown } };
}

/** The most characters that are kept of what the API says when it refuses; it never says as many. */
const LONGEST_ANSWER = 65_536;

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

/**
 * The error for what the API said: JSON, or the text of something else, such as a proxy's page. It is kept as text, too, when
 * it is too long, or too deep for anybody to walk.
 */
export function toClaudeApiError(text: string, headers: Headers, status?: number): RxClaudeError<'ClaudeApiError'> {
  const answer = text.slice(0, LONGEST_ANSWER);
  let error: unknown = answer;
  try {
    // However they lie, so many brackets are not too deep.
    if (answer.split(/[[{]/).length <= DEEPEST_JSON) error = JSON.parse(answer);
  } catch {
    // Not JSON: its text says more than nothing.
  }
  return claudeApiError({ status, headers, error });
}

/** The error for what the API said. */
export function claudeApiError({ status, headers, error }: ApiAnswer): RxClaudeFailure<'ClaudeApiError'> {
  const { type, message, details } = (error as ErrorBody | null)?.error ?? {};
  const where = status === undefined ? 'in its stream' : `with status ${String(status)}`;
  const words = textOf(message) ?? textOf(type) ?? 'no message';
  return new RxClaudeError('ClaudeApiError', `The API answered ${where}: ${fullStop(words)}`, {
    status,
    headers,
    requestID: headers?.get('request-id') ?? undefined,
    error,
    type: textOf(type),
    errorCode: textOf(details?.error_code),
  }) as RxClaudeFailure<'ClaudeApiError'>;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function contentTypeOf({ headers }: Response): string {
  return headers.get('content-type')?.toLowerCase() ?? '';
}
