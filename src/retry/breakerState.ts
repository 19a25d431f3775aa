/** What a circuit breaker does with the streams that come. */
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

/** How a stream ended that was let through: `refused` by a service that is up, or `left`, which says nothing. */
export type Ending = 'completed' | 'failed' | 'refused' | 'left';

/** The state of a breaker that has seen no failure. */
export const CLOSED: BreakerState = { _tag: 'Closed', failures: 0 };

/** The state in which a stream that comes now may begin; `undefined` when it may not. */
export function admit(state: BreakerState, now: number, { openFor }: BreakerLimits): BreakerState | undefined {
  if (state._tag === 'Closed') return state;
  if (state._tag === 'HalfOpen') return undefined;
  const left = state.until - now;
  // The clock of the machine may have been set back; nobody waits longer for that.
  if (left > 0 && left <= openFor) return undefined;
  return { _tag: 'HalfOpen', failures: state.failures };
}

/** The state after a stream has ended that `state` had let through. */
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
