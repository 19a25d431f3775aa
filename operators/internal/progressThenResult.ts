import { asyncScheduler, Observable, type OperatorFunction, type Subscription } from 'rxjs';
import { relay } from './relay.js';

/** A value that a running tool emitted, or its result. */
export interface Output {
  readonly kind: 'progress' | 'result';
  readonly value: unknown;
}

/**
 * Tells the last value of a source, its result, from those before it, its progress.
 *
 * ```text
 * in   --a--b--(c|)
 * out  --a--b--(C|)    a, b progress, C result
 * ```
 *
 * A value is progress as soon as a further one comes, or when the source does not end in the same tick. So a value that
 * turns out to be the last only later is both. A source without values has the result `undefined`.
 */
export function progressThenResult(): OperatorFunction<unknown, Output> {
  return (source) =>
    new Observable((subscriber) => {
      let held: { readonly value: unknown } | undefined;
      let last: unknown;
      let release: Subscription | undefined;
      const emitHeld = (): void => {
        release?.unsubscribe();
        if (held === undefined) return;
        const { value } = held;
        held = undefined;
        subscriber.next({ kind: 'progress', value });
      };
      subscriber.add(() => release?.unsubscribe());
      relay(source, subscriber, {
        next: (value) => {
          emitHeld();
          held = { value };
          last = value;
          release = asyncScheduler.schedule(emitHeld);
        },
        complete: () => {
          subscriber.next({ kind: 'result', value: last });
          subscriber.complete();
        },
      });
    });
}
