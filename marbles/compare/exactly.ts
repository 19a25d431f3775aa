/** A value that must match in full; see {@link exactly}. */
export class Exactly {
  constructor(readonly value: unknown) {}
}

/**
 * Asks for a value in full: with no other fields or items. Without it, an expectation names only the fields that matter.
 *
 * @example
 * ```ts
 * import { converse } from 'rxclaude';
 * import { exactly, marble } from 'rxclaude/marbles';
 *
 * const messages = [{ role: 'user' as const, content: 'Hi' }];
 *
 * marble('the history is what was said, and nothing else', ({ scriptClaude, expectEvents }) => {
 *   const client = scriptClaude('s-o-t-c-(em|)');
 *   const run$ = converse(client, { model: 'claude-test', max_tokens: 100, messages });
 *
 *   const answer = { role: 'assistant', content: [{ type: 'text', text: 'text' }] };
 *   expectEvents(run$).toBe('[Bs]-o-t-c-(emEC|)', { C: { messages: exactly([...messages, answer]) } });
 * });
 * ```
 */
export function exactly(value: unknown): Exactly {
  return new Exactly(value);
}
