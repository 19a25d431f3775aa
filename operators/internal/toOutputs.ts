import { from, isObservable, Observable, of, switchMap } from 'rxjs';
import { isAsyncIterable } from '../../src/iteration/isAsyncIterable.js';
import { isPromiseLike } from '../../src/iteration/isPromiseLike.js';
import { pump } from '../../src/iteration/pump.js';

/** The values of whatever a tool returned: one for a value or a promise, many for an async iterable or an Observable. */
export function toOutputs(returned: unknown): Observable<unknown> {
  if (isObservable(returned)) return returned;
  if (isAsyncIterable(returned)) return fromAsyncIterable(returned);
  if (isPromiseLike(returned)) return from(returned).pipe(switchMap(toOutputs));
  return of(returned);
}

/** Like rxjs's `from`, but lets go of the iterator in the tick of the unsubscription. */
function fromAsyncIterable(iterable: AsyncIterable<unknown>): Observable<unknown> {
  return new Observable((subscriber) => pump(iterable, subscriber));
}
