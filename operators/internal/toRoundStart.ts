import type { RoundState } from '../../src/conversation/endRound.js';
import type { ConversationControl } from '../../src/events/ConversationControl.js';
import type { HistoryChange } from '../../src/events/HistoryChange.js';
import type { RoundStartEvent } from '../../src/events/RoundEvent.js';

/** The event that begins a round. Its control is for those behind it in the pipeline, and no part of its JSON. */
export function toRoundStart(
  { round, request }: RoundState,
  mended: readonly HistoryChange[] | undefined,
  control: ConversationControl,
): RoundStartEvent {
  const event = { type: 'round_start' as const, round, request, ...(mended && { mended }) };
  return Object.defineProperty(event, 'control', { value: control });
}
