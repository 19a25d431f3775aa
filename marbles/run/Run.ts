/** A value of a stream, and when it came. */
export interface TimedValue {
  /** In milliseconds since the subscription. */
  readonly time: number;
  readonly value: unknown;
}

/** How a stream ended, and when. */
export type RunEnd =
  | { readonly kind: 'complete'; readonly time: number }
  | { readonly kind: 'error'; readonly time: number; readonly error: unknown };

/** All that came out of a stream, as plain data. */
export interface Run {
  readonly values: readonly TimedValue[];
  /** `undefined` while the stream has not ended. */
  readonly end?: RunEnd | undefined;
}

/** Writes down what comes out of a stream that it is subscribed to. */
interface RunRecorder {
  /** All so far. */
  readonly run: Run;
  next(value: unknown): void;
  error(error: unknown): void;
  complete(): void;
}

/** Makes a recorder that has seen nothing yet. @param now The time in milliseconds, from where the diagram begins. */
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
