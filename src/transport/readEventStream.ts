import { createEventReader, type EventReceiver } from './createEventReader.js';

/** What takes the events of a reply. */
export interface EventSink extends EventReceiver {
  /** Keeps a function that stops the reading. */
  add(teardown: () => void): void;
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
  if (body === null) return { unnamed: 0 };
  const events = createEventReader(sink);
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
        return { unnamed: events.unnamed, cause };
      }
      if (sink.closed) return { unnamed: events.unnamed };
      if (result.done) events.end();
      else events.feed(result.value);
      const { failure, unnamed } = events;
      if (failure !== undefined) return { unnamed, failure };
      open = !result.done;
      if (result.done) return { unnamed };
    }
  } finally {
    leave();
  }
}

function ignore(): void {
  // The body was left behind on purpose.
}
