/**
 * How much of the long tests is run: random inputs, conversations with faults, places where a reply is cut. The tests
 * name full counts; RXCLAUDE_RUNS is the share of them, the same in every test:
 *
 *     npm test             0.05  a sample
 *     npm run test:deep       1  all; the gate runs it
 *     npm run test:long      10  ten times as many, from another seed each time
 *
 * `RXCLAUDE_RUNS=0.5 npm test` takes another share.
 */
const SHARE = Number(process.env['RXCLAUDE_RUNS'] ?? 0.05);
if (!(SHARE > 0)) {
  throw new Error(
    `RXCLAUDE_RUNS must be a number above 0, such as 0.5, not "${String(process.env['RXCLAUDE_RUNS'])}".`,
  );
}

/** Whether all is run, so that what is rare must have been seen. */
export const isFull = SHARE >= 1;

/** The share of a full count. */
export const share = (count: number): number => Math.max(1, Math.round(count * SHARE));

/** For fast-check: the share of a full count, at least 20. The seed is fixed unless more than all is run. */
export function times(count: number): { numRuns: number; seed?: number } {
  const numRuns = Math.max(share(count), Math.min(count, 20));
  return SHARE > 1 ? { numRuns } : { numRuns, seed: 20261122 };
}

/** A number that grows with the tests once more than all is run: places, or milliseconds for a test. */
export const stretched = (number: number): number => number * Math.max(1, SHARE);

/** Values spread over the list, the first one among them: the share of it, at least one. */
export function sample<T>(all: readonly T[]): readonly T[] {
  const count = Math.min(all.length, Math.max(1, Math.ceil(all.length * SHARE)));
  return Array.from({ length: count }, (_, n) => all[Math.floor((n * all.length) / count)] as T);
}
