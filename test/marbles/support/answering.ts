import { of } from 'rxjs';
import type { ClaudeClient, ClaudeEvent, ClaudeRequest } from '../../../src/index.js';

export const request: ClaudeRequest = {
  model: 'claude-test',
  max_tokens: 100,
  messages: [{ role: 'user', content: 'Hi' }],
};

/** A history that the API accepts. */
export const messages = [
  ...request.messages,
  { role: 'assistant', content: 'Hi' },
  { role: 'user', content: 'And now?' },
];

/** A client that always answers with these events, at once. */
export function claudeIs(events: readonly ClaudeEvent[]): ClaudeClient {
  return { messages: { create: () => of(...events) } };
}
