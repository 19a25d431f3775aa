import type { MarbleHelpers } from './createHelpers.js';
import { MarbleError } from './MarbleError.js';

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
