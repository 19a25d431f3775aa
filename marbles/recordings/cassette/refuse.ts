import { catchError, type Observable, of, throwError } from 'rxjs';
import type { CassetteResponse } from './Cassette.js';
import { CassetteError } from './CassetteError.js';
import { type FetchInput, type FetchInit, isRequest } from './describeRequest.js';
import type { WirePart } from './playExchange.js';

/** Whether the SDK is asking: it says so in a header. */
export function isSdkRequest(input: FetchInput, init: FetchInit): boolean {
  return new Headers(init?.headers ?? (isRequest(input) ? input.headers : undefined)).has('x-stainless-lang');
}

/**
 * Answers with a 400 where the cassette has no reply. The SDK takes any error of a `fetch` for a bad connection, tries
 * again, and says nothing of it in the end.
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
