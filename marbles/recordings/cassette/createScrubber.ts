import { isJsonObject } from '../../../src/json/isJsonObject.js';
import { toLatin1, utf8AsLatin1 } from './bytes.js';
import { HIDDEN } from './Cassette.js';
import { KEY_LOOKS, SECRET_FIELD } from './keyLooks.js';

/** Removes secrets from what is recorded. */
export interface Scrubber {
  /** Adds a secret. */
  learn(secrets: readonly string[]): void;
  /** Replaces each secret in a text by `[hidden]`. */
  text(text: string): string;
  /** Hides the secrets in the texts of a JSON value, and its secret fields. */
  json(value: unknown): unknown;
  /**
   * Overwrites each secret with `x`, and keeps length and form.
   *
   * @param unfinished Whether more bytes may come: then the start of a secret at the end is overwritten, too.
   */
  mask(bytes: Uint8Array, unfinished: boolean): void;
}

/** Makes a scrubber that knows these secrets, and the look of keys. */
export function createScrubber(secrets: readonly string[]): Scrubber {
  const known = new Set<string>();
  let wanted: RegExp | undefined;
  let written: readonly string[] = [];

  const learn = (more: readonly string[]): void => {
    const before = known.size;
    for (const form of more.flatMap(formsOf)) if (form !== '') known.add(form);
    if (known.size === before) return;
    // A secret may contain another one: the longest goes first.
    const forms = [...known].sort((left, right) => right.length - left.length);
    wanted = anyOf(forms);
    written = forms.map(utf8AsLatin1);
  };
  const text = (plain: string): string => {
    const less = wanted === undefined ? plain : plain.replace(wanted, HIDDEN);
    return KEY_LOOKS.reduce((before, look) => before.replace(look, HIDDEN), less);
  };
  const json = (value: unknown): unknown => {
    if (typeof value === 'string') return text(value);
    if (Array.isArray(value)) return value.map(json);
    if (!isJsonObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, field]) => [text(name), hidden(name, field) ?? json(field)]),
    );
  };
  learn(secrets);
  return {
    learn,
    text,
    json,
    mask(bytes, unfinished) {
      maskBytes(bytes, written, unfinished);
    },
  };
}

function hidden(name: string, field: unknown): string | undefined {
  return typeof field === 'string' && field !== '' && SECRET_FIELD.test(name) ? HIDDEN : undefined;
}

/** The forms of a secret: plain, in JSON, in JSON within JSON, in a URL. */
function formsOf(secret: string): string[] {
  // A lone surrogate cannot be encoded for a URL.
  const whole = secret.replace(/\p{Surrogate}/gu, '');
  return [secret, escaped(secret), escaped(escaped(secret)), encodeURIComponent(whole)];
}

function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** A pattern that finds any of these texts. */
function anyOf(texts: readonly string[]): RegExp {
  return new RegExp(texts.map((text) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|'), 'g');
}

const MASK = 'x'.charCodeAt(0);
/** The fewest bytes that count as the start of a secret. */
const BEGINNING = 8;

/**
 * Overwrites each secret in a body with `x`: where its bytes lie side by side, and where Claude wrote it in several deltas. The
 * length stays, and the form of JSON and of server-sent events.
 *
 * @param secrets Their UTF-8 bytes, one character for each byte; the longest first.
 * @param unfinished Whether more bytes may come: then the start of a secret at the end is overwritten, too.
 */
function maskBytes(bytes: Uint8Array, secrets: readonly string[], unfinished: boolean): void {
  const body = toLatin1(bytes);
  const cover = ([from, to]: Range): void => {
    bytes.fill(MASK, from, to);
  };
  secretRanges(body, secrets, unfinished).forEach(cover);
  for (const { text, toBody } of joinDeltas(body)) {
    secretRanges(text, secrets, unfinished).flatMap(toBody).forEach(cover);
  }
}

function secretRanges(text: string, secrets: readonly string[], unfinished: boolean): Range[] {
  const known = secrets.flatMap((secret) => occurrences(text, secret));
  const looks = KEY_LOOKS.flatMap((look) =>
    [...text.matchAll(look)].map(({ 0: { length }, index }): Range => [index, index + length]),
  );
  const begun = unfinished ? secrets.flatMap((secret) => beginning(text, secret)) : [];
  return [...known, ...looks, ...begun].map(([from, to]): Range => [afterEscape(text, from), to]);
}

function occurrences(text: string, secret: string): Range[] {
  const ranges: Range[] = [];
  for (let at = text.indexOf(secret); at >= 0; at = text.indexOf(secret, at + 1)) ranges.push([at, at + secret.length]);
  return ranges;
}

/** The start of a secret at the end of the text. */
function beginning(text: string, secret: string): Range[] {
  const least = Math.min(BEGINNING, Math.ceil(secret.length / 2));
  for (let length = Math.min(secret.length - 1, text.length); length >= least; length--) {
    if (text.endsWith(secret.slice(0, length))) return [[text.length - length, text.length]];
  }
  return [];
}

/** The first letter of a secret may belong to an escape of JSON, which would break without it. */
function afterEscape(text: string, from: number): number {
  const before = text.slice(Math.max(0, from - 6), from);
  const [escape] = /(?<!\\)(?:\\\\)*\\(?:u[\da-f]{0,3})?$/i.exec(before) ?? [];
  if (escape === undefined) return from;
  const begun = escape.slice(escape.lastIndexOf('\\'));
  const whole = begun.length === 1 && text[from] !== 'u' ? 2 : 6;
  return from + whole - begun.length;
}

/** The start and the end of something. */
type Range = readonly [from: number, to: number];

/** A string that Claude wrote in pieces: its whole text, and where the pieces are. */
interface JoinedDeltas {
  /** The pieces side by side, as in JSON, without quotation marks. */
  readonly text: string;
  /** Where parts of the text are in the body. */
  readonly toBody: (range: Range) => Range[];
}

interface Piece {
  /** Its start in the body. */
  readonly at: number;
  readonly text: string;
}

/** The start of a message, or a delta up to its string: index, kind. */
const PART =
  /"type": ?"message_start"|"index": ?(\d+), ?"delta": ?\{"type": ?"\w+", ?"(text|thinking|partial_json)": ?"/g;

/** Joins the deltas of a body: Claude may write a word in any number of pieces. */
function joinDeltas(body: string): JoinedDeltas[] {
  const open = new Map<string, Piece[]>();
  const all: Piece[][] = [];
  for (const { 0: found, 1: index, 2: kind, index: from } of body.matchAll(PART)) {
    if (kind === undefined) {
      open.clear();
      continue;
    }
    const key = `${String(index)} ${kind}`;
    const pieces = open.get(key) ?? [];
    if (pieces.length === 0) {
      open.set(key, pieces);
      all.push(pieces);
    }
    const at = from + found.length;
    pieces.push({ at, text: body.slice(at, endOfString(body, at)) });
  }
  return all.filter(({ length }) => length > 1).map(join);
}

/** The end of a JSON string that began before `at`. For long strings, a pattern would run out of stack. */
function endOfString(body: string, at: number): number {
  let end = at;
  while (end < body.length && body[end] !== '"') end += body[end] === '\\' ? 2 : 1;
  return end;
}

function join(pieces: readonly Piece[]): JoinedDeltas {
  return {
    text: pieces.map(({ text }) => text).join(''),
    toBody([from, to]) {
      const ranges: Range[] = [];
      let begin = 0;
      for (const { at, text } of pieces) {
        const [first, last] = [Math.max(from, begin), Math.min(to, begin + text.length)];
        if (first < last) ranges.push([at + first - begin, at + last - begin]);
        begin += text.length;
      }
      return ranges;
    },
  };
}
