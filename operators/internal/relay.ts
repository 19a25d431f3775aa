import { Subscription, takeUntil, type Observable, type Subscriber } from 'rxjs';
import { whenUnsubscribed } from './whenUnsubscribed.js';

/** What an operator does with its source. */
export interface Relay<In> {
  readonly next: (value: In) => void;
  /** Default: the subscriber gets the error as it is. */
  readonly error?: (error: unknown) => void;
  /** Default: completes the subscriber. */
  readonly complete?: () => void;
}

/**
 * Subscribes to a source on behalf of an operator that is written by hand. What `next` or `complete` throws becomes an
 * error of the stream, and the source is let go of the moment the subscriber is, even while it emits synchronously.
 */
export function relay<In, Out>(
  source: Observable<In>,
  subscriber: Subscriber<Out>,
  {
    next,
    error = (reason) => {
      subscriber.error(reason);
    },
    complete = () => {
      subscriber.complete();
    },
  }: Relay<In>,
): Subscription {
  const link = new Subscription();
  subscriber.add(link);
  const guarded =
    <Args extends unknown[]>(work: (...args: Args) => void) =>
    (...args: Args): void => {
      if (link.closed) return;
      try {
        work(...args);
      } catch (thrown) {
        subscriber.error(thrown);
      }
    };
  /** Whatever ends the source ends the link, or a subscriber with many sources would keep them all. */
  const last =
    <Args extends unknown[]>(work: (...args: Args) => void) =>
    (...args: Args): void => {
      link.unsubscribe();
      work(...args);
    };
  const inner = source.pipe(takeUntil(whenUnsubscribed(link))).subscribe({
    next: guarded(next),
    error: guarded(last(error)),
    complete: guarded(last(complete)),
  });
  link.add(inner);
  return link;
}
