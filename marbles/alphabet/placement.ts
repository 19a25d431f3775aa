import type { RawMessageStreamEvent } from '@anthropic-ai/sdk/resources/messages/messages';
import type { ClaudeEvent } from '../../src/events/ClaudeEvent.js';
import type { RoundEvent } from '../../src/events/RoundEvent.js';

/** Claude's event of a type. */
export type EventOf<Type extends ClaudeEvent['type']> = Extract<RawMessageStreamEvent, { type: Type }>;

type OfBlock = 'content_block_start' | 'content_block_delta' | 'content_block_stop';

/** An event of a block without an index. The reply that it is put into adds the index. */
export type Unplaced<Type extends OfBlock = OfBlock> = Type extends OfBlock ? Omit<EventOf<Type>, 'index'> : never;

/** Adds the missing indexes to the events of one reply. */
export type Placement = <Event extends RoundEvent>(event: Event | Unplaced) => Event | ClaudeEvent;

/**
 * Makes a placement for one reply. A block without an index gets the next one; a piece or a stop without an index belongs
 * to the block that started last. An event with an index keeps it.
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
