import type { Timeline } from '../run/createTimeline.js';
import { createDots } from './createDots.js';
import { createItems } from './createItems.js';
import { createLayout } from './createLayout.js';
import { createScale } from './createScale.js';
import { createStretches, createVoided } from './createStretches.js';
import type { Picture } from './Picture.js';
import { placeDots } from './placeDots.js';

/** In less than this nothing can be seen. */
const NARROWEST = 320;
/** For a pause before an item that is alone in its system. */
const ROOM_OF_PAUSE = 130;

/** Finds out where everything stands, in systems of a width. */
export function createPicture(timeline: Timeline, width: number): Picture {
  const dots = createDots(timeline);
  const items = createItems(timeline, dots);
  const widest = items.reduce((most, { left, right }) => Math.max(most, left + right), 0);
  const room = Math.max(width, NARROWEST, widest + ROOM_OF_PAUSE);
  const layout = createLayout(items, timeline.marks, createScale(items), room);
  return {
    timeline,
    layout,
    stretches: createStretches(timeline, layout),
    dots: dots.flatMap((row) => placeDots(row, layout)),
    voided: createVoided(timeline, layout),
  };
}
