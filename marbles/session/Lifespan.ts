import { type MonoTypeOperatorFunction, tap } from 'rxjs';

/** When something began, when it ended, and how. */
export interface Lifespan {
  /** In milliseconds of virtual time. */
  readonly from: number;
  /** In milliseconds of virtual time; `undefined` while it goes on. */
  to?: number;
  /** How it ended; `undefined` while it goes on. */
  how?: 'completed' | 'failed' | 'cancelled';
}

/** Records when and how a stream ended, before its subscriber gets the end. The first end counts. */
export function track<T>(lifespan: Lifespan, now: () => number): MonoTypeOperatorFunction<T> {
  const end = (how: Lifespan['how'] & string) => (): void => {
    lifespan.to ??= now();
    lifespan.how ??= how;
  };
  return tap({ complete: end('completed'), error: end('failed'), unsubscribe: end('cancelled') });
}
