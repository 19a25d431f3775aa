import type { Observable, Subscription } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { checkEvents } from '../compare/checkEvents.js';
import { type ExpectedValues, readExpectation } from '../compare/expectation.js';
import { createRunRecorder } from '../run/Run.js';
import type { Session } from './createSession.js';
import { here, pointingAt } from './MarbleError.js';

/** Says what the events of a stream must be. */
export interface EventsExpectation {
  /**
   * @param diagram A line of marbles in the letters of the legend, or a picture with lanes as `drawMarbles` draws it.
   * @param values What letters stand for, where their shape is not enough: fields that the event must have, several such
   * for events that come at once, a matcher such as `expect.objectContaining(...)`, or a function that gives `true` for the
   * right event. `#` is the error.
   */
  toBe(diagram: string, values?: ExpectedValues): void;
}

/** Subscribes to a stream on the virtual clock, within a test, to hold its events against a diagram. */
export function expectEvents(
  session: Session,
  source: Observable<unknown>,
  subscriptionMarbles: string | null = null,
): EventsExpectation {
  const { scheduler } = session;
  const { subscribedFrame, unsubscribedFrame } = TestScheduler.parseMarblesAsSubscriptions(subscriptionMarbles, true);
  const recorder = createRunRecorder(() => scheduler.now());
  let subscription: Subscription | undefined;
  scheduler.schedule(
    () => {
      subscription = source.subscribe(recorder);
      session.streams.add(subscription);
    },
    subscribedFrame === Infinity ? 0 : subscribedFrame,
  );
  if (unsubscribedFrame !== Infinity) scheduler.schedule(() => subscription?.unsubscribe(), unsubscribedFrame);

  let told = false;
  session.atEnd(() => (told ? undefined : 'expectEvents(...) expects nothing by itself: add `.toBe(diagram)`.'));
  const toBe = (diagram: string, values: ExpectedValues = {}): void => {
    told = true;
    const expectation = pointingAt(toBe, () => readExpectation(diagram, values));
    session.expect(() => checkEvents(recorder.run, expectation, values), here(toBe));
  };
  return { toBe };
}
