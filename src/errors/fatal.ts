import { isObject } from '../values/isObject.js';
import { messageOf } from './messageOf.js';

/** Marks an error in any copy of this package. */
const FATAL = Symbol.for('rxclaude.fatal');

/**
 * Marks an error as one that only the program can mend. Thrown by a tool or a guard, or what their promise or Observable
 * fails with, it is no answer for Claude: the stream fails with `error`, tools that still run are stopped, and nothing
 * further is run.
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

/** Tells whether an error was made by {@link fatal}. One that cannot be read was not. */
export function isFatal(error: unknown): error is Error {
  try {
    return isObject(error) && error[FATAL] === true;
  } catch {
    return false;
  }
}
