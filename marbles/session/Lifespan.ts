import { type MonoTypeOperatorFunction, tap } from 'rxjs';

/** From when until when something went on, and how it ended. */
export interface Lifespan {
  /** In milliseconds of virtual time. */
  readonly from: number;
  /** `undefined` while it goes on. */
  to?: number;
  how?: 'completed' | 'failed' | 'cancelled';
}

/** Notes when a stream ended, and how, before anybody else is told. The first end counts. */
export function track<T>(lifespan: Lifespan, now: () => number): MonoTypeOperatorFunction<T> {
  const end = (how: Lifespan['how'] & string) => (): void => {
    lifespan.to ??= now();
    lifespan.how ??= how;
  };
  return tap({ complete: end('completed'), error: end('failed'), unsubscribe: end('cancelled') });
}
