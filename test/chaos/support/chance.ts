/** What is left to chance: the same seed always decides the same way. */
export interface Chance {
  /** From 0 up to 1. */
  next(): number;
  /** A whole number; both ends are possible. */
  int(min: number, max: number): number;
  is(probability: number): boolean;
  pick<T>(items: readonly T[]): T;
}

/** Makes the chance of a seed, of several numbers where one seed decides several things apart from each other. */
export function createChance(...seeds: readonly number[]): Chance {
  let state = seeds.reduce((mixed, seed) => mix(mixed + Math.imul(seed | 0, 0x9e3779b1)), 0x2545f491);
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    return mix(state) / 2 ** 32;
  };
  const int = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1));
  return { next, int, is: (probability) => next() < probability, pick: (items) => items[int(0, items.length - 1)]! };
}

/** Mulberry32: small, fast, and the same on every machine. */
function mix(state: number): number {
  let mixed = Math.imul(state ^ (state >>> 15), state | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return (mixed ^ (mixed >>> 14)) >>> 0;
}
