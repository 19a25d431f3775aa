import { checkHistory } from '../../src/history/checkHistory.js';
import { isObject } from '../../src/values/isObject.js';
import type { ClaudeRequest } from '../../src/tools/ClaudeRequest.js';

/** Fields that the API has removed: it refuses them even at their old defaults. */
export const REMOVED_FIELDS: readonly string[] = ['temperature', 'top_p', 'top_k'];

/** All that the API would refuse in a request, in its own words where they are known. */
export function requestProblems(body: Record<PropertyKey, unknown>): string[] {
  const { model, max_tokens, messages, tools } = body as Partial<ClaudeRequest>;
  const problems: string[] = [];
  if (typeof model !== 'string' || model === '') problems.push('model: Field required');
  if (!Number.isInteger(max_tokens)) problems.push('max_tokens: Input should be a valid integer');
  for (const field of REMOVED_FIELDS)
    if (body[field] !== undefined) problems.push(`${field}: Extra inputs are not permitted`);
  if (Array.isArray(messages) && messages.length === 0 && !isObject(body['thread'])) {
    problems.push('messages: at least one message is required');
  }
  // The server keeps the history and the tools of a thread: the request has only the new messages.
  if (isObject(body['thread']) && body['thread']['type'] === 'continue') return problems;
  const defects = checkHistory(messages ?? [], tools ?? []);
  return [...problems, ...defects.map(({ wording }) => wording)];
}
