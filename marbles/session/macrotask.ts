// Real time is what is wanted here, for promises settle in no other; taken before a test can put a fake in its place.
const { setImmediate: soon, setTimeout: later } = globalThis as {
  readonly setImmediate?: (work: () => void) => unknown;
  readonly setTimeout: (work: () => void, milliseconds: number) => unknown;
};

/** Waits until every promise that can settle by itself has. */
export function macrotask(): Promise<void> {
  return new Promise((resolve) => {
    if (soon === undefined) later(resolve, 0);
    else soon(resolve);
  });
}
