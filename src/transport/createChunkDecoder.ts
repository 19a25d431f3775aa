/** Turns the chunks of a body into text. */
export interface ChunkDecoder {
  /**
   * The text of a chunk; the first bytes of a character that is not complete yet wait for the next one. Some `fetch`
   * give buffers, or text, in place of bytes.
   */
  decode(chunk: Uint8Array | ArrayBuffer | string): string;
  /** The text that completes the last line, once there are no more chunks. */
  end(): string;
}

const NOTHING = new Uint8Array();

/**
 * Makes a decoder for one UTF-8 body.
 *
 * A `TextDecoder` that is told to stream is several times slower on ASCII in V8 than one that is not. So each chunk is
 * decoded as a whole, and only a character that two chunks share is carried over here.
 */
export function createChunkDecoder(): ChunkDecoder {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let held = NOTHING;
  let started = false;
  let afterReturn = false;

  const clean = (text: string): string => {
    if (text === '') return text;
    afterReturn = text.endsWith('\r');
    if (started) return text;
    started = true;
    return text.startsWith('\uFEFF') ? text.slice(1) : text;
  };

  return {
    decode(chunk) {
      if (typeof chunk === 'string') return clean(chunk);
      const bytes = concat(held, chunk instanceof ArrayBuffer ? new Uint8Array(chunk) : chunk);
      const whole = wholeLength(bytes);
      held = whole === bytes.length ? NOTHING : bytes.slice(whole);
      return clean(decoder.decode(whole === bytes.length ? bytes : bytes.subarray(0, whole)));
    },
    end() {
      const text = clean(decoder.decode(held));
      // A parser waits to see whether a line feed follows a carriage return; nothing does.
      return afterReturn ? `${text}\n` : text;
    },
  };
}

/** How many bytes there are before a last character that is not complete. */
function wholeLength(bytes: Uint8Array): number {
  const { length } = bytes;
  for (let back = 1; back <= 3 && back <= length; back++) {
    const byte = bytes[length - back] ?? 0;
    if (byte < 0x80) return length;
    if (byte >= 0xc0) return back < sequenceLength(byte) ? length - back : length;
  }
  return length;
}

function sequenceLength(first: number): number {
  if (first >= 0xf0) return 4;
  return first >= 0xe0 ? 3 : 2;
}

function concat(head: Uint8Array, tail: Uint8Array): Uint8Array {
  if (head.length === 0) return tail;
  const bytes = new Uint8Array(head.length + tail.length);
  bytes.set(head);
  bytes.set(tail, head.length);
  return bytes;
}
