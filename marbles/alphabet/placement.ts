import type { ClaudeEvent } from '../../src/events/ClaudeEvent.js';
import type { RoundEvent } from '../../src/events/RoundEvent.js';

/** Events that were made without an index: the reply that they stand in gives them one. */
const withoutPlace = new WeakSet<object>();

/** Marks an event as one that a reply has to place. */
export function unplaced<Event extends ClaudeEvent>(event: Event): Event {
  withoutPlace.add(event);
  return event;
}

/** Gives the events of one reply their indexes. */
export type Placement = <Event extends RoundEvent>(event: Event) => Event;

/**
 * Makes a placement for one reply. A block that was made without an index comes behind those before it; its pieces and its
 * stop belong to the block that was begun last. An event that was made with an index, or by hand, stays as it is.
 */
export function createPlacement(): Placement {
  let open = -1;
  return (event) => {
    if (event.type === 'message_start') open = -1;
    if (!('index' in event)) return event;
    const starts = event.type === 'content_block_start';
    if (!withoutPlace.has(event)) {
      if (starts) open = event.index;
      return event;
    }
    if (starts) open++;
    return { ...event, index: Math.max(open, 0) };
  };
}
