import { Observable, type MonoTypeOperatorFunction } from 'rxjs';

/** Mirrors a stream, and does something right after each value, like a subscriber that reacts to what it gets. */
export function reacting<T>(react: (value: T) => void): MonoTypeOperatorFunction<T> {
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
