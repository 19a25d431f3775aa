import { APIError } from '@anthropic-ai/sdk/core/error';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { messageOf } from '../errors/messageOf.js';
import { ProtocolError } from '../errors/ProtocolError.js';
import type { ClaudeEvent, PingEvent } from '../events/ClaudeEvent.js';
import { isJsonObject } from '../json/isJsonObject.js';
import { parseJson } from '../json/parseJson.js';

/** What takes the events of a response. */
export interface EventSink {
  event(event: ClaudeEvent): void;
  /** Data came without an `event:` name; the API never sends that. */
  unnamed(): void;
  /** Keeps a function that stops the reading. */
  add(teardown: () => void): void;
  /** Whether anybody still listens. */
  readonly closed: boolean;
}

/** How a body ended: `cause` is what broke the connection, if anything did. */
export interface BodyEnd {
  readonly cause?: unknown;
}

/**
 * Reads a `text/event-stream` response to its end and hands on each event in the same tick as the bytes that complete
 * it. Unlike the SDK's own stream it hands on `ping`, without which silence and death look the same.
 *
 * @returns How the body ended.
 * @throws APIError of the SDK for an `error` event.
 * @throws ProtocolError for data that is not JSON.
 */
export async function readEventStream(response: Response, sink: EventSink): Promise<BodyEnd> {
  if (response.body === null) return {};
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  const parser = createParser({
    onEvent: (message) => {
      if (!sink.closed) take(message, response.headers, sink);
    },
  });
  let last = '';
  const leave = () => {
    reader.cancel().catch(ignore);
  };
  sink.add(leave);
  try {
    for (;;) {
      const result = await reader.read().catch(toCut);
      if ('cause' in result) return result;
      if (sink.closed) return {};
      const text = decoder.decode(result.value, { stream: !result.done });
      if (result.done) {
        // The parser waits to see whether a line feed follows a carriage return; nothing does.
        parser.feed(last === '\r' ? `${text}\n` : text);
        return {};
      }
      parser.feed(text);
      last = text.at(-1) ?? last;
    }
  } finally {
    leave();
  }
}

function toCut(cause: unknown): BodyEnd & { cause: unknown } {
  return { cause };
}

function take({ event, data }: EventSourceMessage, headers: Headers, sink: EventSink): void {
  if (event === undefined) sink.unnamed();
  else if (event === 'ping') sink.event(toPing(data));
  else if (event === 'error') throw toApiError(data, headers);
  else if (data !== '') sink.event(toEvent(event, data));
}

/** A ping says all that it has to say by its name. */
function toPing(data: string): PingEvent {
  const parsed = parseJson(data);
  return parsed.ok && isJsonObject(parsed.value) ? { ...parsed.value, type: 'ping' } : { type: 'ping' };
}

/** The same error that the SDK's own stream throws. */
function toApiError(data: string, headers: Headers): APIError {
  const parsed = parseJson(data);
  const body = (parsed.ok ? parsed.value : data) as { error?: { type?: ErrorType } } | undefined;
  return new APIError(undefined, body, undefined, headers, body?.error?.type);
}

type ErrorType = NonNullable<APIError['type']>;

function toEvent(name: string, data: string): ClaudeEvent {
  try {
    return JSON.parse(data) as ClaudeEvent;
  } catch (error) {
    throw new ProtocolError(`The data of an event \`${name}\` is not JSON: ${messageOf(error)}`, { cause: error });
  }
}

function ignore(): void {
  // The body was left behind on purpose, or has failed already.
}
