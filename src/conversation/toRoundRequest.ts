import type { RoundRequest } from '../events/RoundRequest.js';
import type { ClaudeRequest } from '../tools/ClaudeRequest.js';
import { withToolDefinitions } from '../tools/withToolDefinitions.js';

/**
 * The request as it goes on the wire: tools as plain API definitions, in the caller's order of keys, and as JSON, so that
 * nothing is shared with the caller's own object and a later change to it does not reach a conversation that runs.
 */
export function toRoundRequest(request: ClaudeRequest): RoundRequest {
  const copy = JSON.parse(JSON.stringify(withToolDefinitions(request))) as RoundRequest;
  Object.freeze(copy.messages);
  return copy;
}
