import { limitError } from '../errors/failures.js';

/** A piece of a body. Some `fetch` give buffers, or text, in place of bytes. */
export type Chunk = Uint8Array | ArrayBuffer | string;

/** More than a line has beside its data, in characters. */
const AROUND_DATA = 64;
const NO_BYTES = new Uint8Array();
const LINE_FEED = 0x0a;
const SPACE = 0x20;
const COLON = 0x3a;

/**
 * Makes a reader of one `text/event-stream` body, by the rules of WHATWG. `id` and `retry` are for a client that connects
 * again, and are passed over. The time grows with the body alone, however it is cut: nothing is searched twice.
 *
 * @param maxEventChars The most characters of the data of one event.
 * @param onEvent Gets the name and the data of each event that has data; the name is empty when none came.
 * @returns Takes the next piece of the body, and hands on each event that it completes before it returns. Throws
 * LimitError for an event that is too large, before the whole of it has come.
 */
export function createSseReader(
  maxEventChars: number,
  onEvent: (name: string, data: string) => void,
): (chunk: Chunk) => void {
  const decode = createChunkDecoder();
  /** What is no part of the next text: a byte order mark, or the second half of a line end. */
  let skipped = '\uFEFF';
  /** The line that has begun. */
  let begun = '';
  let name = '';
  /** The lines of data of the event, each with a line feed before it. */
  let data = '';

  const bound = (chars: number, most: number): void => {
    if (data.length + chars > most) {
      throw limitError('maxEventChars', maxEventChars, 'An event of the response is too large');
    }
  };

  /** Reads the lines that are whole. @returns Where the next one begins. */
  const readLines = (text: string): number => {
    const mayBeTooLarge = data.length + text.length > maxEventChars;
    let start = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      if (mayBeTooLarge) bound(end - start, maxEventChars + AROUND_DATA);
      if (start === end) {
        if (data !== '') onEvent(name, data.slice(1));
        name = data = '';
      } else if (isData(text, start)) {
        const value = valueAt(text, start + 4, end);
        if (mayBeTooLarge) bound(value.length, maxEventChars);
        if (data === '' && text.charCodeAt(end + 1) === LINE_FEED) {
          // Nearly every event has one line of data, which is its last.
          onEvent(name, value);
          name = '';
          end++;
        } else data += `\n${value}`;
      } else if (isName(text, start)) name = valueAt(text, start + 5, end);
      start = end + 1;
    }
    return start;
  };

  return (chunk) => {
    let text = decode(chunk);
    if (text === '') return;
    if (text[0] === skipped) text = text.slice(1);
    skipped = '';
    // Sooner found than by `includes`, in V8.
    const mark = text.indexOf('\r');
    if (mark >= 0) {
      if (text.at(-1) === '\r') skipped = '\n';
      text = text.split('\r\n').join('\n').split('\r').join('\n');
    }
    if (text.includes('\n')) {
      text = begun + text;
      begun = text.slice(readLines(text));
    } else begun += text;
    bound(begun.length, maxEventChars + AROUND_DATA);
  };
}

/** By the codes of the letters: `startsWith` takes several times as long in V8, and this is asked of each line. */
function isData(text: string, at: number): boolean {
  return (
    text.charCodeAt(at) === 0x64 &&
    text.charCodeAt(at + 1) === 0x61 &&
    text.charCodeAt(at + 2) === 0x74 &&
    text.charCodeAt(at + 3) === 0x61 &&
    endsField(text, at + 4)
  );
}

/** Whether `event` stands there. */
function isName(text: string, at: number): boolean {
  return (
    text.charCodeAt(at) === 0x65 &&
    text.charCodeAt(at + 1) === 0x76 &&
    text.charCodeAt(at + 2) === 0x65 &&
    text.charCodeAt(at + 3) === 0x6e &&
    text.charCodeAt(at + 4) === 0x74 &&
    endsField(text, at + 5)
  );
}

/** Whether the name of a field ends there: with a colon, or with its line. */
function endsField(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code === COLON || code === LINE_FEED;
}

/** The value of the field whose name ends there. */
function valueAt(text: string, at: number, end: number): string {
  return text.slice(at + (text.charCodeAt(at + 1) === SPACE ? 2 : 1), end);
}

/**
 * Makes a function from the pieces of a UTF-8 body to their text. A last character that may not be complete waits for the
 * next piece.
 *
 * A `TextDecoder` that is told to stream is several times slower on ASCII in V8 than one that is not. So each piece is
 * decoded as a whole, and only a character that two pieces share is carried over here.
 */
function createChunkDecoder(): (chunk: Chunk) => string {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let held = NO_BYTES;
  return (chunk) => {
    if (typeof chunk === 'string') return chunk;
    const bytes = concat(held, chunk instanceof ArrayBuffer ? new Uint8Array(chunk) : chunk);
    const whole = wholeLength(bytes);
    held = whole === bytes.length ? NO_BYTES : bytes.slice(whole);
    return decoder.decode(whole === bytes.length ? bytes : bytes.subarray(0, whole));
  };
}

/** How many bytes there are before a last character that may not be complete. */
function wholeLength(bytes: Uint8Array): number {
  const { length } = bytes;
  for (let back = 1; back <= 3; back++) {
    const byte = bytes[length - back] ?? 0;
    if (byte < 0x80) break;
    if (byte >= 0xc0) return length - back;
  }
  return length;
}

function concat(head: Uint8Array, tail: Uint8Array): Uint8Array {
  if (head.length === 0) return tail;
  const bytes = new Uint8Array(head.length + tail.length);
  bytes.set(head);
  bytes.set(tail, head.length);
  return bytes;
}
