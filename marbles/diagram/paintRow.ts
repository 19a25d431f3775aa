import type { Axis, Cell, Lettered } from './createAxis.js';

/**
 * Writes one line of marbles on an axis. It can be read again as a line of its own: what other lines on the axis need more
 * room for is filled with time or with spaces that do not count.
 *
 * @param letters What happens at each frame. The line ends behind `|` or `#`.
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
  // Within round brackets a character is time; within square ones it is not.
  return text.padEnd(width, brackets === '()' ? '-' : ' ');
}

/**
 * Writes the letters of one lane.
 *
 * @param row What the line has beside them, character by character. It is written on.
 * @param places The column of each event.
 * @param isIn Whether an event stands in the lane.
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
