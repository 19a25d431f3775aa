import { declareBy, type DeclareTest, type MarbleTest } from './declareTest.js';
import type { RunWithPromises } from './marbleWithPromises.js';
import { runMarble } from './runMarble.js';
import { runMarbleWithPromises } from './runMarbleWithPromises.js';

/** What declares marble tests in one framework. */
export interface MarbleTests {
  /** A test in virtual time. */
  readonly marble: MarbleTest;
  /** The same, in which promises may take part. */
  readonly marbleWithPromises: MarbleTest<RunWithPromises>;
}

/**
 * `marble` and `marbleWithPromises` for a framework whose `it` is no global: `node:test`, Vitest without `globals`, Jest with
 * `injectGlobals: false`, Bun.
 *
 * @param it What declares a test there; where it has `only` and `skip`, so have these.
 * @example
 * ```ts
 * import { it } from 'node:test';
 * import { textDeltas } from 'rxclaude';
 * import { claude, marbleFor } from 'rxclaude/marbles';
 *
 * const { marble } = marbleFor(it);
 *
 * marble('only the text', ({ reply, expectObservable }) => {
 *   const source = reply('s-o-t-c-e-m|', { t: claude.text('Hello') });
 *   const expected = '    ----h------|';
 *
 *   expectObservable(source.pipe(textDeltas())).toBe(expected, { h: 'Hello' });
 * });
 * ```
 */
export function marbleFor(it: DeclareTest): MarbleTests {
  return {
    marble: declareBy(() => it, runMarble),
    marbleWithPromises: declareBy(() => it, runMarbleWithPromises),
  };
}
