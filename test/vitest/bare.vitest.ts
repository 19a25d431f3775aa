// The kit in Vitest without globals.
import { converse } from 'rxclaude';
import { claude, marble as marbleOfGlobals, marbleFor } from 'rxclaude/marbles';
import { marble, marbleWithPromises } from 'rxclaude/marbles/vitest';
import { expect, it } from 'vitest';
import { request } from '../marbles/support/answering.js';

marble('marble is a test', ({ scriptClaude, expectEvents }) => {
  expectEvents(converse(scriptClaude('s-o-t-c-(em|)'), request)).toBe('[Bs]-o-t-c-(emEC|)');
});

marbleWithPromises('marbleWithPromises is a test', async ({ scriptClaude, expectEvents, flush }) => {
  const client = scriptClaude(claude.message(claude.textBlock('Hi')));
  expectEvents(converse(client, request)).toBe('[BsotcemEC|]');
  await flush();
  expect(client.requests).toHaveLength(1);
});

marble.skip('marble.skip leaves a test out', () => {
  throw new Error('This is not run.');
});

const own = marbleFor(it);

own.marble('marbleFor makes a test of any `it`', ({ scriptClaude, expectEvents }) => {
  expectEvents(converse(scriptClaude('s-o-t-c-(em|)'), request)).toBe('[Bs]-o-t-c-(emEC|)');
});

it('the marble of globals says what to take', () => {
  expect('it' in globalThis).toBe(false);
  expect(() => {
    marbleOfGlobals('a test', () => undefined);
  }).toThrow('There is no global `it` here. Pass that of your framework: `const { marble } = marbleFor(it)`');
});
