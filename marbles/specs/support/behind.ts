import { Observable, type MonoTypeOperatorFunction } from 'rxjs';

/** Mirrors a stream, and does something right behind each value: as a subscriber does that reacts to what it sees. */
export function behind<T>(react: (value: T) => void): MonoTypeOperatorFunction<T> {
  return (source) =>
    new Observable((subscriber) =>
      source.subscribe({
        next: (value) => {
          subscriber.next(value);
          react(value);
        },
        error: (error: unknown) => {
          subscriber.error(error);
        },
        complete: () => {
          subscriber.complete();
        },
      }),
    );
}
