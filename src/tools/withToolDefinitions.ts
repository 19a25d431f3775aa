import type { ClaudeRequest } from './ClaudeRequest.js';
import { toToolDefinition } from './toToolDefinition.js';

/** The request with its tools as plain API definitions and its keys in the caller's order. */
export function withToolDefinitions(request: ClaudeRequest): ClaudeRequest {
  const { tools } = request;
  return tools === undefined ? request : { ...request, tools: tools.map(toToolDefinition) };
}
