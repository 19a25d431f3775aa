import type { ServerResponse } from 'node:http';
import { finish, listen, sendJson, sseHeaders, wait, writeChunks } from './loopback.js';
import type { Loopback } from './loopback.js';
import { toSse } from './sse.js';
import { threadsUnsupported } from './strictRules/envelope.js';
import { refuse } from './strictRules/refuse.js';
import { readServed } from './strictRules/served.js';
import { readView } from './strictRules/view.js';
import type { Exchange } from './strictRules/view.js';

export { refuse };

/** One reply: events, or an HTTP error in their place. Events without a `message_stop` are a reply that was cut. */
export interface Round {
  readonly events: readonly object[];
  /** Answers with this status and the error body instead of the events; the conversation does not move on. */
  readonly failure?: {
    readonly status: number;
    readonly type: string;
    readonly message: string;
    readonly headers?: Readonly<Record<string, string>>;
  };
  /** Milliseconds before the headers. @default 0 */
  readonly headersAfterMs?: number;
  /** Milliseconds before each chunk. @default 0 */
  readonly delayMs?: number;
  /** A `ping` after every event, as the API may. @default false */
  readonly pings?: boolean;
  /** How the response ends: properly, by a destroyed socket, or not at all. @default 'end' */
  readonly then?: 'end' | 'destroy' | 'hang';
}

/** A round that fails before its stream begins: an HTTP error in the API's form. */
export function failedRound(
  status: number,
  type: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Round {
  return { events: [], failure: { status, type, message, headers } };
}

export interface StrictServerOptions {
  /** Of the chunk sizes. The same seed cuts the same way. @default 1 */
  readonly seed?: number;
  /** The largest chunk in bytes. @default 256 */
  readonly maxChunk?: number;
}

export interface StrictServer extends Loopback {
  /** The message of every 400, in order. A run is right when this is empty. */
  readonly refusals: readonly string[];
  /** How many rounds were played. */
  roundsPlayed(): number;
}

/**
 * A loopback server that behaves as the real API: it refuses what the API refuses, with its words, and plays the next
 * round otherwise. A refused request uses up no round. One server is one conversation: each request is compared with
 * the one before and with what was served for it.
 */
export async function strictServer(
  rounds: readonly Round[],
  { seed = 1, maxChunk = 256 }: StrictServerOptions = {},
): Promise<StrictServer> {
  const refusals: string[] = [];
  const random = seededRandom(seed);
  let played = 0;
  let previous: Exchange | undefined;

  const loopback = await listen(async (request, response, stopped) => {
    const round = rounds[played];
    const view = readView(request.body);
    const refusal = refuse(request.body, previous) ?? (round ? undefined : outOfRounds(played));
    if (refusal !== undefined || round === undefined || typeof view === 'string') {
      refusals.push(String(refusal));
      sendError(response, 400, 'invalid_request_error', String(refusal), {}, refusals.length);
      return;
    }
    played++;
    if (!round.failure) previous = { request: view, served: readServed(round.events) };
    await play(round, cut(bytesOf(round), maxChunk, random), response, stopped);
  });
  return { ...loopback, refusals, roundsPlayed: () => played };
}

const outOfRounds = (count: number): string =>
  `strictServer: request ${String(count + 1)} came, but only ${String(count)} rounds are scripted`;

async function play(
  { failure, headersAfterMs = 0, delayMs, then = 'end' }: Round,
  chunks: Iterable<Uint8Array>,
  response: ServerResponse,
  stopped: AbortSignal,
): Promise<void> {
  if (headersAfterMs > 0) await wait(headersAfterMs, stopped);
  if (failure) {
    sendError(response, failure.status, failure.type, failure.message, failure.headers);
    return;
  }
  response.writeHead(200, { ...sseHeaders, 'request-id': 'req_strict' }).flushHeaders();
  await writeChunks(response, chunks, stopped, delayMs);
  if (then !== 'hang') await finish(response, then);
}

function sendError(
  response: ServerResponse,
  status: number,
  type: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
  count = 1,
): void {
  // The SDK's tool runner knows by this code that it has to send whole histories.
  const details = message === threadsUnsupported ? { details: { error_code: 'thread_unsupported_request' } } : {};
  const id = `req_strict_${String(count)}`;
  const body = { type: 'error', error: { type, message, ...details }, request_id: id };
  sendJson(response, status, body, { 'request-id': id, ...headers });
}

function bytesOf({ events, pings = false }: Round): Uint8Array {
  const sent = pings ? events.flatMap((event) => [event, { type: 'ping' }]) : events;
  return new TextEncoder().encode(toSse(sent));
}

/** Cuts anywhere: inside a line, a JSON escape or a character. */
function* cut(bytes: Uint8Array, maxChunk: number, random: () => number): Iterable<Uint8Array> {
  let at = 0;
  while (at < bytes.length) {
    const size = 1 + Math.floor(random() * maxChunk);
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

/** Mulberry32: small, fast, and the same on every machine. */
function seededRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
