import { Observable, type Subscription } from 'rxjs';

/**
 * Emits when a subscription ends. With `takeUntil`, a source is let go of in that very moment, even while it emits
 * synchronously and `subscribe` has not yet returned anything to unsubscribe from.
 */
export function whenUnsubscribed(subscription: Subscription): Observable<void> {
  return new Observable((notifier) => {
    subscription.add(() => {
      notifier.next();
    });
  });
}
