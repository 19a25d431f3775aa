import type { Axis, Cell } from './createAxis.js';

/** A line of a picture. */
export interface LabelledRow {
  readonly label: string;
  readonly text: string;
  /** Whether it is shown even where there is nothing on it. */
  readonly keep: boolean;
}

/** The line that tells the time. */
export interface Ruler {
  readonly label: string;
  /** What one character stands for, in milliseconds. */
  readonly scale: number;
  readonly axis: Axis;
}

/** Writes lines with their labels under each other, in as many pieces as it takes. */
export function wrapRows(rows: readonly LabelledRow[], ruler: Ruler, columns: number): string {
  const indent = Math.max(ruler.label.length, ...rows.map(({ label }) => label.length)) + 2;
  const write = (label: string, text: string): string => `${label.padEnd(indent)}${text}`.trimEnd();
  return cuts(ruler.axis, Math.max(columns - indent, 1))
    .map(([from, to]) => {
      const shown = rows
        .map((row) => ({ ...row, text: row.text.slice(from, to) }))
        .filter(({ text, keep }) => keep || text.trim() !== '');
      const lines = shown.map(({ label, text }) => write(label, text));
      return [write(ruler.label, rulerText(ruler, from, to)), ...lines].join('\n');
    })
    .join('\n\n');
}

/** Where the axis is cut: in front of cells, so that no line begins with time that passes. */
function cuts({ cells, width }: Axis, room: number): [from: number, to: number][] {
  const pieces: [number, number][] = [];
  let from = 0;
  let last = 0;
  for (const { column, width: size } of cells) {
    if (column + size - from > room && column > from) {
      pieces.push([from, column]);
      from = column;
    }
    last = column;
  }
  return last < from ? pieces : [...pieces, [from, Math.max(width, 1)]];
}

/** The time of each cell, in milliseconds, where there is room for it. */
function rulerText({ axis: { cells }, scale }: Ruler, from: number, to: number): string {
  const inside = cells.filter(({ column }) => column >= from && column < to);
  const starts: readonly Pick<Cell, 'column' | 'frame'>[] =
    inside[0]?.column === from ? inside : [{ column: from, frame: 0 }, ...inside];
  let text = '';
  for (const { column, frame } of starts) {
    const at = column - from;
    if (text === '' || text.length < at) text = text.padEnd(at) + String(frame * scale);
  }
  return text;
}
