import { LEGEND, legendLines } from '../alphabet/legend.js';
import type { Lane } from '../run/createLanes.js';
import { endOf, type Span, type Timeline } from '../run/createTimeline.js';
import { type Axis, createAxis, lettersByFrame, placesOf } from './createAxis.js';
import { paintLane, paintRow, wrapRows } from './paintRows.js';

/** The layout of the text. */
export interface TextOptions {
  /** The longest line, in characters. A longer diagram is broken into several parts. Default: 110. */
  readonly columns?: number;
  /** Whether a legend follows. Default: true. */
  readonly legend?: boolean;
}

const FILLS: Readonly<Record<Span['kind'], string>> = { replying: '-', waiting: '.', running: '=', deciding: '.' };

/**
 * Draws a run as text: a ruler, the lanes, and the result, which is a complete line of marbles. `parseDiagram` reads the
 * text back.
 */
export function drawText(timeline: Timeline, { columns = 110, legend = true }: TextOptions = {}): string {
  const { lanes, marks, scale } = timeline;
  const letters = lettersByFrame([...marks, endOf(timeline) ?? []].flat());
  const axis = createAxis([letters], scale);
  const places = placesOf(axis, marks);
  const rows = lanes.map((lane) => ({
    label: lane.label,
    text: lane.kind === 'result' ? paintRow(axis, letters) || '-' : laneText(timeline, lane, axis, places),
    keep: lane.kind === 'result',
  }));
  const picture = wrapRows(rows, { scale, axis }, columns);
  return legend ? `${picture}\n\n${legendLines(LEGEND, [...letters.values()].join(''), '//', columns)}` : picture;
}

/** A lane: its spans and its letters. */
function laneText({ marks, spans }: Timeline, lane: Lane, { width }: Axis, places: readonly number[]): string {
  const row = Array<string>(width).fill(' ');
  for (const span of spans) {
    if (span.lane === lane) row.fill(FILLS[span.kind], places[span.from], places[span.to ?? -1] ?? width);
  }
  return paintLane(row, marks, places, (mark) => mark.lane === lane);
}
