import type { Admitted } from '../../src/conversation/createHistoryGuard.js';
import type { ConversationControl } from '../../src/events/ConversationControl.js';
import type { RoundStartEvent } from '../../src/events/RoundEvent.js';

/** The event that begins a round. Its control is for those behind it in the pipeline, and no part of its JSON. */
export function toRoundStart(round: number, admitted: Admitted, control: ConversationControl): RoundStartEvent {
  const event = { type: 'round_start' as const, round, ...admitted };
  return Object.defineProperty(event, 'control', { value: control });
}
