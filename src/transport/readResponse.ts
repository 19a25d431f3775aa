import type { TruncatedStreamFacts } from '../errors/TruncatedStreamError.js';
import { locate } from '../errors/locate.js';
import { UnexpectedResponseError } from '../errors/UnexpectedResponseError.js';
import { pump } from '../values/pump.js';
import { readEventStream, type EventSink } from './readEventStream.js';
import { toClaudeApiError } from './toClaudeApiError.js';

/** The SDK's own stream over a response, which has read nothing of it yet. */
export interface SdkStream extends AsyncIterable<unknown> {
  readonly constructor: { fromSSEResponse?(response: Response, controller: AbortController): AsyncIterable<unknown> };
}

/**
 * Whether a response is to be read here. Any other encoding, such as Bedrock's, is for the SDK to read.
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
  return new UnexpectedResponseError({ found, status, requestId: idOf(headers) });
}

function contentTypeOf({ headers }: Response): string {
  return headers.get('content-type')?.toLowerCase() ?? '';
}

/**
 * Reads an event stream to its end.
 *
 * @param stream The SDK's own stream over it, when the SDK made the response.
 * @returns How it ended.
 * @throws the SDK's `APIError`, or ClaudeApiError where there is no SDK, for an `error` event.
 */
export async function readResponse(
  response: Response,
  sink: EventSink,
  stream?: SdkStream,
): Promise<Partial<TruncatedStreamFacts>> {
  const { body, observed } = withObserver(response, sink, stream);
  const requestId = idOf(response.headers);
  const { failure, ...end } = await readEventStream(body, sink).catch((error: unknown) => {
    throw locate(error, { requestId }) as Error;
  });
  await observed;
  if (failure !== undefined) throw await toApiError(failure, response.headers, stream);
  return { requestId, ...end };
}

function idOf(headers: Headers): string | undefined {
  return headers.get('request-id') ?? undefined;
}

/**
 * With tracing on, the SDK watches its own stream and ends a span with it: then that stream gets a copy of the body and is
 * read along. Nobody waits for it but the end.
 */
function withObserver(
  response: Response,
  sink: EventSink,
  stream: SdkStream | undefined,
): { body: Response['body']; observed?: Promise<void> } {
  if (response.body === null || stream === undefined || !Object.hasOwn(stream, Symbol.asyncIterator)) {
    return { body: response.body };
  }
  const [body, copy] = response.body.tee();
  Object.defineProperty(response, 'body', { value: copy });
  const observed = new Promise<void>((resolve) => {
    const end = (): void => {
      resolve();
    };
    sink.add(pump(stream, { next: ignore, error: end, complete: end }));
    sink.add(end);
  });
  return { body, observed };
}

function ignore(): void {
  // The same events are read by ourselves.
}

/** The same error that the SDK's own stream throws, made by that stream, for there can be two copies of the SDK's classes. */
async function toApiError(data: string, headers: Headers, stream: SdkStream | undefined): Promise<unknown> {
  const event = `event: error\n${data.replaceAll(/^/gm, 'data: ')}\n\n`;
  const reread = stream?.constructor.fromSSEResponse?.(new Response(event, { headers }), new AbortController());
  if (reread !== undefined) {
    try {
      await reread[Symbol.asyncIterator]().next();
    } catch (error) {
      return error;
    }
  }
  return toClaudeApiError(data, headers);
}
