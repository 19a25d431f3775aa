import { Observable, type Subscriber } from 'rxjs';

/** A value that changes, for all to see. */
export interface Cell<T> {
  readonly value: T;
  /** The value at the subscription, and each change. Never ends. */
  readonly value$: Observable<T>;
  set(value: T): void;
}

/**
 * Makes a cell. Unlike a `BehaviorSubject`, it shows its changes to everyone in one order, even when someone who is shown
 * a change makes the next one: that waits until all have seen the first.
 */
export function createCell<T>(initial: T): Cell<T> {
  const subscribers = new Set<Subscriber<T>>();
  const changes: T[] = [];
  let value = initial;
  let shown = initial;

  return {
    get value() {
      return value;
    },
    value$: new Observable((subscriber) => {
      subscribers.add(subscriber);
      subscriber.next(shown);
      return () => {
        subscribers.delete(subscriber);
      };
    }),
    set(next) {
      value = next;
      if (changes.push(next) > 1) return;
      for (const change of changes) {
        shown = change;
        for (const subscriber of [...subscribers]) subscriber.next(change);
      }
      changes.length = 0;
    },
  };
}
