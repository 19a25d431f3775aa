import type { Sign } from './parseRow.js';

/** What a diagram shows of an event: where, and as which letter. */
export type Lettered = Pick<Sign, 'frame' | 'letter'>;

/** All letters of each frame, in their order. */
export function lettersByFrame(events: readonly Lettered[]): Map<number, string> {
  const letters = new Map<number, string>();
  for (const { frame, letter } of events) letters.set(frame, (letters.get(frame) ?? '') + letter);
  return letters;
}
