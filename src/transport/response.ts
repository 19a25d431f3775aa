import { ClaudeApiError } from '../errors/ClaudeApiError.js';
import { UnexpectedResponseError } from '../errors/UnexpectedResponseError.js';
import { parseJson } from '../json/parseJson.js';

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
export function unexpected(response: Response): UnexpectedResponseError {
  const { headers, status } = response;
  const found = `a body of type ${contentTypeOf(response) || 'that is not told'}`;
  return new UnexpectedResponseError({ found, status, requestId: requestIdOf(headers) });
}

/** The error for what the API said: JSON, or the text of something else, such as a proxy's page. */
export function toClaudeApiError(text: string, headers: Headers, status?: number): ClaudeApiError {
  const parsed = parseJson(text);
  return new ClaudeApiError({ status, headers, error: parsed.ok ? parsed.value : text });
}

function contentTypeOf({ headers }: Response): string {
  return headers.get('content-type')?.toLowerCase() ?? '';
}
