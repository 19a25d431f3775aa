/** Mulberry32: small, fast, and the same numbers from the same seed on every machine. */
export function seededRandom(seed) {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A whole number from `from` to `to`, both included. */
export const between = (random, from, to) => from + Math.floor(random() * (to - from + 1));

const words = `the a river stone light of under quiet morning and window paper with over between slow machine
  because water north garden however letters 42 °C naïve “quoted” small number answer question into after`.split(/\s+/);

/** Prose of at least `length` characters: mostly ASCII, as English is, and now and then a character that is not. */
export function prose(random, length) {
  let text = '';
  while (text.length < length) text += `${words[between(random, 0, words.length - 1)]} `;
  return text;
}
