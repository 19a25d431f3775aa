import { LEGEND } from '../alphabet/legend.js';
import type { Lane } from '../run/createLanes.js';
import type { Item } from './createItems.js';
import { pauseText, type Place } from './createLayout.js';
import { fieldOf, formatMoment } from './words.js';
import {
  AXIS_HEIGHT,
  baseline,
  COUNT_LINE,
  LABEL_GAP,
  LANE_HEIGHT,
  NOTE_GAP,
  RADIUS,
  TEXT,
  widthOf,
} from './measure.js';
import type { Picture } from './createPicture.js';
import {
  drawArrow,
  drawBar,
  drawCompletion,
  drawCross,
  drawDots,
  drawLine,
  drawMarble,
  drawText,
  drawVoided,
} from './shapes.js';
import { element } from './xml.js';

/** A drawing, and its height. */
export interface Drawn {
  readonly svg: string;
  readonly height: number;
}

/** Draws a system: the time axis, and below it the lanes that are not empty there. */
export function drawSystem(picture: Picture, system: number): Drawn {
  const { layout, stretches, voided, dots } = picture;
  const places = layout.places.filter((place) => place.system === system);
  const right = layout.edges[system] ?? 0;
  const used = new Set<Lane>([
    ...places.map(({ item }) => item.lane),
    ...stretches.filter((stretch) => stretch.system === system).map(({ lane }) => lane),
    ...dots.filter((row) => row.system === system).map(({ lane }) => lane),
  ]);
  const lanes = picture.timeline.lanes.filter((lane) => lane.kind === 'result' || used.has(lane));
  const middleOf = (at: number): number => AXIS_HEIGHT + LANE_HEIGHT * (at + 0.5);
  const last = middleOf(lanes.length - 1);
  const shades = voided
    .filter((piece) => piece.system === system)
    .map(({ from, to, begins, ends }) =>
      drawVoided(
        { left: begins ? from - RADIUS - 4 : from, right: to, top: AXIS_HEIGHT, bottom: last - LANE_HEIGHT / 2 },
        ends ? last : undefined,
      ),
    );
  const svg = [
    drawAxis(places, right, last + RADIUS),
    ...shades,
    ...lanes.map((lane, at) => drawLabel(lane, middleOf(at))),
    ...lanes.map((lane, at) => drawLane(picture, system, lane, middleOf(at))),
  ];
  return { svg: svg.join(''), height: AXIS_HEIGHT + LANE_HEIGHT * lanes.length };
}

function drawLabel({ kind, label }: Lane, y: number): string {
  return element(
    'g',
    { class: kind },
    drawText(label, -LABEL_GAP, baseline(y, TEXT.lane), TEXT.lane, 'tone strong', 'end'),
  );
}

/** Draws a lane of a system: its lines and bars, then its dots, then its marbles with their notes. */
function drawLane(picture: Picture, system: number, lane: Lane, y: number): string {
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

/** Whether the event is a failure, which must catch the eye. */
function isFailure(letter: string, event: unknown): boolean {
  return letter === 'X' || letter === 'R' || (letter === 'C' && fieldOf(event, 'reason') === 'error');
}

function drawNote({ note }: Item, x: number, y: number, failed: boolean): string {
  if (note === '') return '';
  const left = x + RADIUS + NOTE_GAP;
  const size = { x: x + RADIUS + 1, y: y - 6, width: NOTE_GAP + widthOf(note, TEXT.note), height: 12 };
  // The note covers the line of the lane.
  const text =
    element('rect', { class: 'background', ...size }) + drawText(note, left, baseline(y, TEXT.note), TEXT.note, 'tone');
  return failed ? element('g', { class: 'error' }, text) : text;
}

/** The line of the axis, below the times. */
const LINE = 24;
const TICK = 4;
/** The space between two times. */
const TEXT_GAP = 10;
/** The space from the text of a pause to the line. */
const PAUSE_GAP = 5;

/** Items of one frame, side by side. */
interface Moment {
  readonly time: number;
  readonly from: number;
  readonly to: number;
}

/**
 * Draws the time axis of a system: a tick for each moment, with its time where there is room; a thick line where events of one
 * moment are side by side; a gap in the line for each pause.
 *
 * @param right The right end of the system.
 * @param bottom The lower end of the lines that lead to the events.
 */
function drawAxis(places: readonly Place[], right: number, bottom: number): string {
  const moments = toMoments(places);
  const pauses = places.flatMap(({ pause, x }) => (pause === undefined ? [] : [{ ...pause, to: x }]));
  const gaps = pauses.map(({ from, to, milliseconds }) => {
    const half = widthOf(pauseText(milliseconds), TEXT.axis) / 2 + PAUSE_GAP;
    return { from: (from + to) / 2 - half, to: (from + to) / 2 + half };
  });
  const starts = [0, ...gaps.map(({ to }) => to)];
  const ends = [...gaps.map(({ from }) => from), right];
  const line = starts.map((start, at) => `M${start.toFixed(1)} ${LINE}H${(ends[at] ?? right).toFixed(1)}`).join('');
  const ticks = moments.map(({ from }) => `M${from.toFixed(1)} ${LINE - TICK}v${2 * TICK}`).join('');
  const wide = moments.filter(({ from, to }) => to > from);
  const thick = wide.map(({ from, to }) => `M${from.toFixed(1)} ${LINE}H${to.toFixed(1)}`).join('');
  const grid = moments.map(({ from }) => `M${from.toFixed(1)} ${LINE + TICK + 4}V${bottom.toFixed(1)}`).join('');
  return [
    element('path', { class: 'grid', d: grid }),
    element('path', { class: 'line', d: line + ticks }),
    thick === '' ? '' : element('path', { class: 'line', 'stroke-width': 3, d: thick }),
    ...pauses.map(({ from, to, milliseconds }) =>
      drawText(pauseText(milliseconds), (from + to) / 2, baseline(LINE, TEXT.axis), TEXT.axis, 'muted', 'middle'),
    ),
    ...drawTimes(moments, right),
  ].join('');
}

function toMoments(places: readonly Place[]): Moment[] {
  const moments: Moment[] = [];
  places.forEach(({ item, x }, at) => {
    const last = moments.at(-1);
    if (last !== undefined && places[at - 1]?.item.frame === item.frame)
      moments[moments.length - 1] = { ...last, to: x };
    else moments.push({ time: item.time, from: x, to: x });
  });
  return moments;
}

/** The times, where there is room. The last one is always there. */
function drawTimes(moments: readonly Moment[], right: number): string[] {
  const texts = moments.map(({ time, from, to }) => {
    const text = formatMoment(time);
    const half = widthOf(text, TEXT.axis) / 2;
    return { text, half, middle: Math.max(half, Math.min((from + to) / 2, right - half)) };
  });
  const last = texts.at(-1);
  const limit = last === undefined ? 0 : last.middle - last.half - TEXT_GAP;
  let occupied = -Infinity;
  return texts.flatMap((time) => {
    const { text, half, middle } = time;
    if (time !== last && (middle - half < occupied + TEXT_GAP || middle + half > limit)) return [];
    occupied = middle + half;
    return [drawText(text, middle, LINE - TICK - 6, TEXT.axis, 'muted', 'middle')];
  });
}
