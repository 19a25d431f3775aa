import { LEGEND, legendLines, SIGNS } from '../alphabet/legend.js';
import { type Axis, createAxis, type Lettered, lettersByFrame, placesOf } from '../diagram/createAxis.js';
import { type LabelledRow, paintLane, paintRow, wrapRows } from '../diagram/paintRows.js';

/** The longest line of a message. */
const COLUMNS = 110;

/** The letters to explain. `|` needs no words. */
const MEANINGS = { ...LEGEND, '#': SIGNS['#'] ?? '' };

/** What a diagram shows of an event. */
export interface Drawn extends Lettered {
  readonly lane?: string | undefined;
}

/** Two runs to compare. */
export interface Both {
  readonly expected: readonly Drawn[];
  readonly actual: readonly Drawn[];
  /** The number of the first event that differs, from 0. */
  readonly index: number;
  /** The milliseconds of one character. Default: 1. */
  readonly scale?: number;
  /** Whether to show the lanes that differ. Default: false. */
  readonly lanes?: boolean;
  /** Lines below the diagrams. Default: none. */
  readonly reasons?: readonly string[];
}

/**
 * Draws two runs on one axis, one below the other, with a mark under the first difference and a legend. Of long runs it
 * draws the part with that difference.
 *
 * @param given The letters that the test defines.
 */
export function drawBoth(
  { expected, actual, index, scale = 1, lanes = false, reasons = [] }: Both,
  given: readonly string[],
): string {
  const letters = [lettersByFrame(expected), lettersByFrame(actual)] as const;
  const axis = createAxis(letters, scale);
  const places = [expected, actual].map((events) => placesOf(axis, events)) as [number[], number[]];
  const mark = Math.min(...places.map((columns) => columns[index] ?? Infinity));
  const rows = [
    row('expected', paintRow(axis, letters[0])),
    row('actual', paintRow(axis, letters[1])),
    row('', `${' '.repeat(mark === Infinity ? 0 : mark)}^`),
    ...(lanes ? laneRows(axis, expected, actual, places) : []),
  ];
  const systems = wrapRows(rows, { scale, axis }, COLUMNS).split('\n\n');
  const shown = systems.find((system) => /^ +\^$/m.test(system)) ?? systems[0] ?? '';
  const lines = [shown, ...(reasons.length === 0 ? [] : ['', ...reasons])].join('\n').replace(/^(?=.)/gm, '  ');
  return `${lines}\n\n${legendOf([...expected, ...actual], given)}`;
}

function row(label: string, text: string): LabelledRow {
  return { label, text, keep: label !== '' };
}

/** The lanes that differ, one below the other. */
function laneRows(
  axis: Axis,
  expected: readonly Drawn[],
  actual: readonly Drawn[],
  [wantedPlaces, foundPlaces]: readonly [number[], number[]],
): LabelledRow[] {
  const labels = new Set([...expected, ...actual].map(({ lane }) => lane));
  return [...labels].flatMap((label) => {
    if (label === undefined || label === 'result') return [];
    const isIn = ({ lane }: Drawn): boolean => lane === label;
    const wanted = paintLane(blank(axis), expected, wantedPlaces, isIn);
    const found = paintLane(blank(axis), actual, foundPlaces, isIn);
    return wanted === found ? [] : [row(`expected ${label}`, wanted), row(`actual ${label}`, found)];
  });
}

function blank({ width }: Axis): string[] {
  return Array<string>(width).fill(' ');
}

/** The meaning of each letter, with those that the test defines. */
function legendOf(events: readonly Drawn[], given: readonly string[]): string {
  const letters = [...new Set(events.map(({ letter }) => letter))];
  const ofTest = given.filter((letter) => letters.includes(letter));
  const ofLegend = letters.filter((letter) => !given.includes(letter));
  const lines = legendLines(MEANINGS, ofLegend.join(''), '', COLUMNS);
  if (ofTest.length === 0) return lines;
  const own = `  ${ofTest.join(' ')} as the test gives ${ofTest.length === 1 ? 'it' : 'them'}`;
  return lines === '' ? own : `${lines}\n${own}`;
}
