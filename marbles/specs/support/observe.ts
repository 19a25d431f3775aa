import { asyncScheduler, type Observable } from 'rxjs';

/** What a stream emitted, as plain data. */
export interface Seen<T> {
  readonly values: T[];
  /** When each value came, and the end last, in milliseconds since the subscription. */
  readonly times: number[];
  /** How the stream ended; `undefined` while it goes on. */
  end?: 'complete' | 'error' | undefined;
  error?: unknown;
}

/** Subscribes and records, for what a diagram cannot show: the identity of events, and their details. */
export function observe<T>(source: Observable<T>): Seen<T> {
  const from = asyncScheduler.now();
  // What happens while it subscribes takes no time, however busy the machine is.
  const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.now());
  const seen: Seen<T> = { values: [], times: [] };
  const note = (): void => {
    seen.times.push(asyncScheduler.now() - from);
  };
  source.subscribe({
    next: (value) => {
      seen.values.push(value);
      note();
    },
    error: (error: unknown) => {
      note();
      seen.end = 'error';
      seen.error = error;
    },
    complete: () => {
      note();
      seen.end = 'complete';
    },
  });
  clock.mockRestore();
  return seen;
}
