import { optionError } from '../../../src/errors/failures.js';
import { toChunk, toLatin1 } from './bytes.js';
import type { Cassette, CassetteExchange } from './Cassette.js';
import { VERSION } from './Cassette.js';

/** The body of one response, and its request. */
export interface RecordedRound {
  /** The body: server-sent events, byte for byte. */
  readonly sse: string | Uint8Array;
  /** The body of the request. Default: `replay` accepts any request. */
  readonly request?: object;
  /** The lengths of the body's chunks, in bytes. Default: one chunk for each event. */
  readonly chunks?: readonly number[];
}

/** Invented times, in milliseconds. */
const TO_FIRST = 20;
const BETWEEN_EVENTS = 2;
const BETWEEN_CHUNKS = 10;
const TO_NEXT_ROUND = 20;

/** An empty line ends an event. */
const EVENT = /[\s\S]+?(?:(?:\r\n){2,}|\n{2,}|\r{2,}|$)/g;

/**
 * Makes a cassette of bodies that were stored without times, such as fixtures of other projects.
 *
 * The times are invented. The response and its first chunk come 20 ms after the request. Then chunks of known lengths come
 * every 10 ms, or else events every 2 ms. The body ends with its last chunk, and the next request follows 20 ms later.
 * Nothing is hidden: secrets in the bodies are in the cassette, too.
 *
 * @param rounds The responses of one conversation, in order.
 * @returns A cassette for {@link replay}, or for {@link formatCassette}.
 * @throws OptionError when the lengths of the chunks do not add up to the length of the body.
 * @example
 * ```ts
 * import { cassetteFromRecording, replay } from 'rxclaude/recordings';
 *
 * declare const first: Uint8Array;
 * declare const second: Uint8Array;
 *
 * const client = replay(cassetteFromRecording([{ sse: first }, { sse: second }]));
 * ```
 */
export function cassetteFromRecording(rounds: readonly RecordedRound[]): Cassette {
  let time = 0;
  const exchanges = rounds.map((round, index) => {
    const exchange = toExchange(round, time, `cassetteFromRecording.rounds.${index}.chunks`);
    time = (exchange.end?.time ?? time) + TO_NEXT_ROUND;
    return exchange;
  });
  return { version: VERSION, exchanges };
}

function toExchange({ sse, request, chunks: lengths }: RecordedRound, sent: number, option: string): CassetteExchange {
  const bytes = typeof sse === 'string' ? new TextEncoder().encode(sse) : sse;
  const first = sent + TO_FIRST;
  const step = lengths === undefined ? BETWEEN_EVENTS : BETWEEN_CHUNKS;
  const pieces = cut(bytes, lengths ?? eventLengths(bytes), option);
  const chunks = pieces.map((piece, index) => toChunk(first + index * step, piece));
  return {
    request: {
      time: sent,
      method: 'POST',
      path: '/v1/messages',
      headers: { 'content-type': 'application/json' },
      ...(request !== undefined && { body: request }),
    },
    response: { time: first, status: 200, headers: { 'content-type': 'text/event-stream' } },
    chunks,
    end: { time: chunks.at(-1)?.time ?? first, how: 'complete' },
  };
}

function eventLengths(bytes: Uint8Array): number[] {
  return (toLatin1(bytes).match(EVENT) ?? []).map(({ length }) => length);
}

function cut(bytes: Uint8Array, lengths: readonly number[], option: string): Uint8Array[] {
  const sum = lengths.reduce((total, length) => total + length, 0);
  if (sum !== bytes.length) throw optionError(option, `lengths that add up to ${bytes.length} bytes`, sum);
  let at = 0;
  return lengths.map((length) => bytes.subarray(at, (at += length)));
}
