import type { Axis, Cell, Lettered } from './createAxis.js';

/**
 * Writes one line of marbles on an axis. The line can be read by itself: where other lines on the axis need more room, it has
 * time or spaces that do not count.
 *
 * @param letters The letters of each frame. The line ends after `|` or `#`.
 */
export function paintRow({ cells, gaps, width }: Axis, letters: ReadonlyMap<number, string>): string {
  const row = Array<string>(width).fill(' ');
  const write = (column: number, text: string): void => {
    for (let at = 0; at < text.length; at++) row[column + at] = text.charAt(at);
  };
  for (const { column, text } of gaps) write(column, text);
  for (const cell of cells) write(cell.column, cellText(cell, letters.get(cell.frame) ?? ''));
  const last = cells.find(({ frame }) => /[|#]/.test(letters.get(frame) ?? ''));
  return row
    .slice(0, last === undefined ? width : last.column + last.width)
    .join('')
    .trimEnd();
}

function cellText({ brackets, width }: Cell, letters: string): string {
  if (brackets === '') return letters === '' ? '-' : letters;
  const [open = '', close = ''] = brackets;
  const text = letters.length > 1 ? `${open}${letters}${close}` : letters || '-';
  // In round brackets each character takes time; in square ones it does not.
  return text.padEnd(width, brackets === '()' ? '-' : ' ');
}

/**
 * Writes the letters of one lane.
 *
 * @param row The other characters of the line. The letters are written into it.
 * @param places The column of each event.
 * @param isIn Whether an event belongs to the lane.
 */
export function paintLane<Event extends Lettered>(
  row: string[],
  events: readonly Event[],
  places: readonly number[],
  isIn: (event: Event) => boolean,
): string {
  events.forEach((event, index) => {
    if (isIn(event)) row[places[index] ?? 0] = event.letter;
  });
  return row.join('').trimEnd();
}

/** A line of a diagram. */
export interface LabelledRow {
  readonly label: string;
  readonly text: string;
  /** Whether it is shown even when it is empty. */
  readonly keep: boolean;
}

/** The line with the times. */
export interface Ruler {
  /** The milliseconds of one character. */
  readonly scale: number;
  readonly axis: Axis;
}

/** Writes lines with their labels, one below the other, in as many parts as it takes. */
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

/** A part of the axis. */
interface Piece {
  readonly from: number;
  readonly to: number;
  readonly cells: Cell[];
}

/** Cuts the axis before cells, so that no line begins with time that passes. */
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
