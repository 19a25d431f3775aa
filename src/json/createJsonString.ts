import { GrowingText } from './GrowingText.js';

/** Reads JSON strings one after another, each piece by piece. */
export interface JsonString {
  /** Begins a new string, after its opening quote. */
  start(): void;
  /** Reads on and returns where it stopped: after the closing quote, at the end of the piece, or where JSON ends. */
  read(piece: string, from: number): number;
  /** The certain part of what has been read. */
  text(): string;
  /** `open` until the closing quote, or a character that no JSON string may hold. */
  state(): 'open' | 'closed' | 'broken';
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const LETTER_U = 'u';
const HEX = /^[0-9a-fA-F]{4}$/;
/** The characters that may follow a backslash, and what they mean. */
const ESCAPES = '"\\/bfnrt';
const MEANT = '"\\/\b\f\n\r\t';

/** Makes a reader of strings. */
export function createJsonString(): JsonString {
  let state: ReturnType<JsonString['state']> = 'closed';
  let text = new GrowingText();
  /** The first half of a surrogate pair, not shown until the second comes. */
  let half = '';
  /** An escape that is not complete yet. */
  let held = '';

  const append = (piece: string): void => {
    if (piece === '') return;
    const joined = half + piece;
    half = isHighSurrogate(joined.charCodeAt(joined.length - 1)) ? joined.slice(-1) : '';
    text.add(half === '' ? joined : joined.slice(0, -1));
  };
  const readEscape = (piece: string, at: number): number => {
    const before = held.length;
    const seen = held + piece.slice(at, at + 6 - before);
    const length = seen.charAt(1) === LETTER_U ? 6 : 2;
    if (seen.length < length) {
      held = seen;
      return piece.length;
    }
    held = '';
    const meant = unescape(seen.slice(1, length));
    if (meant === undefined) state = 'broken';
    else append(meant);
    return at + length - before;
  };

  return {
    start() {
      state = 'open';
      text = new GrowingText();
    },
    read(piece, from) {
      let at = held === '' ? from : readEscape(piece, from);
      while (at < piece.length && state === 'open') {
        const end = endOfPlainText(piece, at);
        append(piece.slice(at, end));
        const mark = piece.charCodeAt(end);
        if (mark === BACKSLASH) at = readEscape(piece, end);
        else {
          at = end + 1;
          if (mark === QUOTE) state = 'closed';
          else if (end < piece.length) state = 'broken';
        }
      }
      if (state === 'closed' && half !== '') {
        // A half that was never completed is kept as it is.
        text.add(half);
        half = '';
      }
      return at;
    },
    text: () => text.read(),
    state: () => state,
  };
}

/** The position of the next quote, escape or control character; the end of the piece when there is none. */
export function endOfPlainText(piece: string, from: number): number {
  let at = from;
  for (; at < piece.length; at++) {
    const mark = piece.charCodeAt(at);
    if (mark === QUOTE || mark === BACKSLASH || mark < SPACE) break;
  }
  return at;
}

/** Whether there is a quote at this position; `false` at the end of a piece. */
export function isQuote(piece: string, at: number): boolean {
  return piece.charCodeAt(at) === QUOTE;
}

/** What an escape, without its backslash, means; `undefined` when JSON does not have it. */
function unescape(escape: string): string | undefined {
  if (!escape.startsWith(LETTER_U)) return MEANT[ESCAPES.indexOf(escape)];
  const digits = escape.slice(1);
  return HEX.test(digits) ? String.fromCharCode(parseInt(digits, 16)) : undefined;
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}
