import { frameworkTest } from './frameworkTest.js';
import { type PromiseMarbleHelpers, runMarbleWithPromises } from './runMarbleWithPromises.js';

/**
 * A marble test in which promises may take part, as a test of the framework that has a global `it` or `test`. All about it
 * is said at {@link runMarbleWithPromises}.
 *
 * @param name What the test is called.
 * @param run The test. It may be asynchronous.
 */
export function marbleWithPromises(
  name: string,
  run: (helpers: PromiseMarbleHelpers) => void | PromiseLike<void>,
): void {
  frameworkTest()(name, () => runMarbleWithPromises(run));
}
