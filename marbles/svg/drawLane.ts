import { LEGEND } from '../alphabet/legend.js';
import type { Lane } from '../run/createLanes.js';
import type { Item } from './createItems.js';
import { formatMoment } from './formatTime.js';
import { baseline, COUNT_LINE, NOTE_GAP, RADIUS, TEXT } from './geometry.js';
import { fieldOf } from './fieldOf.js';
import { widthOf } from './measure.js';
import type { Picture } from './Picture.js';
import type { Place } from './placeItems.js';
import { drawArrow, drawBar, drawCompletion, drawCross, drawDots, drawLine, drawMarble, drawText } from './shapes.js';
import { element } from './xml.js';

/** Draws one lane of one system: its lines and bars, then its dots, then its marbles with what is written beside them. */
export function drawLane(picture: Picture, system: number, lane: Lane, y: number): string {
  const { stretches, dots, layout } = picture;
  const here = (thing: { readonly system: number; readonly lane: Lane }): boolean =>
    thing.system === system && thing.lane === lane;
  const lines = stretches
    .filter(here)
    .map(({ kind, from, to, begins, ends }) =>
      kind === 'running' ? drawBar(from, to, y, begins, ends) : drawLine(kind, from, to, y),
    );
  const rows = dots
    .filter(here)
    .flatMap(({ positions, count }) => [
      drawDots(positions, y),
      count === undefined ? '' : drawText(count.text, count.middle, y + COUNT_LINE, TEXT.count, 'halo muted', 'middle'),
    ]);
  const items = layout.places
    .filter((place) => place.system === system && place.item.lane === lane)
    .map((place) => drawItem(picture, place, y));
  const goesOn = lane.kind === 'result' && picture.timeline.end === undefined && system === layout.edges.length - 1;
  const arrow = goesOn ? drawArrow(layout.edges[system] ?? 0, y) : '';
  return element('g', { class: lane.kind }, ...lines, arrow, ...rows, ...items);
}

function drawItem({ timeline }: Picture, { item, x }: Place, y: number): string {
  switch (item.kind) {
    case 'begin':
    case 'dots':
      return '';
    case 'complete':
      return drawCompletion(x, y);
    case 'error':
      return drawCross(x, y) + drawNote(item, x, y, true);
    case 'marble': {
      const { letter = 'u', event } = timeline.marks[item.index] ?? {};
      const failed = isFailure(letter, event);
      const hint = `${LEGEND[letter] ?? letter}, ${formatMoment(item.time)}`;
      return drawMarble(letter, x, y, failed, hint) + drawNote(item, x, y, failed || item.note === 'denied');
    }
  }
}

/** Whether something went wrong, so that it is to be seen at first sight. */
function isFailure(letter: string, event: unknown): boolean {
  return letter === 'X' || letter === 'R' || (letter === 'C' && fieldOf(event, 'reason') === 'error');
}

function drawNote({ note }: Item, x: number, y: number, failed: boolean): string {
  if (note === '') return '';
  const left = x + RADIUS + NOTE_GAP;
  const size = { x: x + RADIUS + 1, y: y - 6, width: NOTE_GAP + widthOf(note, TEXT.note), height: 12 };
  // The line of the lane goes on behind the note, but not through it.
  const text =
    element('rect', { class: 'background', ...size }) + drawText(note, left, baseline(y, TEXT.note), TEXT.note, 'tone');
  return failed ? element('g', { class: 'error' }, text) : text;
}
