import { DEEPEST_JSON } from './parseJson.js';

/** Reads one JSON text piece by piece and shows the value as far as it is certain. */
export interface JsonReader {
  /** Takes the next piece of the text. */
  write(piece: string): void;
  /** The value so far: a live tree that grows in place; `undefined` until the first value begins. */
  readonly value: unknown;
}

type Container = Record<string, unknown> | unknown[];
type State = 'value' | 'first_item' | 'first_key' | 'key' | 'colon' | 'string' | 'scalar' | 'after' | 'end';

const ESCAPES: ReadonlyMap<string, string> = new Map(Object.entries({ b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }));
const STRING_END = /["\\\u0000-\u001f]/g;
const SCALAR_END = /[\s,\]}]/g;
const SCALAR = /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/;

/**
 * Makes a reader whose work is linear in the text, however it is cut.
 *
 * What it shows is at all times a prefix of the final value: strings grow, numbers, literals and escapes appear once
 * they are complete. At text that is not JSON it stops and keeps what it had; the verdict on the whole text belongs to
 * `JSON.parse`.
 */
export function createJsonReader(): JsonReader {
  const stack: Container[] = [];
  let root: unknown;
  let state: State = 'value';
  let key: string | undefined;
  let readingKey = false;
  /** Text of the string or scalar being read. */
  let token = '';
  /** The first half of a surrogate pair, which waits for the second. Never at the end of `token`: it is not shown. */
  let half = '';
  /** An escape that is not complete yet. */
  let held = '';

  const put = (value: unknown): void => {
    const parent = stack.at(-1);
    if (parent === undefined) root = value;
    else if (Array.isArray(parent)) parent.push(value);
    else define(parent, key ?? '', value);
  };
  const replace = (value: string): void => {
    const parent = stack.at(-1);
    if (parent === undefined) root = value;
    else if (Array.isArray(parent)) parent[parent.length - 1] = value;
    else define(parent, key ?? '', value);
  };
  const open = (container: Container, next: State): void => {
    if (stack.length === DEEPEST_JSON) {
      state = 'end';
      return;
    }
    put(container);
    stack.push(container);
    state = next;
  };
  const close = (): void => {
    stack.pop();
    state = stack.length === 0 ? 'end' : 'after';
  };
  const append = (piece: string): void => {
    if (piece === '') return;
    const text = half + piece;
    half = isHighSurrogate(text.charCodeAt(text.length - 1)) ? text.slice(-1) : '';
    token += half === '' ? text : text.slice(0, -1);
  };
  const startString = (isKey: boolean): void => {
    token = '';
    half = '';
    readingKey = isKey;
    state = 'string';
    if (!isKey) put('');
  };

  /** Reads one character outside of strings and scalars. */
  const readMark = (mark: string): void => {
    const inArray = Array.isArray(stack.at(-1));
    if (state === 'after') {
      if (mark === ',') state = inArray ? 'value' : 'key';
      else if (mark === (inArray ? ']' : '}')) close();
      else state = 'end';
    } else if (state === 'colon') state = mark === ':' ? 'value' : 'end';
    else if (state === 'key' || state === 'first_key') {
      if (mark === '"') startString(true);
      else if (mark === '}' && state === 'first_key') close();
      else state = 'end';
    } else if (mark === '"') startString(false);
    else if (mark === '{') open({}, 'first_key');
    else if (mark === '[') open([], 'first_item');
    else if (mark === ']' && state === 'first_item') close();
    else {
      token = mark;
      state = 'scalar';
    }
  };

  /** Reads on in a string and returns where it stopped. */
  const readString = (piece: string, from: number): number => {
    let at = from;
    while (at < piece.length) {
      if (held.startsWith('\\')) {
        held += piece.charAt(at++);
        at += takeUnicode(piece, at);
        const text = unescape(held);
        if (text === undefined) continue;
        held = '';
        if (text === INVALID) return fail(piece);
        append(text);
        continue;
      }
      STRING_END.lastIndex = at;
      const end = STRING_END.exec(piece)?.index ?? piece.length;
      append(piece.slice(at, end));
      at = end + 1;
      if (end === piece.length) return end;
      const mark = piece.charAt(end);
      if (mark === '"') return endString(at);
      if (mark !== '\\') return fail(piece);
      held = '\\';
    }
    return at;
  };
  /** Takes as many hexadecimal digits of a begun `\u` escape as there are. */
  const takeUnicode = (piece: string, at: number): number => {
    if (!held.startsWith('\\u')) return 0;
    const digits = piece.slice(at, at + 6 - held.length);
    held += digits;
    return digits.length;
  };
  const fail = (piece: string): number => {
    show();
    state = 'end';
    return piece.length;
  };
  const endString = (at: number): number => {
    token += half;
    if (readingKey) {
      key = token;
      state = 'colon';
    } else {
      replace(token);
      state = stack.length === 0 ? 'end' : 'after';
    }
    return at;
  };
  /** Shows a string that grows. */
  const show = (): void => {
    if (state === 'string' && !readingKey) replace(token);
  };

  const readScalar = (piece: string, from: number): number => {
    SCALAR_END.lastIndex = from;
    const end = SCALAR_END.exec(piece)?.index ?? piece.length;
    token += piece.slice(from, end);
    if (end === piece.length) return end;
    if (!SCALAR.test(token)) {
      state = 'end';
      return end;
    }
    put(JSON.parse(token));
    state = stack.length === 0 ? 'end' : 'after';
    return end;
  };

  return {
    write(piece) {
      let at = 0;
      while (at < piece.length && state !== 'end') {
        if (state === 'string') at = readString(piece, at);
        else if (state === 'scalar') at = readScalar(piece, at);
        else {
          const mark = piece.charAt(at++);
          if (!isSpace(mark)) readMark(mark);
        }
      }
      show();
    },
    get value() {
      return root;
    },
  };
}

const INVALID = Symbol('not an escape of JSON');

/** The text of an escape: `undefined` while it is incomplete. */
function unescape(escape: string): string | typeof INVALID | undefined {
  const letter = escape.charAt(1);
  if (letter !== 'u') return '"\\/'.includes(letter) ? letter : (ESCAPES.get(letter) ?? INVALID);
  if (escape.length < 6) return undefined;
  const digits = escape.slice(2);
  return /^[0-9a-fA-F]{4}$/.test(digits) ? String.fromCharCode(parseInt(digits, 16)) : INVALID;
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}

function isSpace(mark: string): boolean {
  return mark === ' ' || mark === '\n' || mark === '\r' || mark === '\t';
}

/** Sets a key as JSON.parse does: `__proto__` becomes a field like any other. */
function define(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(target, key, { value, configurable: true, enumerable: true, writable: true });
  else target[key] = value;
}
