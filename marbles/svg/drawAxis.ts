import { pauseText } from './createScale.js';
import { formatMoment } from './formatTime.js';
import { baseline, TEXT } from './geometry.js';
import { widthOf } from './measure.js';
import type { Place } from './placeItems.js';
import { drawText } from './shapes.js';
import { element } from './xml.js';

/** Where the line of the axis is, below the times. */
const LINE = 24;
const TICK = 4;
/** Between two times that are written. */
const TEXT_GAP = 10;
/** From what is written in a pause to the line. */
const PAUSE_GAP = 5;

/** Items of one frame, which stand side by side. */
interface Moment {
  readonly time: number;
  readonly from: number;
  readonly to: number;
}

/**
 * Draws the time axis of one system: a tick for each moment and its time where there is room, a thick line where several
 * events of one moment stand side by side, and a gap in the line for each pause.
 *
 * @param right How far the system reaches.
 * @param bottom How far down the lines reach that lead to the events.
 */
export function drawAxis(places: readonly Place[], right: number, bottom: number): string {
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

/** The times, as far as there is room for them side by side; of the last one there always is. */
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
