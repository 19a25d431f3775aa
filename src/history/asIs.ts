import type { HistoryPolicy } from './HistoryPolicy.js';

/**
 * Sends the history as it is, and leaves it as it is. The API will say what is wrong with it.
 *
 * @example
 * ```ts
 * import { converse } from 'rxclaude';
 * import { asIs } from 'rxclaude/history';
 * import type { ClaudeClient, ClaudeRequest } from 'rxclaude';
 *
 * declare const client: ClaudeClient;
 * declare const request: ClaudeRequest;
 *
 * converse(client, request, { history: asIs }).subscribe();
 * ```
 * @see {@link mendingHistory}, {@link strictHistory}
 */
export const asIs: HistoryPolicy = () => ({
  admit: (request) => ({ request }),
  leave: (messages) => messages,
});
