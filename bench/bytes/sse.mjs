const encoder = new TextEncoder();

/** One event on the wire: its name, its JSON with spaces before the last brace, as the API pads it, and a blank line. */
export function toSse(event) {
  const json = JSON.stringify(event);
  const padding = ' '.repeat((json.length * 7) % 16);
  return `event: ${event.type}\ndata: ${json.slice(0, -1)}${padding}}\n\n`;
}

/** The same event as a proxy writes it that has read it: other spaces, and the keys in another order. */
export function rewritten(event) {
  const json = JSON.stringify(Object.fromEntries(Object.entries(event).reverse()), undefined, 1);
  return `event: ${event.type}\ndata: ${json.replaceAll(/\n */g, ' ')}\n\n`;
}

/** The bytes of a reply, so many whole events a chunk. */
export function chunksOf(events, perChunk, write = toSse) {
  const chunks = [];
  for (let at = 0; at < events.length; at += perChunk) {
    chunks.push(
      encoder.encode(
        events
          .slice(at, at + perChunk)
          .map(write)
          .join(''),
      ),
    );
  }
  return chunks;
}

/** The same bytes cut every `size` bytes, wherever that is: in a line, or in a character. */
export function packetsOf(events, size) {
  const bytes = encoder.encode(events.map(toSse).join(''));
  const chunks = [];
  for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.slice(at, at + size));
  return chunks;
}
