import { Observable } from 'rxjs';
import { type RunHelpers, TestScheduler } from 'rxjs/testing';

/** The events of one moment. */
export interface Moment<Value> {
  readonly frame: number;
  readonly values: readonly Value[];
}

/** What a stream does, and when. */
export interface Script<Value> {
  readonly moments: readonly Moment<Value>[];
  /** How it ends; `undefined` when it never does. */
  readonly end: { readonly frame: number; readonly error?: { readonly of: unknown } } | undefined;
}

/** The subscriptions to a stream, as rxjs's own test Observables record them. */
export type SubscriptionLogs = ReturnType<RunHelpers['cold']>['subscriptions'];

/** A cold Observable that plays a diagram on the virtual clock. */
export interface PlayedObservable<Value> extends Observable<Value> {
  /** Its subscriptions, for `expectSubscriptions`. */
  readonly subscriptions: SubscriptionLogs;
}

/** Makes a cold Observable from a script, as rxjs's `cold` does from a diagram. */
export function play<Value>({ moments, end }: Script<Value>, scheduler: TestScheduler): PlayedObservable<Value> {
  const subscriptions: SubscriptionLogs = [];
  const played = new Observable<Value>((subscriber) => {
    const log = TestScheduler.parseMarblesAsSubscriptions(null);
    log.subscribedFrame = scheduler.now();
    subscriptions.push(log);
    subscriber.add(() => {
      log.unsubscribedFrame = scheduler.now();
    });
    for (const { frame, values } of moments) {
      const emit = (): void => {
        for (const value of values) subscriber.next(value);
      };
      subscriber.add(scheduler.schedule(emit, frame));
    }
    if (end === undefined) return;
    const finish = (): void => {
      if (end.error === undefined) subscriber.complete();
      else subscriber.error(end.error.of);
    };
    subscriber.add(scheduler.schedule(finish, end.frame));
  });
  return Object.assign(played, { subscriptions });
}
