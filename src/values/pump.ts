/** Receives the values of an async iterable. */
export interface Sink<T> {
  next(value: T): void;
  error(error: unknown): void;
  /** @param returned What the iterator returned at its end, as a generator may. */
  complete(returned?: unknown): void;
}

/**
 * Reads an async iterable and passes on each value at once.
 *
 * When unsubscribed, rxjs's `from(asyncIterable)` keeps the iterator open until its next value; this closes it in the
 * same tick.
 *
 * @returns A function that stops: it calls the iterator's `return()` and ignores anything that still comes.
 */
export function pump<T>(iterable: AsyncIterable<T>, sink: Sink<T>): () => void {
  const iterator = iterable[Symbol.asyncIterator]();
  let open = true;

  async function readAll(): Promise<void> {
    try {
      let result = await iterator.next();
      for (; result.done !== true; result = await iterator.next()) {
        if (!open) return;
        sink.next(result.value);
      }
      if (open) sink.complete(result.value);
    } catch (error) {
      if (open) sink.error(error);
    }
    open = false;
  }

  void readAll();
  return () => {
    if (!open) return;
    open = false;
    void close(iterator);
  };
}

async function close(iterator: AsyncIterator<unknown>): Promise<void> {
  try {
    await iterator.return?.();
  } catch {
    // The reader has left, so there is no one to report this to.
  }
}
