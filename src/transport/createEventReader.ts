import { createParser } from 'eventsource-parser';
import { LimitError } from '../errors/LimitError.js';
import type { ClaudeEvent, PingEvent } from '../events/ClaudeEvent.js';
import { isJsonObject } from '../json/isJsonObject.js';
import { parseJson } from '../json/parseJson.js';
import { createChunkDecoder } from './createChunkDecoder.js';
import { parseEvent } from './parseEvent.js';

/** More than the name of a field takes, in characters. */
const AROUND_DATA = 64;

/** What takes events as they are read. */
export interface EventReceiver {
  /** @throws when the event cannot come now. */
  next(event: ClaudeEvent): void;
  /** Whether nobody listens any more. */
  readonly closed: boolean;
  /** The most characters of one event. */
  readonly maxEventChars: number;
}

/** Reads the bytes of one `text/event-stream` body. */
export interface EventReader {
  /**
   * Hands on each event that these bytes complete, before it returns.
   *
   * @param chunk `undefined` says that there are no more.
   * @throws ProtocolError for data that is not JSON.
   * @throws LimitError for an event that is too large, before the whole of it has come.
   */
  readonly feed: (chunk: Uint8Array | ArrayBuffer | string | undefined) => void;
  /** What the bytes have told so far, beside events. */
  readonly facts: BodyFacts;
}

/** What a body tells beside its events. */
export interface BodyFacts {
  /** The data of an `error` event, which ends a stream. */
  failure?: string;
  /** How much data came without an `event:` name; the API never sends that. */
  unnamed: number;
}

/** Makes a reader for one body. It knows nothing of where the bytes come from, nor of time. */
export function createEventReader(receiver: EventReceiver): EventReader {
  const facts: BodyFacts = { unnamed: 0 };
  const { maxEventChars } = receiver;
  const parser = createParser({
    // The parser counts what is around the data, too.
    maxBufferSize: maxEventChars + AROUND_DATA,
    onError: ({ type }) => {
      if (type === 'max-buffer-size-exceeded') throw eventTooLarge(maxEventChars);
    },
    onEvent: ({ event, data }) => {
      if (receiver.closed || facts.failure !== undefined) return;
      if (data.length > maxEventChars) throw eventTooLarge(maxEventChars);
      if (event === undefined) facts.unnamed++;
      else if (event === 'error') facts.failure = data;
      else if (event === 'ping') receiver.next(toPing(data));
      else if (data !== '') receiver.next(parseEvent(event, data));
    },
  });
  const decoder = createChunkDecoder();
  return {
    facts,
    feed(chunk) {
      parser.feed(chunk === undefined ? decoder.end() : decoder.decode(chunk));
    },
  };
}

function eventTooLarge(maximum: number): LimitError {
  return new LimitError('maxEventChars', maximum, 'An event of the response is too large');
}

/** A ping says all that it has to say by its name. */
function toPing(data: string): PingEvent {
  const parsed = parseJson(data);
  return parsed.ok && isJsonObject(parsed.value) ? { ...parsed.value, type: 'ping' } : { type: 'ping' };
}
