import { declareBy, globalTest, type MarbleTest } from './marbleFor.js';
import { runMarbleWithPromises, type RunWithPromises } from './runMarbleWithPromises.js';

/**
 * A marble test in which promises may take part, as a test of the framework that has a global `it` or `test`. All about it
 * is said at {@link runMarbleWithPromises}.
 *
 * @param name What the test is called.
 * @param run The test. It may be asynchronous.
 * @throws MarbleError where there is no global `it`. Then take {@link marbleFor}.
 */
export const marbleWithPromises: MarbleTest<RunWithPromises> = declareBy(globalTest, runMarbleWithPromises);
