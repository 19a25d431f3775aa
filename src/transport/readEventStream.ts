import { type BodyFacts, createEventReader, type EventReceiver } from './createEventReader.js';

/** What takes the events of a reply. */
export interface EventSink extends EventReceiver {
  /** Keeps a function that stops the reading. */
  add(teardown: () => void): void;
}

/** How a body ended. */
export interface BodyEnd extends Readonly<BodyFacts> {
  /** What broke the connection, if anything did. */
  readonly cause?: unknown;
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
  const { facts, feed } = createEventReader(sink);
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
        return { ...facts, cause };
      }
      if (sink.closed) return facts;
      feed(result.value);
      if (facts.failure !== undefined) return facts;
      open = !result.done;
      if (result.done) return facts;
    }
  } finally {
    leave();
  }
}

function ignore(): void {
  // The body was left behind on purpose.
}
