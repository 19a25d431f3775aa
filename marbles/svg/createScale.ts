import { TEXT } from './geometry.js';
import { formatDuration } from './formatTime.js';
import { widthOf } from './measure.js';
import type { Item } from './createItems.js';

/** How much room the time from one item to the next takes up. */
export interface Step {
  readonly width: number;
  /** How long nothing happens, in milliseconds, where that is too long to be drawn to scale. */
  readonly pause?: number;
}

/** Says how much room the time between two items takes up; `dots` are the small events in between. */
export type Scale = (previous: Item, next: Item, dots: number) => Step;

/** What comes later stands further to the right, if only by so much. */
const SHORTEST = 12;
/** Longer than this, a stretch without events is not drawn to scale. */
const LONGEST = 88;
/** However many dots there are, a row of them is no longer than this. */
const LONGEST_ROW = 190;
const ROOM_OF_DOT = 8;
/** The usual time between two items is this wide. */
const USUAL = 36;
/** How many of the times between items are no longer than the usual one. */
const USUAL_PART = 0.7;
/** On both sides of what is written in a pause. */
const PAUSE_PADDING = 14;

/** Chooses a scale by which most of a run is drawn: what is longer is a pause. */
export function createScale(items: readonly Item[]): Scale {
  const times = items
    .map(({ time }, at) => time - (items[at - 1]?.time ?? time))
    .filter((time) => time > 0 && Number.isFinite(time))
    .sort((left, right) => left - right);
  const usual = times[Math.floor((times.length - 1) * USUAL_PART)] ?? 1;
  return (previous, next, dots) => {
    if (previous.frame === next.frame) return { width: 0 };
    const milliseconds = next.time - previous.time;
    const width = (milliseconds / usual) * USUAL;
    if (!(width > LONGEST)) return { width: Math.max(SHORTEST, width || 0) };
    if (dots > 0) return { width: Math.min(width, LONGEST_ROW, Math.max(LONGEST, dots * ROOM_OF_DOT)) };
    return { width: widthOf(pauseText(milliseconds), TEXT.axis) + 2 * PAUSE_PADDING, pause: milliseconds };
  };
}

/** How a pause is written. */
export function pauseText(milliseconds: number): string {
  return `⋯ ${formatDuration(milliseconds)}`;
}
