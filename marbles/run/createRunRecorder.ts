import type { Run, RunEnd, TimedValue } from './Run.js';

/** Writes down what comes out of a stream that it is subscribed to. */
export interface RunRecorder {
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
