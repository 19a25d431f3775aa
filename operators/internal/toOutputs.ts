import { from, isObservable, Observable, of, switchMap, type Subscriber } from 'rxjs';
import { isAsyncIterable } from '../../src/values/isAsyncIterable.js';
import { isObject } from '../../src/values/isObject.js';
import { isPromiseLike } from '../../src/values/isPromiseLike.js';
import { pump } from '../../src/values/pump.js';

/** The values of whatever a tool returned: one for a value or a promise, many for an async iterable or an Observable. */
export function toOutputs(returned: unknown): Observable<unknown> {
  if (isObservable(returned)) return returned;
  if (isAsyncIterable(returned)) return fromAsyncIterable(returned);
  if (isGenerator(returned)) return fromGenerator(returned);
  if (isPromiseLike(returned)) return from(returned).pipe(switchMap(toOutputs));
  return of(returned);
}

/** Like rxjs's `from`, but lets go of the iterator in the tick of the unsubscription, and takes what it returns, too. */
function fromAsyncIterable(iterable: AsyncIterable<unknown>): Observable<unknown> {
  return new Observable((subscriber) =>
    pump(iterable, {
      next: (value) => {
        subscriber.next(value);
      },
      error: (error) => {
        subscriber.error(error);
      },
      complete: (last) => {
        end(subscriber, last);
      },
    }),
  );
}

/** The values that a generator yields, and the one that it returns. */
function fromGenerator(generator: Generator): Observable<unknown> {
  return new Observable((subscriber) => {
    while (!subscriber.closed) {
      const result: IteratorResult<unknown, unknown> = generator.next();
      if (result.done === true) end(subscriber, result.value);
      else subscriber.next(result.value);
    }
    generator.return(undefined);
  });
}

function end(subscriber: Subscriber<unknown>, last: unknown): void {
  if (last !== undefined) subscriber.next(last);
  subscriber.complete();
}

/** A generator is made to be run through; other iterables, such as arrays and maps, are values. */
function isGenerator(value: unknown): value is Generator {
  return isObject(value) && typeof value['next'] === 'function' && Symbol.iterator in value;
}
