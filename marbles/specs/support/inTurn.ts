import { defer, type Observable } from 'rxjs';

/** A source whose first subscriber gets the first stream, the next one the second, and so on; then the last again. */
export function inTurn<T>(...streams: Observable<T>[]): Observable<T> {
  let count = 0;
  return defer(() => streams[Math.min(++count, streams.length) - 1]!);
}
