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
