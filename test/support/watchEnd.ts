import { map, tap, type Observable } from 'rxjs';
import type { ConversationEndEvent, RoundEvent } from '../../src/events/RoundEvent.js';
import { letterOf } from './events.js';

/** The letters of a conversation for a diagram, and its last word. */
export function watchEnd(conversation: Observable<RoundEvent>): {
  readonly letters: Observable<string>;
  readonly end: () => ConversationEndEvent;
} {
  let end: ConversationEndEvent | undefined;
  const keepEnd = tap((event: RoundEvent) => {
    if (event.type === 'conversation_end') end = event;
  });
  return { letters: conversation.pipe(keepEnd, map(letterOf)), end: () => end! };
}
