import { createJsonString, endOfPlainText, isQuote } from './createJsonString.js';
import { createJsonTree } from './createJsonTree.js';
import { DEEPEST_JSON, LONGEST_JSON, type JsonLimits } from './parseJson.js';

/**
 * Reads one JSON text piece by piece and shows the certain part of the value. It parses only when the value is read:
 * reading it less often makes larger pieces, which cost less.
 */
export interface JsonReader {
  /** Takes the next piece of the text. */
  write(piece: string): void;
  /** The value so far: a live tree that grows in place; `undefined` until the first value begins. */
  value(): unknown;
  /** The value so far, frozen; what has not changed since the last snapshot is the same object. */
  snapshot(): unknown;
}

type State = 'value' | 'first_item' | 'first_key' | 'key' | 'colon' | 'string' | 'scalar' | 'after' | 'end';

/** The most text that waits to be parsed, in characters. */
const MOST_UNREAD = 65_536;

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * Makes a reader whose work is linear in the text, however it is split.
 *
 * It always shows a prefix of the final value: strings grow; numbers, literals and escapes appear once they are
 * complete. When the text is not JSON, too deep or too long, it stops and keeps what it has; `JSON.parse` judges the
 * whole text.
 */
export function createJsonReader({ maxDepth = DEEPEST_JSON, maxChars = LONGEST_JSON }: JsonLimits = {}): JsonReader {
  const tree = createJsonTree();
  const string = createJsonString();
  let state: State = 'value';
  let chars = 0;
  let unread = '';
  let readingKey = false;
  /** How much of the open string is in the tree already; `undefined` when it is not there at all. */
  let shown: number | undefined;
  /** A number or literal that is not complete yet. */
  let scalar = '';

  const open = (container: Record<string, unknown> | unknown[], next: State): void => {
    if (tree.depth() >= maxDepth) state = 'end';
    else {
      tree.open(container);
      state = next;
    }
  };
  const endValue = (): void => {
    state = tree.depth() === 0 ? 'end' : 'after';
  };
  const close = (): void => {
    tree.close();
    endValue();
  };
  const endString = (text: string): void => {
    if (readingKey) {
      tree.setKey(text);
      state = 'colon';
    } else endValue();
  };
  /**
   * Begins a string and returns how far it read: past the string when it ends in this piece without an escape, as most
   * do.
   */
  const startString = (isKey: boolean, piece: string, from: number): number => {
    readingKey = isKey;
    const end = endOfPlainText(piece, from);
    if (isQuote(piece, end)) {
      const text = piece.slice(from, end);
      if (!isKey) tree.put(text);
      endString(text);
      return end + 1;
    }
    string.start();
    shown = undefined;
    state = 'string';
    return from;
  };
  const startScalar = (at: number): number => {
    scalar = '';
    state = 'scalar';
    return at;
  };

  /** Reads one character outside strings and scalars, and returns how far it read. */
  const readMark = (piece: string, at: number): number => {
    const mark = piece.charCodeAt(at);
    const next = at + 1;
    if (isSpace(mark)) return next;
    if (state === 'after') {
      if (mark === COMMA) state = tree.inArray() ? 'value' : 'key';
      else if (mark === (tree.inArray() ? CLOSE_ARRAY : CLOSE_OBJECT)) close();
      else state = 'end';
    } else if (state === 'colon') state = mark === COLON ? 'value' : 'end';
    else if (state === 'key' || state === 'first_key') {
      if (mark === QUOTE) return startString(true, piece, next);
      if (mark === CLOSE_OBJECT && state === 'first_key') close();
      else state = 'end';
    } else if (mark === QUOTE) return startString(false, piece, next);
    else if (mark === OPEN_OBJECT) open({}, 'first_key');
    else if (mark === OPEN_ARRAY) open([], 'first_item');
    else if (mark === CLOSE_ARRAY && state === 'first_item') close();
    else return startScalar(at);
    return next;
  };

  const showString = (): void => {
    const text = string.text();
    if (shown === undefined) tree.put(text);
    else if (shown !== text.length) tree.replace(text);
    shown = text.length;
  };
  const readString = (piece: string, from: number): number => {
    const end = string.read(piece, from);
    if (!readingKey) showString();
    if (string.state() === 'broken') state = 'end';
    else if (string.state() === 'closed') endString(string.text());
    return end;
  };

  const readScalar = (piece: string, from: number): number => {
    const end = endOfScalar(piece, from);
    scalar += piece.slice(from, end);
    if (end === piece.length) return end;
    try {
      tree.put(JSON.parse(scalar));
      endValue();
    } catch {
      state = 'end';
    }
    return end;
  };

  const readOn = (): void => {
    const piece = unread;
    unread = '';
    let at = 0;
    while (at < piece.length && state !== 'end') {
      if (state === 'string') at = readString(piece, at);
      else if (state === 'scalar') at = readScalar(piece, at);
      else at = readMark(piece, at);
    }
    // The opening quote was the last character of the piece.
    if (state === 'string' && !readingKey && shown === undefined) showString();
  };

  return {
    write(piece) {
      chars += piece.length;
      if (chars > maxChars) return;
      unread += piece;
      if (unread.length >= MOST_UNREAD) readOn();
    },
    value() {
      readOn();
      return tree.value();
    },
    snapshot() {
      readOn();
      return tree.snapshot();
    },
  };
}

function endOfScalar(piece: string, from: number): number {
  let at = from;
  for (; at < piece.length; at++) {
    const mark = piece.charCodeAt(at);
    if (mark === COMMA || mark === CLOSE_ARRAY || mark === CLOSE_OBJECT || isSpace(mark)) break;
  }
  return at;
}

function isSpace(mark: number): boolean {
  return mark <= 0x20 && (mark === 0x20 || mark === 0x0a || mark === 0x0d || mark === 0x09);
}
