import { MarbleError } from './MarbleError.js';

type Declare = (name: string, run: () => void | Promise<void>) => void;

/** The global `it` of the test framework. */
export function frameworkTest(kind?: 'only' | 'skip'): Declare {
  const { it, test } = globalThis as { it?: Declare; test?: Declare };
  const declare = it ?? test;
  const chosen =
    kind === undefined ? declare : (declare as Partial<Record<'only' | 'skip', Declare>> | undefined)?.[kind];
  if (typeof chosen === 'function') return chosen;
  const name = kind === undefined ? 'it' : `it.${kind}`;
  throw new MarbleError(
    `There is no global \`${name}\` here. Call runMarble(run) within a test of your framework, or turn its globals on.`,
  );
}
