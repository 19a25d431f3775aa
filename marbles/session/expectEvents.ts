import type { Observable, Subscription } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { checkEvents } from '../compare/checkEvents.js';
import { type ExpectedValues, readExpectation } from '../compare/expectation.js';
import { createRunRecorder } from '../run/Run.js';
import type { Session } from './createSession.js';
import { here, pointingAt } from './MarbleError.js';

/** An expectation of the events of a stream. */
export interface EventsExpectation {
  /**
   * Expects the events of a diagram, at its times.
   *
   * @param diagram A line of marbles in the letters of the legend, or a diagram with lanes as `drawMarbles` draws it.
   * @param values What letters mean, where the legend is not enough: fields that the event must have, a list of such for
   * several events at once, a matcher such as `expect.objectContaining(...)`, or a function that returns `true` for the right
   * event. `#` is the error.
   * @throws DiagramError for a diagram that cannot be read, and for a letter without a meaning.
   */
  toBe(diagram: string, values?: ExpectedValues): void;
}

/** Subscribes to a stream on the virtual clock, to compare its events with a diagram. */
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
