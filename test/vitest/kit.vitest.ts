import { firstValueFrom } from 'rxjs';
import { converse } from 'rxclaude';
import { claude, drawMarbles, marble, marbleWithPromises, runMarble } from 'rxclaude/marbles';
import { marbleMatchers } from 'rxclaude/marbles/vitest';
import { expect, it } from 'vitest';
import { claudeIs, messages, request } from '../marbles/support/answering.js';

expect.extend(marbleMatchers);

marble('marble is a test', ({ scriptClaude, expectEvents }) => {
  const client = scriptClaude('s---o-t-c-(em|)     ');
  const expected = '           (Bs)o-t-c-(emEC|)   ';

  expectEvents(converse(client, request)).toBe(expected);
});

marbleWithPromises('marbleWithPromises is a test', async ({ scriptClaude, expectEvents, flush }) => {
  const client = scriptClaude(claude.message(claude.textBlock('Hi')));
  expectEvents(converse(client, request)).toBe('[BsotcemEC|]');
  await flush();
  expect(client).toHaveSentRequests([{ model: 'claude-test' }]);
});

it('the matchers match, and do not', async () => {
  const diagram = await firstValueFrom(
    drawMarbles(converse(claudeIs(claude.message(claude.textBlock('Hi'))), request), { clock: { now: () => 0 } }),
  );
  expect(diagram).toMatchMarbles('[BsotcemEC|]', { C: { reason: 'finished', stop_reason: 'end_turn' } });
  expect(diagram).not.toMatchMarbles('[BsotcemEC#]');
  expect(messages).toBeValidHistory();
  expect(() => {
    expect(diagram).toMatchMarbles('[BsotcemEC#]');
  }).toThrow('an error was expected, but completion came');
});

it('a failure points at its line in the test', () => {
  let stack = '';
  try {
    runMarble(({ cold, expectObservable }) => {
      expectObservable(cold('a|')).toBe('-a|');
    });
  } catch (error) {
    stack = (error as Error).stack ?? '';
  }
  expect(stack.split('\n').find((line) => /^ +at /.test(line))).toContain('kit.vitest.ts');
});
