/** A moment at which something happens, and the characters that it takes up. */
export interface Cell {
  readonly frame: number;
  /** The first of its characters. */
  readonly column: number;
  readonly width: number;
  /** What is around its letters: nothing, `(` and `)`, or `[` and `]`. */
  readonly brackets: '' | '()' | '[]';
}

/** A stretch in which nothing happens, as it is written. */
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

/** Up to as many characters a gap is shown as dashes; a longer one is written as a duration. */
const LONGEST_DASHES = 8;

/**
 * Lays out a time axis.
 *
 * @param sizes For each frame at which something happens, how many letters it takes, at the most.
 * @param scale What one character stands for, in milliseconds.
 */
export function createAxis(sizes: ReadonlyMap<number, number>, scale = 1): Axis {
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

/** Where the letter of a frame stands, by its position among those of the frame. */
export function columnOf({ column, brackets }: Cell, position: number): number {
  return column + (brackets === '' ? 0 : 1) + position;
}

function gapText(frames: number, scale: number, atStart: boolean): string {
  if (frames <= LONGEST_DASHES) return '-'.repeat(frames);
  // A line cannot begin with a space that counts.
  return atStart ? `- ${duration((frames - 1) * scale)} ` : ` ${duration(frames * scale)} `;
}

function duration(milliseconds: number): string {
  if (milliseconds % 60_000 === 0) return `${milliseconds / 60_000}m`;
  return milliseconds % 1_000 === 0 ? `${milliseconds / 1_000}s` : `${milliseconds}ms`;
}
