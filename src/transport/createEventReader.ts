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
   * @throws ProtocolError for data that is not JSON.
   * @throws LimitError for an event that is too large, before the whole of it has come.
   */
  feed(chunk: Uint8Array | ArrayBuffer | string): void;
  /** There are no more bytes. Throws as `feed` does. */
  end(): void;
  /** The data of an `error` event, which ends a stream. */
  readonly failure: string | undefined;
  /** How much data came without an `event:` name; the API never sends that. */
  readonly unnamed: number;
}

/** Makes a reader for one body. It knows nothing of where the bytes come from, nor of time. */
export function createEventReader(receiver: EventReceiver): EventReader {
  let unnamed = 0;
  let failure: string | undefined;
  const { maxEventChars } = receiver;
  const parser = createParser({
    // The parser counts what is around the data, too.
    maxBufferSize: maxEventChars + AROUND_DATA,
    onError: ({ type }) => {
      if (type === 'max-buffer-size-exceeded') throw eventTooLarge(maxEventChars);
    },
    onEvent: ({ event, data }) => {
      if (receiver.closed || failure !== undefined) return;
      if (data.length > maxEventChars) throw eventTooLarge(maxEventChars);
      if (event === undefined) unnamed++;
      else if (event === 'error') failure = data;
      else if (event === 'ping') receiver.next(toPing(data));
      else if (data !== '') receiver.next(parseEvent(event, data));
    },
  });
  const decoder = createChunkDecoder();
  return {
    feed(chunk) {
      parser.feed(decoder.decode(chunk));
    },
    end() {
      parser.feed(decoder.end());
    },
    get failure() {
      return failure;
    },
    get unnamed() {
      return unnamed;
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
