import { LEGEND } from '../alphabet/legend.js';
import type { Lane } from '../run/createLanes.js';
import type { Drawn } from './drawSystem.js';
import { drawBar, drawCompletion, drawCross, drawDots, drawLine, drawMarble, drawText, drawVoided } from './shapes.js';
import { baseline, fitText, TEXT, widthOf } from './measure.js';
import type { Picture } from './createPicture.js';
import { element } from './xml.js';

const ROW_HEIGHT = 26;
/** Where the meaning begins, from the left of its column; the sign is before it. */
const INDENT = 32;
const SIGN = 12;
const COLUMN_GAP = 28;
const MOST_COLUMNS = 5;

/** Draws the legend, in as many columns as there is room for. */
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

/** The width that a legend needs for a few columns. */
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

/** The meaning of a sign. */
interface Entry {
  readonly meaning: string;
  /** The lane that gives the sign its colours. */
  readonly tone: Lane['kind'];
  /** Draws the sign around a point. */
  readonly draw: (x: number, y: number) => string;
}

/** Half the length of a sample of a line. */
const HALF = 11;

/** Explains the letters and signs of a picture. */
export function createLegend(picture: Picture): readonly Entry[] {
  const { timeline, stretches, dots, voided } = picture;
  const has = (kind: string): boolean => stretches.some((stretch) => stretch.kind === kind);
  const signs: readonly (readonly [used: boolean, entry: Entry])[] = [
    [
      dots.length > 0,
      {
        meaning: 'small events, counted below',
        tone: dots[0]?.lane.kind ?? 'claude',
        draw: (x, y) => drawDots([x - 7, x, x + 7], y),
      },
    ],
    [has('waiting'), { meaning: 'waits to start', tone: 'call', draw: sampleLine('waiting') }],
    [has('deciding'), { meaning: 'waits for the decision', tone: 'approval', draw: sampleLine('deciding') }],
    [has('running'), { meaning: 'the tool runs', tone: 'call', draw: (x, y) => drawBar(x - HALF, x + HALF, y) }],
    [
      voided.length > 0,
      {
        meaning: 'taken back by the retry',
        tone: 'result',
        draw: (x, y) => drawVoided({ left: x - HALF, right: x + HALF, top: y - 8, bottom: y + 8 }, y + 8),
      },
    ],
    [timeline.end?.kind === 'complete', { meaning: 'the stream completes', tone: 'result', draw: drawCompletion }],
    [timeline.end?.kind === 'error', { meaning: 'the stream fails', tone: 'result', draw: drawCross }],
  ];
  return [...letterEntries(picture), ...signs.filter(([used]) => used).map(([, entry]) => entry)];
}

function letterEntries({ timeline: { marks }, layout }: Picture): Entry[] {
  const tones = new Map<string, Lane['kind']>();
  for (const { item } of layout.places) {
    const mark = item.kind === 'marble' ? marks[item.index] : undefined;
    if (mark !== undefined && !tones.has(mark.letter)) tones.set(mark.letter, mark.lane.kind);
  }
  return Object.entries(LEGEND).flatMap(([letter, meaning]) => {
    const tone = tones.get(letter);
    if (tone === undefined) return [];
    const failed = letter === 'X' || letter === 'R';
    return [{ meaning, tone, draw: (x: number, y: number) => drawMarble(letter, x, y, failed) }];
  });
}

function sampleLine(kind: 'waiting' | 'deciding'): Entry['draw'] {
  return (x, y) => drawLine(kind, x - HALF, x + HALF, y);
}
