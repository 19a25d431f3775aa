import { Observable, type Subscriber } from 'rxjs';
import { locate } from '../../../src/errors/locate.js';
import type { ClaudeEvent } from '../../../src/events/ClaudeEvent.js';
import { createChunkDecoder } from '../../../src/transport/createChunkDecoder.js';
import { createEventReader } from '../../../src/transport/createEventReader.js';
import { createOrderCheck } from '../../../src/transport/createOrderCheck.js';
import { isEventStream, unexpected } from '../../../src/transport/readResponse.js';
import { toClaudeApiError } from '../../../src/transport/toClaudeApiError.js';
import type { CassetteResponse } from './Cassette.js';
import { isHead, type WirePart } from './playExchange.js';

/** What reads a body, once the head of the response has come. */
interface BodyReader {
  feed(bytes: Uint8Array): void;
  /** The body has ended, or broken. Completes or fails the events. */
  end(broken?: { readonly cause: unknown }): void;
}

/**
 * Reads the events of a response off its bytes as `claudeStream` does over `fetchClient`, with the same errors, but in the
 * tick in which the bytes come.
 */
export function readWire(wire: Observable<WirePart>): Observable<ClaudeEvent> {
  return new Observable((subscriber) => {
    let reader: BodyReader | undefined;
    const attempt = (work: () => void): void => {
      try {
        work();
      } catch (error) {
        subscriber.error(error);
      }
    };
    subscriber.add(
      wire.subscribe({
        next: (part) => {
          attempt(() => {
            if (isHead(part)) reader = createBodyReader(part, subscriber);
            else reader?.feed(part);
          });
        },
        error: (cause: unknown) => {
          attempt(() => {
            if (reader === undefined) throw cause;
            reader.end({ cause });
          });
        },
        complete: () => {
          attempt(() => reader?.end());
        },
      }),
    );
  });
}

function createBodyReader({ status, headers }: CassetteResponse, subscriber: Subscriber<ClaudeEvent>): BodyReader {
  const response = new Response(null, { status, headers });
  if (!response.ok) return readRefusal(response);
  if (!isEventStream(response)) throw unexpected(response);
  return readEvents(response, subscriber);
}

/** Reads the body of an HTTP error to its end. */
function readRefusal({ status, headers }: Response): BodyReader {
  const decoder = createChunkDecoder();
  let text = '';
  return {
    feed(bytes) {
      text += decoder.decode(bytes);
    },
    end(broken) {
      if (broken !== undefined) throw broken.cause;
      throw toClaudeApiError(text + decoder.end(), headers, status);
    },
  };
}

function readEvents({ headers }: Response, subscriber: Subscriber<ClaudeEvent>): BodyReader {
  const check = createOrderCheck();
  const requestId = headers.get('request-id') ?? undefined;
  const reader = createEventReader({
    next(event) {
      check.see(event);
      subscriber.next(event);
    },
    get closed() {
      return subscriber.closed;
    },
    maxEventChars: Infinity,
  });
  const read = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      throw locate(error, { requestId }) as Error;
    }
    if (reader.facts.failure !== undefined) throw toClaudeApiError(reader.facts.failure, headers);
  };
  return {
    feed(bytes) {
      read(() => {
        reader.feed(bytes);
      });
    },
    end(broken) {
      if (broken === undefined) {
        read(() => {
          reader.feed(undefined);
        });
      }
      // What a client cannot tell `claudeStream` in another way is told here: which request it was, and what broke it.
      const truncated = check.end({ requestId, unnamed: reader.facts.unnamed, ...broken });
      if (truncated === undefined) subscriber.complete();
      else subscriber.error(truncated);
    },
  };
}
