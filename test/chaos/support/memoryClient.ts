import type { ClaudeClient } from 'rxclaude';
import { toSseEvent } from '../../support/sse.js';
import type { Chance } from './chance.js';

/** What a client in memory does, and who is told of it. */
export interface MemoryClientOptions {
  readonly chance: Chance;
  /** The events of the n-th reply, counted from 1. A reply without a `message_stop` breaks off. */
  readonly reply: (n: number) => readonly object[];
  /** Whether bodies take no notice of the signal, and so have to be cancelled. */
  readonly deaf: boolean;
  /** Called when a request is sent, and when its headers are there. */
  readonly reached: (what: 'asked' | 'answered') => void;
}

export interface MemoryClient extends ClaudeClient {
  /** How many requests wait for their headers, and how many bodies are neither read to their end nor left. */
  open(): { readonly requests: number; readonly bodies: number };
  /** The signals that requests were given. */
  readonly signals: readonly AbortSignal[];
  /** Those of requests whose reply has come to its end or broken off by itself. */
  readonly over: ReadonlySet<AbortSignal>;
}

/** A client that answers as `fetch` does: later, with a `Response` whose body comes piece by piece. */
export function memoryClient({ chance, reply, deaf, reached }: MemoryClientOptions): MemoryClient {
  const signals: AbortSignal[] = [];
  const over = new Set<AbortSignal>();
  let requests = 0;
  let bodies = 0;

  const answer = async (signal: AbortSignal): Promise<Response> => {
    requests++;
    const headers = turn(chance.int(0, 2), signal, () => requests--);
    reached('asked');
    await headers;
    bodies++;
    const body = slowBody(reply(signals.length), chance, deaf ? undefined : signal, (byItself) => {
      bodies--;
      if (byItself) over.add(signal);
    });
    reached('answered');
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
  };
  return {
    open: () => ({ requests, bodies }),
    signals,
    over,
    messages: {
      create: async (_, options) => {
        const signal = options?.signal ?? new AbortController().signal;
        signals.push(signal);
        return answer(signal);
      },
    },
  };
}

/** Lets some time pass, or fails when the signal is aborted. */
async function turn(milliseconds: number, signal: AbortSignal, done: () => void): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(settle, milliseconds);
    signal.addEventListener('abort', settle);
    function settle(): void {
      done();
      clearTimeout(timer);
      signal.removeEventListener('abort', settle);
      if (signal.aborted) reject(signal.reason);
      else resolve();
    }
  });
}

/** A body that comes event by event, in turns, until it ends, breaks off, is cancelled or aborted. */
function slowBody(
  events: readonly object[],
  chance: Chance,
  signal: AbortSignal | undefined,
  done: (byItself: boolean) => void,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let next: NodeJS.Immediate | undefined;
  let at = 0;
  let open = true;
  const close = (byItself = false): void => {
    if (!open) return;
    open = false;
    clearImmediate(next);
    signal?.removeEventListener('abort', abort);
    done(byItself);
  };
  let abort = (): void => undefined;

  return new ReadableStream({
    start: (controller) => {
      abort = () => {
        close();
        controller.error(signal?.reason);
      };
      signal?.addEventListener('abort', abort);
      const send = (): void => {
        const count = chance.int(1, 3);
        for (const event of events.slice(at, at + count)) controller.enqueue(encoder.encode(toSseEvent(event)));
        at += count;
        if (at < events.length) next = setImmediate(send);
        else {
          const isWhole = events.some((event) => 'type' in event && event.type === 'message_stop');
          close(true);
          if (isWhole) controller.close();
          else controller.error(new TypeError('terminated'));
        }
      };
      next = setImmediate(send);
    },
    cancel: () => {
      close();
    },
  });
}
