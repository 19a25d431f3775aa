import { catchError, type Observable, of, throwError } from 'rxjs';
import type { CassetteResponse } from './Cassette.js';
import { CassetteError } from './CassetteError.js';
import { type FetchInit, type FetchInput, isRequest } from './describeRequest.js';
import { isHead, type WirePart } from './playExchange.js';

/** Statuses whose responses cannot have a body. */
const WITHOUT_BODY: readonly number[] = [204, 205, 304];

/**
 * Plays a response as `fetch` returns it: a promise of its head, and a body whose chunks come at their times. Cancelling the
 * body, or aborting the signal, stops it at once.
 */
export function toResponse(wire: Observable<WirePart>, signal: AbortSignal | null | undefined): Promise<Response> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      subscription.unsubscribe();
      signal?.removeEventListener('abort', abort);
    };
    const abort = (): void => {
      stop();
      const reason = signal?.reason as Error;
      reject(reason);
      outlet.break(reason);
    };
    const outlet = createOutlet(stop);
    const subscription = wire.subscribe({
      next: (part) => {
        if (isHead(part)) resolve(new Response(WITHOUT_BODY.includes(part.status) ? null : outlet.body, part));
        else outlet.push(part);
      },
      error: (error: unknown) => {
        const failure = error as Error;
        signal?.removeEventListener('abort', abort);
        reject(failure);
        outlet.end(failure);
      },
      complete: () => {
        signal?.removeEventListener('abort', abort);
        outlet.end();
      },
    });
    if (!subscription.closed) signal?.addEventListener('abort', abort);
  });
}

/** A body that is filled from outside. */
interface Outlet {
  readonly body: ReadableStream<Uint8Array>;
  push(bytes: Uint8Array): void;
  /** Ends the body, or fails it, after what was pushed and not read yet. */
  end(error?: Error): void;
  /** Fails the body at once. */
  break(error: Error): void;
}

/**
 * Makes an empty body. It queues what is not read yet by itself: a stream that fails would drop its own queue, but what came
 * before a connection broke did come.
 *
 * @param cancelled Called when its reader cancels.
 */
function createOutlet(cancelled: () => void): Outlet {
  const waiting: Uint8Array[] = [];
  let ending: { readonly error: Error | undefined } | undefined;
  let wanted: (() => void) | undefined;
  let controller: ReadableStreamDefaultController<Uint8Array>;

  /** Hands the next piece to a reader that waits for one. */
  const serve = (): void => {
    if (wanted === undefined) return;
    const bytes = waiting.shift();
    if (bytes !== undefined) controller.enqueue(bytes);
    else if (ending === undefined) return;
    else if (ending.error === undefined) controller.close();
    else controller.error(ending.error);
    wanted();
    wanted = undefined;
  };
  const body = new ReadableStream<Uint8Array>(
    {
      start(given) {
        controller = given;
      },
      pull: () =>
        new Promise<void>((resolve) => {
          wanted = resolve;
          serve();
        }),
      cancel() {
        wanted = undefined;
        cancelled();
      },
    },
    { highWaterMark: 0 },
  );
  return {
    body,
    push(bytes) {
      waiting.push(bytes);
      serve();
    },
    end(error) {
      ending = { error };
      serve();
    },
    break(error) {
      wanted = undefined;
      controller.error(error);
    },
  };
}

/** Whether the request is the SDK's: a header says so. */
export function isSdkRequest(input: FetchInput, init: FetchInit): boolean {
  return new Headers(init?.headers ?? (isRequest(input) ? input.headers : undefined)).has('x-stainless-lang');
}

/**
 * A 400 for when the cassette has no reply. The SDK would take an error of `fetch` for a bad connection, retry, and hide it.
 */
export function refuse(wire: Observable<WirePart>): Observable<WirePart> {
  return wire.pipe(
    catchError((error: unknown) =>
      error instanceof CassetteError ? refusal(error) : throwError(() => error as Error),
    ),
  );
}

function refusal({ message }: CassetteError): Observable<WirePart> {
  const error = { type: 'error', error: { type: 'cassette_error', message } };
  const head: CassetteResponse = { time: 0, status: 400, headers: { 'content-type': 'application/json' } };
  return of<WirePart[]>(head, new TextEncoder().encode(JSON.stringify(error)));
}
