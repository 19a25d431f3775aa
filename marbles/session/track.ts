import { type MonoTypeOperatorFunction, tap } from 'rxjs';
import type { Lifespan } from './Lifespan.js';

/** Notes when a stream ended, and how, before anybody else is told. The first end counts. */
export function track<T>(lifespan: Lifespan, now: () => number): MonoTypeOperatorFunction<T> {
  const end = (how: Lifespan['how'] & string) => (): void => {
    lifespan.to ??= now();
    lifespan.how ??= how;
  };
  return tap({ complete: end('completed'), error: end('failed'), unsubscribe: end('cancelled') });
}
