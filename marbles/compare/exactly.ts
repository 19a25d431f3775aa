/** A value that must be met in full, where otherwise some fields are enough. */
export class Exactly {
  constructor(readonly value: unknown) {}
}

/**
 * Says that a value within an expectation must be met in full: no field more, no item more.
 *
 * @example
 * ```ts
 * import { converse } from 'rxclaude';
 * import { exactly, marble } from 'rxclaude/marbles';
 *
 * const messages = [{ role: 'user' as const, content: 'Hi' }];
 *
 * marble('the history holds what was said, and nothing else', ({ scriptClaude, expectEvents }) => {
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
