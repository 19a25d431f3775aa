import { Observable, type Subscriber } from 'rxjs';
import type { ClaudeEvent } from '../../../src/events/ClaudeEvent.js';
import type { ResponseEvent } from '../../../src/events/RoundEvent.js';
import { createReplyOutlet } from '../../../src/transport/createReplyOutlet.js';
import { createReplyReader } from '../../../src/transport/createReplyReader.js';
import { isEventStream, toClaudeApiError, unexpected } from '../../../src/transport/response.js';
import type { CassetteResponse } from './Cassette.js';
import { isHead, type WirePart } from './playExchange.js';

/** Reads a body after the head of its response. */
interface BodyReader {
  feed(bytes: Uint8Array): void;
  /** Ends the body, or breaks it. Completes or fails the events. */
  end(broken?: { readonly cause: unknown }): void;
}

/**
 * Reads the events of a response from its bytes, as `claudeStream` does over `fetchClient` and with the same errors, but in the
 * same tick as the bytes.
 */
export function readWire(wire: Observable<WirePart>): Observable<ClaudeEvent | ResponseEvent> {
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

function createBodyReader(
  { status, headers }: CassetteResponse,
  subscriber: Subscriber<ClaudeEvent | ResponseEvent>,
): BodyReader {
  const response = new Response(null, { status, headers });
  if (!response.ok) return readRefusal(response);
  if (!isEventStream(response)) throw unexpected(response);
  return readEvents(response, subscriber);
}

/** Reads the body of an HTTP error to its end. */
function readRefusal({ status, headers }: Response): BodyReader {
  const decoder = new TextDecoder();
  let text = '';
  return {
    feed(bytes) {
      text += decoder.decode(bytes, { stream: true });
    },
    end(broken) {
      if (broken !== undefined) throw broken.cause;
      throw toClaudeApiError(text + decoder.decode(), headers, status);
    },
  };
}

function readEvents({ headers }: Response, subscriber: Subscriber<ClaudeEvent | ResponseEvent>): BodyReader {
  const outlet = createReplyOutlet(subscriber, 1);
  const { facts, feed } = createReplyReader(headers, {
    next(event) {
      outlet.next(event);
    },
    get closed() {
      return subscriber.closed;
    },
    maxEventChars: Infinity,
  });
  outlet.respond(facts.requestId);
  return {
    feed(bytes) {
      feed(bytes);
      if (facts.failure !== undefined) throw toClaudeApiError(facts.failure, headers);
    },
    end(broken) {
      // A client has no other way to tell `claudeStream` the id of the request, and the cause.
      outlet.end({ ...facts, ...broken });
    },
  };
}
