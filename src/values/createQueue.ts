/** First in, first out. */
export interface Queue<T> {
  push(item: T): void;
  /** Takes out the oldest item; `undefined` when there is none. */
  shift(): T | undefined;
}

/**
 * Makes an empty queue. `push` and `shift` take constant time; an array's `shift` moves every other item.
 *
 * Items are pushed onto one stack and popped from another, which is the first one reversed.
 */
export function createQueue<T extends object>(): Queue<T> {
  let incoming: T[] = [];
  let outgoing: T[] = [];
  return {
    push(item) {
      incoming.push(item);
    },
    shift() {
      if (outgoing.length === 0) [outgoing, incoming] = [incoming.reverse(), outgoing];
      return outgoing.pop();
    },
  };
}
