/** A value of a stream, with its time. */
export interface TimedValue {
  /** In milliseconds since the subscription. */
  readonly time: number;
  /** The value itself. */
  readonly value: unknown;
}

/** How and when a stream ended. */
export type RunEnd =
  | { readonly kind: 'complete'; readonly time: number }
  | { readonly kind: 'error'; readonly time: number; readonly error: unknown };

/** All that a stream emitted, as plain data. */
export interface Run {
  /** The values, in order. */
  readonly values: readonly TimedValue[];
  /** How it ended; `undefined` while it goes on. */
  readonly end?: RunEnd | undefined;
}

/** An observer that records a stream. */
interface RunRecorder {
  /** All so far. */
  readonly run: Run;
  next(value: unknown): void;
  error(error: unknown): void;
  complete(): void;
}

/** Makes a recorder. @param now The time in milliseconds since the start of the diagram. */
export function createRunRecorder(now: () => number): RunRecorder {
  const values: TimedValue[] = [];
  let end: RunEnd | undefined;
  return {
    get run() {
      return { values, end };
    },
    next: (value) => void values.push({ time: now(), value }),
    error(error) {
      end = { kind: 'error', time: now(), error };
    },
    complete() {
      end = { kind: 'complete', time: now() };
    },
  };
}
