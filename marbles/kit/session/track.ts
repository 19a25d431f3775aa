import { Observable } from 'rxjs';
import type { Lifespan } from './Lifespan.js';

/** Mirrors a stream, and notes when it ended and how. */
export function track<T>(source: Observable<T>, lifespan: Lifespan, now: () => number): Observable<T> {
  const end = (how: Lifespan['how'] & string): void => {
    lifespan.to ??= now();
    lifespan.how ??= how;
  };
  return new Observable((subscriber) => {
    subscriber.add(() => {
      end('cancelled');
    });
    source.subscribe({
      next: (value) => {
        subscriber.next(value);
      },
      error: (error: unknown) => {
        end('failed');
        subscriber.error(error);
      },
      complete: () => {
        end('completed');
        subscriber.complete();
      },
    });
  });
}
