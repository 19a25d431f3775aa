/** What a circuit breaker does with new streams. */
export type BreakerState =
  | {
      /** Every stream is let through. */
      readonly _tag: 'Closed';
      /** How many failures there were since the last success. */
      readonly failures: number;
    }
  | {
      /** No stream is let through before `until`; the first one after that is the probe. */
      readonly _tag: 'Open';
      /** How many failures there were since the last success. */
      readonly failures: number;
      /** In milliseconds since 1970, on the clock of rxjs's `asyncScheduler`. */
      readonly until: number;
    }
  | {
      /** The probe is under way, and no other stream is let through. */
      readonly _tag: 'HalfOpen';
      /** How many failures there were since the last success. */
      readonly failures: number;
    };

/** When a breaker opens, and for how long. */
export interface BreakerLimits {
  readonly failures: number;
  /** In milliseconds. */
  readonly openFor: number;
}

/** How a stream that was let through ended: `refused` by a service that is up, or `left`, which says nothing. */
export type Ending = 'completed' | 'failed' | 'refused' | 'left';

/** The state of a breaker without failures. */
export const CLOSED: BreakerState = { _tag: 'Closed', failures: 0 };

/** The state in which a new stream may begin now; `undefined` when it may not. */
export function admit(state: BreakerState, now: number, { openFor }: BreakerLimits): BreakerState | undefined {
  if (state._tag === 'Closed') return state;
  if (state._tag === 'HalfOpen') return undefined;
  const left = state.until - now;
  // The machine's clock may have been set back; that must not lengthen the wait.
  if (left > 0 && left <= openFor) return undefined;
  return { _tag: 'HalfOpen', failures: state.failures };
}

/** The state after the end of a stream that `state` let through. */
export function settle(state: BreakerState, ending: Ending, now: number, limits: BreakerLimits): BreakerState {
  const probing = state._tag === 'HalfOpen';
  const failures = state.failures + 1;
  switch (ending) {
    case 'completed':
      return CLOSED;
    case 'failed':
      return probing || failures >= limits.failures
        ? { _tag: 'Open', failures, until: now + limits.openFor }
        : { _tag: 'Closed', failures };
    case 'refused':
      return probing ? CLOSED : state;
    case 'left':
      return probing ? { _tag: 'Open', failures: state.failures, until: now } : state;
  }
}
