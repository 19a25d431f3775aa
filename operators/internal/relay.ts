import { Subscription, type Observable, type Observer, type Subscriber } from 'rxjs';

/** What an operator does with its source. */
export interface RelayHandlers<In> {
  /** Default: the subscriber gets the value as it is. */
  readonly next?: (value: In) => void;
  /** Default: the subscriber gets the error as it is. */
  readonly error?: (error: unknown) => void;
  /** Default: completes the subscriber. */
  readonly complete?: () => void;
}

/**
 * Subscribes to a source for a hand-written operator. What a handler throws becomes an error of the stream, and the
 * source is unsubscribed from together with the subscriber, even while it emits synchronously.
 */
export function relay<In, Out>(
  source: Observable<In>,
  subscriber: Subscriber<Out>,
  handlers: RelayHandlers<In> = {},
): Subscription {
  const link = createRelay(subscriber, handlers);
  if (!link.closed) source.subscribe(link);
  return link;
}

/** The observer of {@link relay}, for an operator that unsubscribes from its source while that emits synchronously. */
export function createRelay<In, Out>(
  subscriber: Subscriber<Out>,
  handlers: RelayHandlers<In>,
): Subscription & Observer<In> {
  const link = new Relay(subscriber, handlers);
  subscriber.add(link);
  return link;
}

/** Observer and subscription in one: rxjs uses it unwrapped, so an event costs one call from operator to operator. */
class Relay<In> extends Subscription implements Observer<In> {
  readonly #subscriber: Subscriber<unknown>;
  readonly #handlers: RelayHandlers<In>;

  constructor(subscriber: Subscriber<unknown>, handlers: RelayHandlers<In>) {
    super();
    this.#subscriber = subscriber;
    this.#handlers = handlers;
  }

  next(value: In): void {
    if (this.closed) return;
    try {
      const { next } = this.#handlers;
      if (next === undefined) this.#subscriber.next(value);
      else next(value);
    } catch (thrown) {
      this.#subscriber.error(thrown);
    }
  }

  error(reason: unknown): void {
    const { error } = this.#handlers;
    this.#end(() => {
      if (error === undefined) this.#subscriber.error(reason);
      else error(reason);
    });
  }

  complete(): void {
    const { complete } = this.#handlers;
    this.#end(() => {
      if (complete === undefined) this.#subscriber.complete();
      else complete();
    });
  }

  /** The link ends with its source; otherwise a subscriber with many sources would keep them all. */
  #end(last: () => void): void {
    if (this.closed) return;
    this.unsubscribe();
    try {
      last();
    } catch (thrown) {
      this.#subscriber.error(thrown);
    }
  }
}
