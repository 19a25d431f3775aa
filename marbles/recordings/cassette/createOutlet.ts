/** A body that is filled from outside. */
export interface Outlet {
  readonly body: ReadableStream<Uint8Array>;
  push(bytes: Uint8Array): void;
  /** Ends the body, or fails it, behind what was pushed and has not been read yet. */
  end(error?: Error): void;
  /** Fails the body at once. */
  break(error: Error): void;
}

/**
 * Makes an empty body. It keeps what is not read yet by itself: a stream that fails throws away what waits in it, and what
 * came before a connection broke has come.
 *
 * @param cancelled Called when its reader lets go.
 */
export function createOutlet(cancelled: () => void): Outlet {
  const waiting: Uint8Array[] = [];
  let ending: { readonly error: Error | undefined } | undefined;
  let wanted: (() => void) | undefined;
  let controller: ReadableStreamDefaultController<Uint8Array>;

  /** Hands on the next piece to a reader that waits for one. */
  const serve = (): void => {
    if (wanted === undefined) return;
    const bytes = waiting.shift();
    if (bytes !== undefined) controller.enqueue(bytes);
    else if (ending === undefined) return;
    else if (ending.error === undefined) controller.close();
    else controller.error(ending.error);
    wanted();
    wanted = undefined;
  };
  const body = new ReadableStream<Uint8Array>(
    {
      start(given) {
        controller = given;
      },
      pull: () =>
        new Promise<void>((resolve) => {
          wanted = resolve;
          serve();
        }),
      cancel() {
        wanted = undefined;
        cancelled();
      },
    },
    { highWaterMark: 0 },
  );
  return {
    body,
    push(bytes) {
      waiting.push(bytes);
      serve();
    },
    end(error) {
      ending = { error };
      serve();
    },
    break(error) {
      wanted = undefined;
      controller.error(error);
    },
  };
}
