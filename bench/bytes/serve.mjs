const headers = { 'content-type': 'text/event-stream; charset=utf-8', 'request-id': 'req_bench' };

/**
 * A `fetch` that answers every request with these chunks. Each is handed out as it is asked for.
 *
 * @param seen Told how many chunks were handed out before this one.
 */
export function serving(chunks, seen = () => undefined) {
  return async () => new Response(streamOf(chunks, seen), { headers });
}

function streamOf(chunks, seen) {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      seen(at);
      if (at < chunks.length) controller.enqueue(chunks[at++]);
      else controller.close();
    },
  });
}
