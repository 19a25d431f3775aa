import type { ClaudeEvent } from '../../src/events/ClaudeEvent.js';
import type { AnyBlock } from './claudeEvents.js';

/** Any event of Claude's stream, as the API sends it, newer ones than this library included. */
export function event(fields: AnyBlock): ClaudeEvent {
  return fields as unknown as ClaudeEvent;
}
