import type { Lettered } from './lettersByFrame.js';

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
