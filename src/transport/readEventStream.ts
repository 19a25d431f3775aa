import { createParser } from 'eventsource-parser';
import { LimitError } from '../errors/LimitError.js';
import type { ClaudeEvent, PingEvent } from '../events/ClaudeEvent.js';
import { isJsonObject } from '../json/isJsonObject.js';
import { parseJson } from '../json/parseJson.js';
import { createChunkDecoder } from './createChunkDecoder.js';
import { parseEvent } from './parseEvent.js';

/** More than the name of a field takes, in characters. */
const AROUND_DATA = 64;

/** What takes the events of a reply. */
export interface EventSink {
  /** @throws when the event cannot come now. */
  next(event: ClaudeEvent): void;
  /** Keeps a function that stops the reading. */
  add(teardown: () => void): void;
  /** Whether nobody listens any more. */
  readonly closed: boolean;
  /** The most characters of one event. */
  readonly maxEventChars: number;
}

/** How a body ended. */
export interface BodyEnd {
  /** What broke the connection, if anything did. */
  readonly cause?: unknown;
  /** The data of an `error` event, which ends a stream. */
  readonly failure?: string;
  /** How much data came without an `event:` name; the API never sends that. */
  readonly unnamed: number;
}

/**
 * Reads a `text/event-stream` body to its end and hands on each event in the same tick as the bytes that complete it.
 * Unlike the SDK's own stream it hands on `ping`, without which silence and death look the same.
 *
 * @returns How the body ended.
 * @throws ProtocolError for data that is not JSON.
 * @throws LimitError for an event that is too large, before the whole of it has come.
 */
export async function readEventStream(body: ReadableStream<Uint8Array> | null, sink: EventSink): Promise<BodyEnd> {
  let unnamed = 0;
  let failure: string | undefined;
  if (body === null) return { unnamed };
  const { maxEventChars } = sink;
  const parser = createParser({
    // The parser counts what is around the data, too.
    maxBufferSize: maxEventChars + AROUND_DATA,
    onError: ({ type }) => {
      if (type === 'max-buffer-size-exceeded') throw eventTooLarge(maxEventChars);
    },
    onEvent: ({ event, data }) => {
      if (sink.closed || failure !== undefined) return;
      if (data.length > maxEventChars) throw eventTooLarge(maxEventChars);
      if (event === undefined) unnamed++;
      else if (event === 'error') failure = data;
      else if (event === 'ping') sink.next(toPing(data));
      else if (data !== '') sink.next(parseEvent(event, data));
    },
  });
  const decoder = createChunkDecoder();
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
        return { unnamed, cause };
      }
      if (sink.closed) return { unnamed };
      parser.feed(result.done ? decoder.end() : decoder.decode(result.value));
      if (failure !== undefined) return { unnamed, failure };
      open = !result.done;
      if (result.done) return { unnamed };
    }
  } finally {
    leave();
  }
}

function eventTooLarge(maximum: number): LimitError {
  return new LimitError('maxEventChars', maximum, 'An event of the response is too large');
}

/** A ping says all that it has to say by its name. */
function toPing(data: string): PingEvent {
  const parsed = parseJson(data);
  return parsed.ok && isJsonObject(parsed.value) ? { ...parsed.value, type: 'ping' } : { type: 'ping' };
}

function ignore(): void {
  // The body was left behind on purpose.
}
