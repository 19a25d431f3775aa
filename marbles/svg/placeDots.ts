import type { Dots } from './createDots.js';
import type { Layout } from './createLayout.js';
import { DOT, TEXT } from './geometry.js';
import { widthOf } from './measure.js';
import type { DotsPiece } from './Picture.js';

/** From one dot to the next, at the least. */
const DISTANCE = 2 * DOT;
/** Closer together than this, on the whole, nobody sees when each came: then they are spread evenly. */
const DENSE = 3 * DOT;

/** Gives a row of dots its places, in one system or in several. */
export function placeDots(row: Dots, layout: Layout): readonly DotsPiece[] {
  const systems = new Map<number, number[]>();
  for (const index of row.marks) {
    const { system, x } = layout.positionOf(index);
    const positions = systems.get(system) ?? [];
    systems.set(system, positions);
    positions.push(x);
  }
  return [...systems].map(([system, all], at) => {
    const positions = thinOut(all);
    const piece = { system, lane: row.lane, positions };
    return at === 0 ? { ...piece, count: { text: row.label, middle: middleOf(row, positions) } } : piece;
  });
}

/** As many of the dots as there is room for: where more come, one stands for several. */
function thinOut(positions: readonly number[]): readonly number[] {
  const first = positions[0] ?? 0;
  const length = (positions.at(-1) ?? first) - first;
  if (length < (positions.length - 1) * DENSE) {
    const steps = Math.min(positions.length - 1, Math.max(1, Math.floor(length / DISTANCE)));
    return Array.from({ length: steps + 1 }, (_, at) => first + (length * at) / steps);
  }
  return positions.filter((x, at) => at === 0 || x >= (positions[at - 1] ?? x) + 1);
}

/** The count is written below its dots, and begins with the first of them if it is wider. */
function middleOf({ label, marks }: Dots, positions: readonly number[]): number {
  const first = positions[0] ?? 0;
  if (marks.length === 1) return first;
  const width = Math.max(widthOf(label, TEXT.count), (positions.at(-1) ?? first) - first + 2 * DOT);
  return first - DOT + width / 2;
}
