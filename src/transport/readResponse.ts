import type { TruncatedStreamFacts } from './createReplyOutlet.js';
import { isObject } from '../values/isObject.js';
import { pump } from '../values/pump.js';
import { createReplyReader, type ReplyReader, type ReplyReceiver } from './createReplyReader.js';
import { toClaudeApiError } from './response.js';

/** What takes the events of a reply, and can stop the reading. */
export interface EventSink extends ReplyReceiver {
  /** The response has begun. */
  respond(requestId: string | undefined): void;
  /** Keeps a function that stops the reading. */
  add(teardown: () => void): void;
}

/** The SDK's own stream over a response, which has read nothing of it yet. */
export interface SdkStream extends AsyncIterable<unknown> {
  readonly constructor: { fromSSEResponse?(response: Response, controller: AbortController): AsyncIterable<unknown> };
}

/**
 * Reads an event stream to its end and hands on each event in the same tick as the bytes that complete it. Unlike the
 * SDK's own stream it hands on `ping`, without which silence and death look the same.
 *
 * @param stream The SDK's own stream over it, when the SDK made the response.
 * @returns How it ended.
 * @throws the SDK's `APIError`, or ClaudeApiError where there is no SDK, for an `error` event; and what the reader throws.
 */
export async function readResponse(
  response: Response,
  sink: EventSink,
  stream?: SdkStream,
): Promise<Partial<TruncatedStreamFacts>> {
  const { body, observed } = withObserver(response, sink, stream);
  const reader = createReplyReader(response.headers, sink);
  sink.respond(reader.facts.requestId);
  const broken = body === null ? {} : await readBody(body, reader, sink);
  await observed;
  const { failure, ...facts } = reader.facts;
  if (failure !== undefined) throw await toApiError(failure, response.headers, stream);
  return { ...facts, ...broken };
}

/** @returns What broke the connection, if anything did. */
async function readBody(
  body: ReadableStream<Uint8Array>,
  { feed, facts }: ReplyReader,
  sink: EventSink,
): Promise<{ readonly cause?: unknown }> {
  const reader = body.getReader();
  let open = true;
  const leave = (): void => {
    if (open) reader.cancel().catch(ignore);
    open = false;
  };
  sink.add(leave);
  try {
    for (;;) {
      let result: ReadableStreamReadResult<Uint8Array>;
      try {
        result = await reader.read();
      } catch (cause) {
        formatStack(cause);
        return { cause };
      }
      open = !result.done;
      if (result.done || sink.closed) return {};
      feed(result.value);
      if (facts.failure !== undefined) return {};
    }
  } finally {
    leave();
  }
}

/**
 * Reads the stack of an error. Until then, V8 keeps the frames that it was made in, and so the body and its connection,
 * for as long as somebody keeps the error. The SDK does, in the reason of a signal.
 */
function formatStack(error: unknown): void {
  if (isObject(error)) Reflect.get(error, 'stack');
}

/**
 * With tracing on, the SDK watches its own stream and ends a span with it: then that stream gets a copy of the body and is
 * read along. Only the end waits for it.
 */
function withObserver(
  response: Response,
  sink: EventSink,
  stream: SdkStream | undefined,
): { body: Response['body']; observed?: Promise<unknown> } {
  if (response.body === null || stream === undefined || !Object.hasOwn(stream, Symbol.asyncIterator)) {
    return { body: response.body };
  }
  const [body, copy] = response.body.tee();
  Object.defineProperty(response, 'body', { value: copy });
  const observed = new Promise((resolve) => {
    sink.add(pump(stream, { next: ignore, error: resolve, complete: resolve }));
    sink.add(resolve as () => void);
  });
  return { body, observed };
}

function ignore(): void {
  // The same events are read by ourselves, and the body was left on purpose.
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
