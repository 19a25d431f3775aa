import type { CassetteChunk } from './Cassette.js';

/** The most bytes for one call of `String.fromCharCode`: more could overflow the stack. */
const AT_ONCE = 8_192;

/** Fails for bytes that are not UTF-8, and keeps a byte order mark: text gives back the same bytes. */
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** Bytes as a chunk of a cassette: as text when they are valid UTF-8. */
export function toChunk(time: number, bytes: Uint8Array): CassetteChunk {
  try {
    return { time, text: strict.decode(bytes) };
  } catch {
    return { time, base64: btoa(toLatin1(bytes)) };
  }
}

/** The bytes of a chunk. @throws when its `base64` is invalid. */
export function bytesOf(chunk: CassetteChunk): Uint8Array {
  if ('text' in chunk) return encoder.encode(chunk.text);
  return Uint8Array.from(atob(chunk.base64), (character) => character.charCodeAt(0));
}

/** Text with one character for each byte: positions in it are positions in the bytes. */
export function toLatin1(bytes: Uint8Array): string {
  const pieces: string[] = [];
  for (let at = 0; at < bytes.length; at += AT_ONCE) {
    pieces.push(String.fromCharCode(...bytes.subarray(at, at + AT_ONCE)));
  }
  return pieces.join('');
}

/** The UTF-8 bytes of a text, one character for each byte. */
export function utf8AsLatin1(text: string): string {
  return toLatin1(encoder.encode(text));
}

/** A copy of what a body emits: bytes, a buffer or, with some `fetch`, text. */
export function copyOf(chunk: Uint8Array | ArrayBuffer | string): Uint8Array {
  if (typeof chunk === 'string') return encoder.encode(chunk);
  return new Uint8Array(chunk).slice();
}

/** Joins pieces. */
export function concat(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
