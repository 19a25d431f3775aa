import type { RunHelpers } from 'rxjs/testing';
import type { MarbleScheduler } from './MarbleScheduler.js';
import { here } from './MarbleError.js';

/** rxjs's own expectations, which remember what their letters mean and where in the test they stand. */
export function withPlaces(
  scheduler: MarbleScheduler,
  native: RunHelpers,
): Pick<RunHelpers, 'expectObservable' | 'expectSubscriptions'> {
  return {
    expectObservable(source, subscriptionMarbles) {
      const asked = scheduler.ask();
      const expectation = native.expectObservable(source, subscriptionMarbles);
      const toBe: typeof expectation.toBe = (marbles, values, error) => {
        asked.values = (values ?? {}) as Readonly<Record<string, unknown>>;
        asked.at = here(toBe);
        expectation.toBe(marbles, values, error);
      };
      const toEqual: typeof expectation.toEqual = (other) => {
        asked.at = here(toEqual);
        expectation.toEqual(other);
      };
      return { toBe, toEqual };
    },
    expectSubscriptions(logs) {
      const asked = scheduler.ask();
      const expectation = native.expectSubscriptions(logs);
      const toBe: typeof expectation.toBe = (marbles) => {
        asked.at = here(toBe);
        expectation.toBe(marbles);
      };
      return { toBe };
    },
  };
}
