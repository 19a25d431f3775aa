import { APIUserAbortError } from '@anthropic-ai/sdk/core/error';
import { Observable, type MonoTypeOperatorFunction } from 'rxjs';

/**
 * Fails a stream with the SDK's `APIUserAbortError` when a signal is aborted, and before anything is started when it is
 * aborted already. The listener is removed when the stream ends.
 */
export function failOnAbort<T>(signal: AbortSignal | null | undefined): MonoTypeOperatorFunction<T> {
  return (source) => {
    if (signal == null) return source;
    return new Observable((subscriber) => {
      const fail = () => {
        subscriber.error(new APIUserAbortError());
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
