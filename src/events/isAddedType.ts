import type { AddedEvent } from './RoundEvent.js';

/** Each name of an event that rxclaude adds. `deviation` is kept for one to come. */
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

/** Whether an event of this name is one that rxclaude adds. The API has none of these names. */
export function isAddedType(type: string): boolean {
  return Object.hasOwn(ADDED_TYPES, type);
}
