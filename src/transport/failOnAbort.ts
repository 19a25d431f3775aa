import { Observable, type MonoTypeOperatorFunction } from 'rxjs';
import { abortError } from './abortError.js';
import type { ClaudeClient } from './ClaudeClient.js';

/**
 * Fails a stream when a signal is aborted, and before anything is started when it is aborted already: with the SDK's
 * `APIUserAbortError`, or the signal's reason where the client is not the SDK's. The listener is removed when the stream
 * ends.
 */
export function failOnAbort<T>(
  client: ClaudeClient,
  signal: AbortSignal | null | undefined,
): MonoTypeOperatorFunction<T> {
  return (source) => {
    if (signal == null) return source;
    return new Observable((subscriber) => {
      const fail = () => {
        subscriber.error(abortError(client, signal));
      };
      if (signal.aborted) {
        fail();
        return;
      }
      signal.addEventListener('abort', fail);
      subscriber.add(() => {
        signal.removeEventListener('abort', fail);
      });
      subscriber.add(source.subscribe(subscriber));
    });
  };
}
