import type { MarbleHelpers } from './createHelpers.js';
import { MarbleError } from './MarbleError.js';
import { runMarble } from './runMarble.js';
import { runMarbleWithPromises, type RunWithPromises } from './runMarbleWithPromises.js';

/** What a test does. */
type TestBody = (() => void) | (() => Promise<void>);

/** The `it` or `test` of a framework. */
export interface DeclareTest {
  /** Declares a test. */
  (name: string, run: TestBody): unknown;
  /** Declares a test that runs alone. */
  readonly only?: (name: string, run: TestBody) => unknown;
  /** Declares a test that does not run. */
  readonly skip?: (name: string, run: TestBody) => unknown;
}

/** Declares marble tests, as `marble` does. */
export interface MarbleTest<Run = (helpers: MarbleHelpers) => void> {
  /** Declares a test. */
  (name: string, run: Run): void;
  /** Declares a test that runs alone. @throws MarbleError when the framework has no `it.only`. */
  only(name: string, run: Run): void;
  /** Declares a test that does not run. @throws MarbleError when the framework has no `it.skip`. */
  skip(name: string, run: Run): void;
}

/** `marble` and `marbleWithPromises` for one framework. */
export interface MarbleTests {
  /** Declares a test in virtual time; see {@link runMarble}. */
  readonly marble: MarbleTest;
  /** Declares one that may wait for promises; see {@link runMarbleWithPromises}. */
  readonly marbleWithPromises: MarbleTest<RunWithPromises>;
}

/**
 * Makes `marble` and `marbleWithPromises` for a framework whose `it` is not global: `node:test`, Bun, Jest with
 * `injectGlobals: false`. For Vitest, `rxclaude/marbles/vitest` has both.
 *
 * @param it The `it` or `test` of the framework.
 * @returns Both, with `only` and `skip` where `it` has them.
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
 * Makes a declarer of marble tests.
 *
 * @param find Gives the `it` of the framework. Called for each declaration, so that a global may appear later.
 * @param perform Runs a test.
 */
export function declareBy<Run>(find: () => DeclareTest, perform: (run: Run) => void | Promise<void>): MarbleTest<Run> {
  const by =
    (kind?: 'only' | 'skip') =>
    (name: string, run: Run): void => {
      const it = find();
      const declare = kind === undefined ? it : it[kind];
      if (typeof declare !== 'function')
        throw new MarbleError(`This test framework has no \`it.${String(kind)}\`. Use \`marble(name, run)\`.`);
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
    'There is no global `it` here. Pass that of your framework: `const { marble } = marbleFor(it)`. ' +
      'For Vitest, import `marble` from rxclaude/marbles/vitest.',
  );
}
