// The marble kit in node:test: run by test/marbles/nodeTest.test.ts.
import { describe, it } from 'node:test';
import { converse } from 'rxclaude';
import { claude, marbleFor, runMarble, runMarbleWithPromises } from 'rxclaude/marbles';
import { request } from '../marbles/support/answering.js';

const { marble, marbleWithPromises } = marbleFor(it);

void describe('the marble kit', () => {
  marble('declares a test', ({ scriptClaude, expectEvents }) => {
    expectEvents(converse(scriptClaude('s-o-t-c-(em|)'), request)).toBe('[Bs]-o-t-c-(emEC|)');
  });

  marbleWithPromises('declares a test with promises', async ({ scriptClaude, expectEvents, flush }) => {
    expectEvents(converse(scriptClaude(claude.message(claude.textBlock('Hi'))), request)).toBe('[BsotcemEC|]');
    await flush();
  });

  marble.skip('leaves a test out', () => {
    throw new Error('This is not run.');
  });

  void it('runs a test', () => {
    runMarble(({ scriptClaude, expectEvents }) => {
      expectEvents(converse(scriptClaude('s-o-t-c-(em|)'), request)).toBe('[Bs]-o-t-c-(emEC|)');
    });
  });

  void it('runs a test with promises', async () => {
    await runMarbleWithPromises(({ scriptClaude, expectEvents }) => {
      expectEvents(converse(scriptClaude(claude.message(claude.textBlock('Hi'))), request)).toBe('[BsotcemEC|]');
    });
  });

  void it('fails', () => {
    runMarble(({ scriptClaude }) => {
      scriptClaude('s-(em|)');
    });
  });
});
