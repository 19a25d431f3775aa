import { isObject } from '../values/isObject.js';
import { messageOf } from './messageOf.js';

/** Marks an error in any copy of this package. */
const FATAL = Symbol.for('rxclaude.fatal');

/**
 * Marks an error as one that only the program can fix. When a tool or a guard throws it, or their promise or Observable
 * fails with it, Claude gets no answer: the stream fails with `error`, running tools are stopped, and nothing else is
 * run.
 *
 * @param error What the stream fails with.
 * @returns What to throw.
 * @example
 * ```ts
 * import { defineTool, fatal } from 'rxclaude';
 * import * as t from 'io-ts';
 *
 * declare const database: { find(id: string): Promise<string>; readonly isGone: boolean };
 *
 * const findOrder = defineTool({
 *   name: 'find_order',
 *   description: 'Finds an order.',
 *   input: t.type({ id: t.string }),
 *   run: async ({ id }) => {
 *     if (database.isGone) throw fatal(new Error('The database is gone.'));
 *     return database.find(id);
 *   },
 * });
 * ```
 */
export function fatal(error: unknown): Error {
  const marked = new Error(messageOf(error), { cause: error });
  return Object.defineProperty(marked, FATAL, { value: true });
}

/** Tells whether an error was made by {@link fatal}; `false` for one that cannot be read. */
export function isFatal(error: unknown): error is Error {
  try {
    return isObject(error) && error[FATAL] === true;
  } catch {
    return false;
  }
}
