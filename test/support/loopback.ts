import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { once } from 'node:events';

/** What a client sent. `body` is the parsed JSON, or `undefined` if it is none. */
interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly raw: string;
  readonly body: unknown;
}

/** A server on 127.0.0.1 that remembers what it was asked. */
export interface Loopback {
  /** `http://127.0.0.1:<port>`, to be given to a client as its `baseURL`. */
  readonly url: string;
  readonly requests: readonly RecordedRequest[];
  /**
   * Connections that carried a request and are still open. 0 proves that nothing was left behind: responses are sent
   * with `connection: close`. The spare connection that Node's fetch opens after an abort does not count.
   */
  openSockets(): number;
  /** Destroys every connection and stops listening. */
  close(): Promise<void>;
}

/** Answers one request. `stopped` aborts when the server is closed, so that no timer outlives a test. */
export type Answer = (request: RecordedRequest, response: ServerResponse, stopped: AbortSignal) => Promise<void>;

/** Listens on a free port of the loopback device. Only POST /v1/messages is answered, anything else is a 404. */
export async function listen(answer: Answer): Promise<Loopback> {
  const requests: RecordedRequest[] = [];
  const sockets = new Set<Socket>();
  const used = new Set<Socket>();
  const stop = new AbortController();

  const server = createServer((incoming, response) => {
    used.add(incoming.socket);
    response.on('error', () => undefined);
    void receive(incoming)
      .then(async (request) => {
        requests.push(request);
        await (isMessages(request) ? answer(request, response, stop.signal) : notFound(response));
      })
      // A client that goes away, or a closed server: both are what the test wanted.
      .catch(() => response.destroy());
  });
  server.on('connection', (socket) => {
    sockets.add(socket.setNoDelay());
    socket.once('close', () => sockets.delete(socket) && used.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    requests,
    openSockets: () => used.size,
    close: async () => {
      if (stop.signal.aborted) return;
      stop.abort();
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

async function receive(incoming: IncomingMessage): Promise<RecordedRequest> {
  const pieces: Buffer[] = [];
  for await (const piece of incoming) pieces.push(piece as Buffer);
  const raw = Buffer.concat(pieces).toString('utf8');
  const { method = '', url: path = '', headers } = incoming;
  return { method, path, headers, raw, body: parsed(raw) };
}

function parsed(raw: string): unknown {
  try {
    return JSON.parse(raw);
  } catch {
    return undefined;
  }
}

function isMessages({ method, path }: RecordedRequest): boolean {
  return method === 'POST' && new URL(path, 'http://loopback').pathname === '/v1/messages';
}

async function notFound(response: ServerResponse): Promise<void> {
  sendJson(response, 404, {
    type: 'error',
    error: { type: 'not_found_error', message: 'Not found' },
    request_id: 'req_0',
  });
  return Promise.resolve();
}

export function sendJson(response: ServerResponse, status: number, body: object, headers: Record<string, string> = {}) {
  response.writeHead(status, { 'content-type': 'application/json', connection: 'close', ...headers });
  response.end(JSON.stringify(body));
}

export const sseHeaders = { 'content-type': 'text/event-stream; charset=utf-8', connection: 'close' };

/** Lets the event loop (and so the client, in the same process) have a turn every so many chunks. */
const chunksPerTurn = 400;

/** Writes chunk after chunk, each its own HTTP chunk, minding the socket's back-pressure. */
export async function writeChunks(
  response: ServerResponse,
  chunks: Iterable<string | Uint8Array>,
  stopped: AbortSignal,
  delayMs = 0,
): Promise<void> {
  let count = 0;
  for (const chunk of chunks) {
    if (delayMs > 0) await wait(delayMs, stopped);
    if (response.destroyed) return;
    const flowing = response.write(chunk);
    if (!flowing) await drained(response);
    else if (++count % chunksPerTurn === 0) await new Promise((resolve) => setImmediate(resolve));
  }
}

async function drained(response: ServerResponse): Promise<void> {
  if (response.destroyed) return;
  await new Promise<void>((resolve) => {
    const done = () => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });
}

/** Ends the body properly, or destroys the socket once all that was written has gone out: a cut. */
export async function finish(response: ServerResponse, how: 'end' | 'destroy'): Promise<void> {
  if (how === 'end') response.end();
  else {
    do await new Promise((resolve) => setImmediate(resolve));
    while (!response.destroyed && (response.socket?.writableLength ?? 0) > 0);
    response.destroy();
  }
}

/** Rejects when the server is closed meanwhile. An infinite wait sets no timer. */
export async function wait(milliseconds: number, stopped: AbortSignal): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const timer = Number.isFinite(milliseconds) ? setTimeout(settle, milliseconds) : undefined;
    stopped.addEventListener('abort', settle, { once: true });
    function settle(): void {
      clearTimeout(timer);
      stopped.removeEventListener('abort', settle);
      if (stopped.aborted) reject(new Error('The server was closed.'));
      else resolve();
    }
  });
}
