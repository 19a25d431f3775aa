import type { MarbleHelpers } from './createHelpers.js';
import { MarbleError } from './MarbleError.js';
import { runMarble } from './runMarble.js';
import { runMarbleWithPromises, type RunWithPromises } from './runMarbleWithPromises.js';

/** Declares a test: the `it` or `test` of a framework. */
export interface DeclareTest {
  (name: string, run: () => void | Promise<void>): unknown;
  /** Declares it as the only one to be run. */
  readonly only?: (name: string, run: () => void | Promise<void>) => unknown;
  /** Declares it, and has it left out. */
  readonly skip?: (name: string, run: () => void | Promise<void>) => unknown;
}

/** Declares a marble test. */
export interface MarbleTest<Run = (helpers: MarbleHelpers) => void> {
  (name: string, run: Run): void;
  /** Declares it as the only one to be run. */
  only(name: string, run: Run): void;
  /** Declares it, and has it left out. */
  skip(name: string, run: Run): void;
}

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

/**
 * Makes what declares marble tests.
 *
 * @param find Asked whenever one is declared.
 * @param perform Runs the test.
 */
export function declareBy<Run>(find: () => DeclareTest, perform: (run: Run) => void | Promise<void>): MarbleTest<Run> {
  const by =
    (kind?: 'only' | 'skip') =>
    (name: string, run: Run): void => {
      const it = find();
      const declare = kind === undefined ? it : it[kind];
      if (typeof declare !== 'function') throw new MarbleError(`This test framework has no \`it.${String(kind)}\`.`);
      declare(name, () => perform(run));
    };
  return Object.assign(by(), { only: by('only'), skip: by('skip') });
}

/** The global `it` or `test` of the framework. */
export function globalTest(): DeclareTest {
  const { it, test } = globalThis as { it?: DeclareTest; test?: DeclareTest };
  const declare = it ?? test;
  if (typeof declare === 'function') return declare;
  throw new MarbleError(
    'There is no global `it` here. Take `marbleFor(it)`, with that of your framework: `const { marble } = marbleFor(it)`. ' +
      'For Vitest, import `marble` from rxclaude/marbles/vitest.',
  );
}
