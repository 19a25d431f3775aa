import type { Entry } from './createLegend.js';
import { baseline, TEXT } from './geometry.js';
import { fitText, widthOf } from './measure.js';
import type { Drawn } from './drawSystem.js';
import { drawText } from './shapes.js';
import { element } from './xml.js';

const ROW_HEIGHT = 26;
/** Where the meaning begins, from the left of its column; the sign stands before it. */
const INDENT = 32;
const SIGN = 12;
const COLUMN_GAP = 28;
const MOST_COLUMNS = 5;

/** Draws the legend in as many columns as there is room for, to be read downwards. */
export function drawLegend(entries: readonly Entry[], width: number): Drawn {
  const columns = toColumns(entries, width);
  const rows = Math.max(0, ...columns.map(({ length }) => length));
  let left = 0;
  const drawn = columns.map((column) => {
    const x = left;
    left += widthOfColumn(column) + COLUMN_GAP;
    return column.map((entry, row) => drawEntry(entry, x, (row + 0.5) * ROW_HEIGHT, width)).join('');
  });
  return { svg: drawn.join(''), height: rows * ROW_HEIGHT };
}

/** How wide a legend wants to be to stand in a few columns. */
export function widthOfLegend(entries: readonly Entry[], columns: number): number {
  return widthOfColumns(split(entries, columns));
}

function toColumns(entries: readonly Entry[], width: number): readonly (readonly Entry[])[] {
  for (let count = MOST_COLUMNS; count > 1; count--) {
    const columns = split(entries, count);
    if (widthOfColumns(columns) <= width) return columns;
  }
  return [entries];
}

function split(entries: readonly Entry[], count: number): readonly (readonly Entry[])[] {
  const rows = Math.ceil(entries.length / count);
  return Array.from({ length: Math.ceil(entries.length / Math.max(rows, 1)) }, (_, column) =>
    entries.slice(column * rows, (column + 1) * rows),
  );
}

function widthOfColumns(columns: readonly (readonly Entry[])[]): number {
  return columns.reduce((width, column) => width + widthOfColumn(column) + COLUMN_GAP, -COLUMN_GAP);
}

function widthOfColumn(column: readonly Entry[]): number {
  return INDENT + Math.max(0, ...column.map(({ meaning }) => widthOf(meaning, TEXT.legend)));
}

function drawEntry({ meaning, tone, draw }: Entry, x: number, y: number, width: number): string {
  const text = fitText(meaning, TEXT.legend, width - INDENT);
  return element(
    'g',
    { class: tone },
    draw(x + SIGN, y),
    drawText(text, x + INDENT, baseline(y, TEXT.legend), TEXT.legend, 'muted'),
  );
}
