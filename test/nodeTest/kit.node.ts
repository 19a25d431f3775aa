// The marble kit in node:test: run by test/marbles/nodeTest.test.ts.
import { describe, it } from 'node:test';
import { converse } from 'rxclaude';
import { claude, runMarble, runMarbleWithPromises } from 'rxclaude/marbles';
import { request } from '../marbles/support/answering.js';

void describe('the marble kit', () => {
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
