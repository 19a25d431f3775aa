import type { RawContentBlockDelta } from '@anthropic-ai/sdk/resources/messages/messages';
import { RxClaudeError } from '../errors/RxClaudeError.js';
import { locate } from '../errors/locate.js';
import type { ClaudeEvent, PingEvent } from '../events/ClaudeEvent.js';
import { isJsonObject } from '../json/isJsonObject.js';
import { createSseReader, type Chunk } from './createSseReader.js';
import { requestIdOf } from './response.js';

/** What takes the events of a reply. */
export interface ReplyReceiver {
  /** @throws when the event cannot come now. */
  next(event: ClaudeEvent): void;
  /** Whether no event is wanted any more. */
  readonly closed: boolean;
  /** The most characters of one event. */
  readonly maxEventChars: number;
}

/** Reads the bytes of one `text/event-stream` body. */
export interface ReplyReader {
  /**
   * Hands on each event that these bytes complete, before it returns.
   *
   * @throws ProtocolError for data that is not JSON, LimitError for an event that is too large (before the whole of it
   * has come), and what the receiver throws. Errors of this library tell the `requestId`.
   */
  readonly feed: (chunk: Chunk) => void;
  /** What the response has told so far, beside events. */
  readonly facts: ReplyFacts;
}

/** What a response tells beside its events. */
interface ReplyFacts {
  /** The API's `request-id`. */
  readonly requestId: string | undefined;
  /** The data of an `error` event, which ends a reply. */
  failure?: string;
  /** How much data came without an `event:` name; the API never sends that. */
  unnamed: number;
}

/** How much of the name of an event is shown, in characters. */
const LONGEST_NAME = 80;
/** In characters. In a longer one, what is saved does not count, and a regular expression might run out of stack. */
const LONGEST_DELTA = 1024;

/** A delta of text, thinking or input just as the API writes it, spaces at its end included: index, kind, text in JSON. */
const DELTA =
  /^\{"type":"content_block_delta","index":(0|[1-9]\d*),"delta":\{"type":"(text_delta","text|thinking_delta","thinking|input_json_delta","partial_json)":"((?:[^"\\\0-\x1f]|\\.)*)"\} *\} *$/;

/** Makes a reader for one body. It knows nothing of where the bytes come from, nor of time. */
export function createReplyReader(headers: Headers, receiver: ReplyReceiver): ReplyReader {
  const facts: ReplyFacts = { requestId: requestIdOf(headers), unnamed: 0 };
  const read = createSseReader(receiver.maxEventChars, (name, data) => {
    if (receiver.closed || facts.failure !== undefined) return;
    if (name === '') facts.unnamed++;
    else if (name === 'error') facts.failure = data;
    else if (name === 'ping') receiver.next(toPing(data));
    else if (data !== '') receiver.next(parseEvent(name, data));
  });
  return {
    facts,
    feed(chunk) {
      try {
        read(chunk);
      } catch (error) {
        throw locate(error, { requestId: facts.requestId }) as Error;
      }
    },
  };
}

/** A ping says all that it has to say by its name: its data need not be JSON. */
function toPing(data: string): PingEvent {
  let facts: unknown;
  try {
    facts = JSON.parse(data);
  } catch {
    // Not JSON: it is a ping all the same.
  }
  return isJsonObject(facts) ? { ...facts, type: 'ping' } : { type: 'ping' };
}

/**
 * The event that its data stands for: what `JSON.parse` makes of it. Nearly every event brings one small string. To parse
 * that alone takes less than half the time of parsing the whole, and to take one without an escape as it is, a quarter.
 *
 * @throws ProtocolError when the data is not JSON.
 */
export function parseEvent(name: string, data: string): ClaudeEvent {
  try {
    return parseDelta(data) ?? (JSON.parse(data) as ClaudeEvent);
  } catch (error) {
    throw new RxClaudeError('ProtocolError', `The data of an event \`${name.slice(0, LONGEST_NAME)}\` is not JSON.`, {
      cause: error,
    });
  }
}

function parseDelta(data: string): ClaudeEvent | undefined {
  const match = data.length > LONGEST_DELTA ? null : DELTA.exec(data);
  if (match === null) return undefined;
  const [, index, kind, written = ''] = match;
  const text = written.includes('\\') ? (JSON.parse(`"${written}"`) as string) : written;
  return { type: 'content_block_delta', index: Number(index), delta: toDelta(kind, text) };
}

function toDelta(kind: string | undefined, text: string): RawContentBlockDelta {
  switch (kind) {
    case 'text_delta","text':
      return { type: 'text_delta', text };
    case 'input_json_delta","partial_json':
      return { type: 'input_json_delta', partial_json: text };
    default:
      return { type: 'thinking_delta', thinking: text };
  }
}
