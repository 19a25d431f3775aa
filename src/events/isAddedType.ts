import type { AddedEvent } from './RoundEvent.js';

/** The type of each event that rxclaude adds. `deviation` is reserved for one to come. */
const ADDED_TYPES: Readonly<Record<AddedEvent['type'] | 'deviation', true>> = {
  response: true,
  deviation: true,
  tool_input: true,
  tool_call: true,
  approval_request: true,
  approval_decision: true,
  tool_start: true,
  tool_progress: true,
  tool_result: true,
  round_start: true,
  round_retry: true,
  round_end: true,
  conversation_end: true,
};

/** Whether rxclaude adds events of this type. The API has none of these types. */
export function isAddedType(type: string): boolean {
  return Object.hasOwn(ADDED_TYPES, type);
}
