import type { ConversationControl } from '../../src/events/ConversationControl.js';
import type { RoundStartEvent } from '../../src/events/RoundEvent.js';
import type { AdmittedRequest } from '../../src/history/HistoryPolicy.js';

/** The event that begins a round. Its control is for those behind it in the pipeline, and no part of its JSON. */
export function toRoundStart(round: number, admitted: AdmittedRequest, control: ConversationControl): RoundStartEvent {
  const event = { type: 'round_start' as const, round, ...admitted };
  return Object.defineProperty(event, 'control', { value: control });
}
