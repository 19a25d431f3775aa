import { declareBy, globalTest, type MarbleTest } from './marbleFor.js';
import { runMarble } from './runMarble.js';

/**
 * A test in virtual time: one line per marble test, with the diagrams where they are easy to compare. It is
 * {@link runMarble} as a test of the framework that has a global `it` or `test`: Jest, Jasmine, Mocha, Vitest with `globals`.
 *
 * @param name What the test is called.
 * @param run The test, with rxjs's `hot`, `cold`, `time`, `expectObservable`, `expectSubscriptions`, and what is there for
 * Claude: `reply`, `scriptClaude`, `tool`, `approval`, `expectEvents`, `expectRequests`, `expectRuns`.
 * @throws MarbleError where there is no global `it`. Then take {@link marbleFor}.
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
