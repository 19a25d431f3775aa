import { defer, fromEvent, map, of, takeUntil, type MonoTypeOperatorFunction, type Observable } from 'rxjs';
import { isObject } from '../values/isObject.js';

/**
 * What a stream fails with when it is aborted from outside: the `APIUserAbortError` of the SDK that the client belongs
 * to, or the signal's own reason where there is no SDK. The class is taken from the client, so that a program without
 * the SDK need not load it.
 */
export function abortError(client: object, signal: AbortSignal): unknown {
  const { messages } = client as { messages?: unknown };
  const sdk = isObject(messages) && isObject(messages['_client']) ? messages['_client'] : client;
  const { APIUserAbortError: Kind } = sdk.constructor as { APIUserAbortError?: new () => Error };
  return Kind === undefined ? signal.reason : new Kind();
}

/**
 * Fails when a signal is aborted, at once when it is aborted already, and says nothing else: with the SDK's
 * `APIUserAbortError`, or the signal's reason where the client is not the SDK's. Unsubscribing removes the listener.
 */
export function whenAborted(client: object, signal: AbortSignal): Observable<never> {
  const aborted$ = defer(() => (signal.aborted ? of(signal) : fromEvent(signal, 'abort')));
  return aborted$.pipe(
    map(() => {
      throw abortError(client, signal);
    }),
  );
}

/** Fails a stream when a signal is aborted, and before anything is started when it is aborted already. */
export function failOnAbort<T>(client: object, signal: AbortSignal | null | undefined): MonoTypeOperatorFunction<T> {
  return (source) => (signal == null ? source : source.pipe(takeUntil(whenAborted(client, signal))));
}
