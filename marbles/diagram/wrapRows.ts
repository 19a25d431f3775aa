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
  /** What one character stands for, in milliseconds. */
  readonly scale: number;
  readonly axis: Axis;
}

/** Writes lines with their labels under each other, in as many pieces as it takes. */
export function wrapRows(rows: readonly LabelledRow[], { axis, scale }: Ruler, columns: number): string {
  const ofRuler = `${scale === 1 ? '' : scale}ms`;
  const indent = Math.max(ofRuler.length, ...rows.map(({ label }) => label.length)) + 2;
  const write = (label: string, text: string): string => `${label.padEnd(indent)}${text}`.trimEnd();
  return toPieces(axis, Math.max(columns - indent, 1))
    .map((piece) => {
      const { from, to } = piece;
      const shown = rows
        .map((row) => ({ ...row, text: row.text.slice(from, to) }))
        .filter(({ text, keep }) => keep || text.trim() !== '');
      const lines = shown.map(({ label, text }) => write(label, text));
      return [write(ofRuler, rulerText(piece, scale)), ...lines].join('\n');
    })
    .join('\n\n');
}

/** A stretch of the axis. */
interface Piece {
  readonly from: number;
  readonly to: number;
  readonly cells: Cell[];
}

/** Cuts the axis in front of cells, so that no line begins with time that passes. */
function toPieces({ cells, width }: Axis, room: number): Piece[] {
  const pieces: Piece[] = [];
  let piece: Piece = { from: 0, to: Math.max(width, 1), cells: [] };
  for (const cell of cells) {
    const { column } = cell;
    if (column + cell.width - piece.from > room && column > piece.from) {
      pieces.push({ ...piece, to: column });
      piece = { from: column, to: width, cells: [] };
    }
    piece.cells.push(cell);
  }
  return [...pieces, piece];
}

/** The time of each cell, in milliseconds, where there is room for it. */
function rulerText({ from, cells }: Piece, scale: number): string {
  const starts: readonly Pick<Cell, 'column' | 'frame'>[] =
    cells[0]?.column === from ? cells : [{ column: from, frame: 0 }, ...cells];
  let text = '';
  for (const { column, frame } of starts) {
    const at = column - from;
    if (text === '' || text.length < at) text = text.padEnd(at) + String(frame * scale);
  }
  return text;
}
