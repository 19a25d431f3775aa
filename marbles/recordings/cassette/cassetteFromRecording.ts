import { optionError } from '../../../src/errors/failures.js';
import { toChunk, toLatin1 } from './bytes.js';
import type { Cassette, CassetteExchange } from './Cassette.js';
import { VERSION } from './Cassette.js';

/** The body of one response, and what is known of it. */
export interface RecordedRound {
  /** The body: server-sent events, to the byte. */
  readonly sse: string | Uint8Array;
  /** The body of the request. Without it, replay lets any request through. */
  readonly request?: object;
  /** The lengths of the chunks in which the body came, in bytes. Default: one chunk an event. */
  readonly chunks?: readonly number[];
}

/** The times that are made up, in milliseconds. */
const TO_FIRST = 20;
const BETWEEN_EVENTS = 2;
const BETWEEN_CHUNKS = 10;
const TO_NEXT_ROUND = 20;

/** An empty line ends an event. */
const EVENT = /[\s\S]+?(?:(?:\r\n){2,}|\n{2,}|\r{2,}|$)/g;

/**
 * Makes a cassette of bodies that were kept without their times, such as fixtures of other projects.
 *
 * The times are made up. The response and its first chunk come 20 ms behind the request; then, where the lengths of the
 * chunks are known, each comes 10 ms behind the one before, and else each event comes 2 ms behind the one before. The
 * body ends with its last chunk, and the next round's request is sent 20 ms later. Nothing is hidden: what is in the bodies
 * is in the cassette.
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
