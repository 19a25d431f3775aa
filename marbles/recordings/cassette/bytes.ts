import type { CassetteChunk } from './Cassette.js';

/** How many characters `String.fromCharCode` takes at once, on every stack. */
const AT_ONCE = 8_192;

/** Only text that gives back the same bytes is kept as text, a byte order mark included. */
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** Bytes as a chunk of a cassette: as text where they are UTF-8 by themselves. */
export function toChunk(time: number, bytes: Uint8Array): CassetteChunk {
  try {
    return { time, text: strict.decode(bytes) };
  } catch {
    return { time, base64: btoa(toLatin1(bytes)) };
  }
}

/** The bytes of a chunk. @throws when its `base64` is none. */
export function bytesOf(chunk: CassetteChunk): Uint8Array {
  if ('text' in chunk) return encoder.encode(chunk.text);
  return Uint8Array.from(atob(chunk.base64), (character) => character.charCodeAt(0));
}

/** One character a byte: what is found in such a text is found at the same place in the bytes. */
export function toLatin1(bytes: Uint8Array): string {
  const pieces: string[] = [];
  for (let at = 0; at < bytes.length; at += AT_ONCE) {
    pieces.push(String.fromCharCode(...bytes.subarray(at, at + AT_ONCE)));
  }
  return pieces.join('');
}

/** A text as its UTF-8 bytes, one character a byte. */
export function utf8AsLatin1(text: string): string {
  return toLatin1(encoder.encode(text));
}

/** What a body gives may be bytes, a buffer or, with some `fetch`, text. The bytes are a copy. */
export function copyOf(chunk: Uint8Array | ArrayBuffer | string): Uint8Array {
  if (typeof chunk === 'string') return encoder.encode(chunk);
  return new Uint8Array(chunk).slice();
}

/** Several pieces as one. */
export function concat(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
