import { optionError } from '../errors/failures.js';
import type { RoundRequest } from '../events/RoundRequest.js';
import { deepFreeze } from '../values/deepFreeze.js';
import type { ClaudeRequest } from '../tools/ClaudeRequest.js';
import { withToolDefinitions } from '../tools/withToolDefinitions.js';

/**
 * The request as it goes on the wire: tools as plain API definitions, in the caller's order of keys, and as JSON, so that
 * nothing is shared with the caller's own object and a later change to it does not reach a conversation that runs. Frozen,
 * so that nobody who is shown it can change what is sent.
 *
 * @throws OptionError when it cannot be written as JSON, or has no list of messages.
 */
export function toRoundRequest(request: ClaudeRequest): RoundRequest {
  const copy = copyOf(request);
  if (!Array.isArray(copy.messages)) throw optionError('request.messages', 'a list of messages', copy.messages);
  return deepFreeze(copy);
}

function copyOf(request: ClaudeRequest): RoundRequest {
  try {
    return JSON.parse(JSON.stringify(withToolDefinitions(request))) as RoundRequest;
  } catch (error) {
    throw optionError('request', 'a request that can be written as JSON', request, { cause: error });
  }
}
