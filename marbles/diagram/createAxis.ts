import type { Sign } from './parseRow.js';

/** A moment at which something happens, and its characters. */
export interface Cell {
  readonly frame: number;
  /** The first of its characters. */
  readonly column: number;
  readonly width: number;
  /** The brackets around its letters. */
  readonly brackets: '' | '()' | '[]';
}

/** The text of a time in which nothing happens. */
interface Gap {
  readonly column: number;
  readonly text: string;
}

/** The time axis that all lines of a diagram share: which characters stand for which moment. */
export interface Axis {
  readonly cells: readonly Cell[];
  readonly gaps: readonly Gap[];
  readonly width: number;
}

/** The longest gap that is drawn as dashes. A longer one becomes a duration. */
const LONGEST_DASHES = 8;

/**
 * Lays out a time axis.
 *
 * @param rows The letters of each frame, for each line on the axis.
 * @param scale The milliseconds of one character.
 */
export function createAxis(rows: readonly ReadonlyMap<number, string>[], scale = 1): Axis {
  const sizes = sizesOf(rows);
  const frames = [...sizes.keys()].sort((left, right) => left - right);
  const cells: Cell[] = [];
  const gaps: Gap[] = [];
  let now = 0;
  let column = 0;
  frames.forEach((frame, index) => {
    if (frame > now) {
      const text = gapText(frame - now, scale, column === 0);
      gaps.push({ column, text });
      column += text.length;
    }
    const size = sizes.get(frame) ?? 1;
    const next = frames[index + 1] ?? Infinity;
    const single = size === 1;
    const fits = next >= frame + size + 2;
    const width = single ? 1 : size + 2;
    cells.push({ frame, column, width, brackets: single ? '' : fits ? '()' : '[]' });
    column += width;
    now = frame + (!single && fits ? width : 1);
  });
  return { cells, gaps, width: column };
}

/** The column of each event of a line. Events of one frame stand side by side. */
export function placesOf({ cells }: Axis, events: readonly { readonly frame: number }[]): number[] {
  const byFrame = new Map(cells.map((cell) => [cell.frame, cell]));
  const taken = new Map<number, number>();
  return events.map(({ frame }) => {
    const position = taken.get(frame) ?? 0;
    taken.set(frame, position + 1);
    const cell = byFrame.get(frame);
    return cell === undefined ? 0 : cell.column + (cell.brackets === '' ? 0 : 1) + position;
  });
}

/** The most letters of each frame in any of the lines. */
function sizesOf(rows: readonly ReadonlyMap<number, string>[]): Map<number, number> {
  const sizes = new Map<number, number>();
  for (const letters of rows) {
    for (const [frame, { length }] of letters) sizes.set(frame, Math.max(length, sizes.get(frame) ?? 0));
  }
  return sizes;
}

function gapText(frames: number, scale: number, atStart: boolean): string {
  if (frames <= LONGEST_DASHES) return '-'.repeat(frames);
  // Spaces at the start of a line do not count.
  return atStart ? `- ${duration((frames - 1) * scale)} ` : ` ${duration(frames * scale)} `;
}

function duration(milliseconds: number): string {
  if (milliseconds % 60_000 === 0) return `${milliseconds / 60_000}m`;
  return milliseconds % 1_000 === 0 ? `${milliseconds / 1_000}s` : `${milliseconds}ms`;
}

/** What a diagram shows of an event: its frame and its letter. */
export type Lettered = Pick<Sign, 'frame' | 'letter'>;

/** The letters of each frame, in order. */
export function lettersByFrame(events: readonly Lettered[]): Map<number, string> {
  const letters = new Map<number, string>();
  for (const { frame, letter } of events) letters.set(frame, (letters.get(frame) ?? '') + letter);
  return letters;
}
