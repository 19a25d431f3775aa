/** First in, first out. */
export interface Queue<T> {
  push(item: T): void;
  /** Takes out the oldest item; `undefined` when there is none. */
  shift(): T | undefined;
}

/**
 * Makes an empty queue. Both ways cost the same however long it is; `shift` of an array moves all that is behind.
 *
 * Items come in on one pile and leave from another, which is the first one turned over.
 */
export function createQueue<T extends object>(): Queue<T> {
  let coming: T[] = [];
  let leaving: T[] = [];
  return {
    push(item) {
      coming.push(item);
    },
    shift() {
      if (leaving.length === 0) [leaving, coming] = [coming.reverse(), leaving];
      return leaving.pop();
    },
  };
}
