import type { ServerResponse } from 'node:http';
import { finish, listen, sseHeaders, wait, writeChunks } from './loopback.js';
import type { Loopback } from './loopback.js';

/** One scripted response. */
export interface ScriptedResponse {
  /** @default 200 */
  readonly status?: number;
  /** Added to (or in place of) `content-type: text/event-stream` and `connection: close`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Each one is an HTTP chunk of its own. */
  readonly chunks: readonly (string | Uint8Array)[];
  /** Milliseconds to wait before every chunk. @default 0 */
  readonly delayMs?: number;
  /** Milliseconds to wait before the headers; `Infinity` never sends them. @default 0 */
  readonly headersAfterMs?: number;
  /** After the last chunk: end the body, destroy the socket (a cut), or leave it open in silence. */
  readonly then: 'end' | 'destroy' | 'hang';
}

export interface SseServer extends Loopback {
  /**
   * Resolves when the client has closed the connection of the n-th response (the first is 1) before that response was
   * finished. Use it with `then: 'hang'` to prove an abort: it stays pending if the server itself ended or cut.
   */
  closed(n: number): Promise<void>;
}

/**
 * A loopback server that plays scripted bytes, one response per request, in order. A request beyond the script gets
 * a 500 of type `script_exhausted`.
 */
export async function serveBytes(script: readonly ScriptedResponse[]): Promise<SseServer> {
  const abandoned = new Map<number, PromiseWithResolver>();
  let count = 0;

  const loopback = await listen(async (_request, response, stopped) => {
    const n = ++count;
    const ours = watchClose(response, stopped, () => {
      entry(abandoned, n).resolve();
    });
    await play(script[n - 1] ?? exhausted(n), response, stopped, ours);
  });
  return { ...loopback, closed: async (n) => entry(abandoned, n).promise };
}

/** A body as single bytes: the worst cut that a network can make. */
export function singleBytes(buffer: Uint8Array): Uint8Array[] {
  return Array.from(buffer, (_byte, at) => buffer.subarray(at, at + 1));
}

async function play(
  scripted: ScriptedResponse,
  response: ServerResponse,
  stopped: AbortSignal,
  ours: () => void,
): Promise<void> {
  const { status = 200, headers, chunks, delayMs, headersAfterMs = 0, then } = scripted;
  if (headersAfterMs > 0) await wait(headersAfterMs, stopped);
  response.writeHead(status, { ...sseHeaders, ...headers }).flushHeaders();
  await writeChunks(response, chunks, stopped, delayMs);
  if (then === 'hang') return;
  ours();
  await finish(response, then);
}

/** Tells apart who closed a connection. Returns what to call when it is the server that is about to do so. */
function watchClose(response: ServerResponse, stopped: AbortSignal, closedByClient: () => void): () => void {
  let byServer = false;
  // The socket, not the response: when this is told, `openSockets()` no longer counts it.
  response.socket?.once('close', () => {
    if (!byServer && !stopped.aborted) closedByClient();
  });
  return () => {
    byServer = true;
  };
}

function exhausted(n: number): ScriptedResponse {
  const message = `Request ${String(n)} came, but the script holds fewer responses.`;
  return {
    status: 500,
    headers: { 'content-type': 'application/json' },
    chunks: [JSON.stringify({ type: 'error', error: { type: 'script_exhausted', message }, request_id: 'req_0' })],
    then: 'end',
  };
}

interface PromiseWithResolver {
  readonly promise: Promise<void>;
  resolve(): void;
}

/** The promise of the n-th response, whoever asks first: the test or the connection. */
function entry(entries: Map<number, PromiseWithResolver>, n: number): PromiseWithResolver {
  const known = entries.get(n);
  if (known) return known;
  let resolve = (): void => undefined;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  const created = { promise, resolve };
  entries.set(n, created);
  return created;
}
