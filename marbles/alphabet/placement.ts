import type { RawMessageStreamEvent } from '@anthropic-ai/sdk/resources/messages/messages';
import type { ClaudeEvent } from '../../src/events/ClaudeEvent.js';
import type { RoundEvent } from '../../src/events/RoundEvent.js';

/** The event of Claude's stream of one type. */
export type EventOf<Type extends ClaudeEvent['type']> = Extract<RawMessageStreamEvent, { type: Type }>;

type OfBlock = 'content_block_start' | 'content_block_delta' | 'content_block_stop';

/** An event of a block that has no index yet: the reply that it is put into gives it one. */
export type Unplaced<Type extends OfBlock = OfBlock> = Type extends OfBlock ? Omit<EventOf<Type>, 'index'> : never;

/** Gives the events of one reply their indexes. */
export type Placement = <Event extends RoundEvent>(event: Event | Unplaced) => Event | ClaudeEvent;

/**
 * Makes a placement for one reply. A block without an index comes after those before it; a piece or a stop without one
 * belongs to the block that was begun last. An event that has an index keeps it.
 */
export function createPlacement(): Placement {
  let open = -1;
  return (event) => {
    if (event.type === 'message_start') open = -1;
    if (!isOfBlock(event)) return event;
    const starts = event.type === 'content_block_start';
    if ('index' in event) {
      if (starts) open = event.index;
      return event;
    }
    if (starts) open++;
    const { type, ...rest } = event;
    return { type, index: Math.max(open, 0), ...rest } as ClaudeEvent;
  };
}

function isOfBlock<Event extends { readonly type: string }>(event: Event): event is Event & { readonly type: OfBlock } {
  return ['content_block_start', 'content_block_delta', 'content_block_stop'].includes(event.type);
}
