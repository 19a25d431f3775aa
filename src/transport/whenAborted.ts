import { Observable } from 'rxjs';
import { abortError } from './abortError.js';
import type { ClaudeClient } from './ClaudeClient.js';

/**
 * Fails when a signal is aborted, at once when it is aborted already, and says nothing else: with the SDK's
 * `APIUserAbortError`, or the signal's reason where the client is not the SDK's. Unsubscribing removes the listener.
 */
export function whenAborted(client: ClaudeClient, signal: AbortSignal): Observable<never> {
  return new Observable((subscriber) => {
    const fail = (): void => {
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
  });
}
