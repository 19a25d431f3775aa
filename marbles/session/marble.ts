import { declareBy, globalTest, type MarbleTest } from './marbleFor.js';
import { runMarble } from './runMarble.js';

/**
 * Declares a test in virtual time: {@link runMarble} as a test of the framework with a global `it` or `test`, such as Jest,
 * Jasmine, Mocha, or Vitest with `globals`.
 *
 * @param name The name of the test.
 * @param run The test. It gets rxjs's helpers (`hot`, `cold`, `time`, `expectObservable`, `expectSubscriptions`) and those for
 * Claude (`reply`, `events`, `scriptClaude`, `tool`, `approval`, `abortSignal`, `expectEvents`, `expectRequests`, `expectRuns`).
 * @throws MarbleError when there is no global `it`. Then take {@link marbleFor}.
 * @example
 * ```ts
 * import { converse } from 'rxclaude';
 * import { marble } from 'rxclaude/marbles';
 *
 * const request = { model: 'claude-test', max_tokens: 100, messages: [{ role: 'user' as const, content: 'Hi' }] };
 *
 * marble('an agent answers', ({ scriptClaude, expectEvents }) => {
 *   const client = scriptClaude('    s---o-t-t-c-(em|)  ');
 *   const expected = '           (Bs)o-t-t-c-(emEC|)';
 *
 *   expectEvents(converse(client, request)).toBe(expected);
 * });
 * ```
 */
export const marble: MarbleTest = declareBy(globalTest, runMarble);
