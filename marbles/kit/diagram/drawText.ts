import { LEGEND } from '../alphabet/legend.js';
import type { Lane } from '../run/createLanes.js';
import { frameOf, type Span, type Timeline } from '../run/createTimeline.js';
import { legendLines } from './legendLines.js';
import { type Axis, type Cell, columnOf, createAxis } from './createAxis.js';
import { paintRow } from './paintRow.js';
import { wrapRows } from './wrapRows.js';

/** How the text is laid out. */
export interface TextOptions {
  /** How many characters a line may have; a longer picture is broken into several under each other. Default: 110. */
  readonly columns?: number;
  /** Whether the letters are explained below. Default: true. */
  readonly legend?: boolean;
}

const FILLS: Readonly<Record<Span['kind'], string>> = { replying: '-', waiting: '.', running: '=', deciding: '.' };

/**
 * Draws a run as text: a ruler, the lanes, and the result, which is a complete line of marbles by itself. The text can be
 * read again by `parseDiagram`.
 */
export function drawText(timeline: Timeline, { columns = 110, legend = true }: TextOptions = {}): string {
  const { lanes, scale } = timeline;
  const letters = lettersOf(timeline);
  const axis = createAxis(new Map([...letters].map(([frame, { length }]) => [frame, length])), scale);
  const places = placesOf(timeline, axis);
  const rows = lanes.map((lane) => ({
    label: lane.label,
    text: lane.kind === 'result' ? paintRow(axis, letters) || '-' : paintLane(timeline, lane, axis, places),
    keep: lane.kind === 'result',
  }));
  const ruler = { label: `${scale === 1 ? '' : scale}ms`, scale, axis };
  const picture = wrapRows(rows, ruler, columns);
  return legend ? `${picture}\n\n${legendLines(LEGEND, [...letters.values()].join(''), '//', columns)}` : picture;
}

/** All letters of each frame, the end included. */
function lettersOf({ marks, end, scale }: Timeline): Map<number, string> {
  const letters = new Map<number, string>();
  const add = (frame: number, letter: string): void => {
    letters.set(frame, (letters.get(frame) ?? '') + letter);
  };
  for (const { frame, letter } of marks) add(frame, letter);
  if (end !== undefined) add(frameOf(end.time, scale), end.kind === 'complete' ? '|' : '#');
  return letters;
}

/** The column of each mark. */
function placesOf({ marks }: Timeline, { cells }: Axis): number[] {
  const byFrame = new Map<number, Cell>(cells.map((cell) => [cell.frame, cell]));
  let position = 0;
  return marks.map(({ frame }, index) => {
    position = marks[index - 1]?.frame === frame ? position + 1 : 0;
    const cell = byFrame.get(frame);
    return cell === undefined ? 0 : columnOf(cell, position);
  });
}

function paintLane({ marks, spans }: Timeline, lane: Lane, { width }: Axis, places: readonly number[]): string {
  const row = Array<string>(width).fill(' ');
  for (const span of spans) {
    if (span.lane === lane) row.fill(FILLS[span.kind], places[span.from], places[span.to ?? -1] ?? width);
  }
  marks.forEach((mark, index) => {
    if (mark.lane === lane) row[places[index] ?? 0] = mark.letter;
  });
  return row.join('').trimEnd();
}
