import { declareBy, globalTest, type MarbleTest } from './marbleFor.js';
import { runMarbleWithPromises, type RunWithPromises } from './runMarbleWithPromises.js';

/**
 * Declares a marble test that may wait for promises: {@link runMarbleWithPromises} as a test of the framework with a global
 * `it` or `test`.
 *
 * @param name The name of the test.
 * @param run The test. It may be asynchronous.
 * @throws MarbleError when there is no global `it`. Then take {@link marbleFor}.
 */
export const marbleWithPromises: MarbleTest<RunWithPromises> = declareBy(globalTest, runMarbleWithPromises);
