import { toLatin1 } from './bytes.js';
import { joinDeltas, type Range } from './joinDeltas.js';
import { KEY_LOOKS } from './keyLooks.js';

const MASK = 'x'.charCodeAt(0);
/** How much of a secret must have come to be taken for its beginning, in bytes. */
const BEGINNING = 8;

/**
 * Writes `x` over each secret in a body: where its bytes lie side by side, and where Claude has written it in several
 * deltas. The length stays, and so does the form of JSON and of server-sent events.
 *
 * @param secrets As their UTF-8 bytes, one character a byte; the longest first.
 * @param unfinished Whether more may come: then a secret that has only begun at the end is written over as well.
 */
export function maskBytes(bytes: Uint8Array, secrets: readonly string[], unfinished: boolean): void {
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
  return [...known, ...looks, ...begun].map(([from, to]): Range => [behindEscape(text, from), to]);
}

function occurrences(text: string, secret: string): Range[] {
  const ranges: Range[] = [];
  for (let at = text.indexOf(secret); at >= 0; at = text.indexOf(secret, at + 1)) ranges.push([at, at + secret.length]);
  return ranges;
}

/** A secret that the end of the text has cut off. */
function beginning(text: string, secret: string): Range[] {
  const least = Math.min(BEGINNING, Math.ceil(secret.length / 2));
  for (let length = Math.min(secret.length - 1, text.length); length >= least; length--) {
    if (text.endsWith(secret.slice(0, length))) return [[text.length - length, text.length]];
  }
  return [];
}

/** What looks like the first letter of a secret may belong to an escape of JSON, which would break without it. */
function behindEscape(text: string, from: number): number {
  const before = text.slice(Math.max(0, from - 6), from);
  const [escape] = /(?<!\\)(?:\\\\)*\\(?:u[\da-f]{0,3})?$/i.exec(before) ?? [];
  if (escape === undefined) return from;
  const begun = escape.slice(escape.lastIndexOf('\\'));
  const whole = begun.length === 1 && text[from] !== 'u' ? 2 : 6;
  return from + whole - begun.length;
}
