import type { Tape } from './createTape.js';

/**
 * The same body, of which a tape gets a copy. It is pulled no earlier than its reader pulls, and is cancelled with it.
 */
export function watchBody(body: ReadableStream<Uint8Array>, tape: Tape): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  let left = false;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await reader.read().catch((error: unknown) => {
          tape.fail(error);
          throw error;
        });
        if (left) return;
        if (done) {
          tape.complete();
          controller.close();
        } else {
          tape.chunk(value);
          controller.enqueue(value);
        }
      },
      async cancel(reason) {
        left = true;
        tape.abort();
        await reader.cancel(reason);
      },
    },
    // Nothing is read ahead: a slow reader slows the server down as it would without us.
    { highWaterMark: 0 },
  );
}

/** A response with another body in place of its own, and nothing else changed. */
export function withBody(response: Response, body: ReadableStream<Uint8Array>): Response {
  const { status, statusText, headers, url } = response;
  const copy = new Response(body, { status, statusText, headers });
  return Object.defineProperty(copy, 'url', { value: url });
}
