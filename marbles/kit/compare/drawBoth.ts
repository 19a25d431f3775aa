import { LEGEND } from '../alphabet/legend.js';
import { type Axis, columnOf, createAxis } from '../diagram/createAxis.js';
import { legendLines } from '../diagram/legendLines.js';
import { paintRow } from '../diagram/paintRow.js';
import { type LabelledRow, wrapRows } from '../diagram/wrapRows.js';

/** How many characters a line of a message has, at the most. */
const COLUMNS = 110;

/** What is drawn of an event: where, and as which letter. */
export interface Drawn {
  readonly frame: number;
  readonly letter: string;
  readonly lane?: string | undefined;
}

/** Two runs to be compared by eye. */
export interface Both {
  readonly expected: readonly Drawn[];
  readonly actual: readonly Drawn[];
  /** Which event is the first that differs. */
  readonly index: number;
  /** What one character stands for, in milliseconds. Default: 1. */
  readonly scale?: number;
  /** Whether the lanes that differ are shown as well. Default: false. */
  readonly lanes?: boolean;
}

/**
 * Draws two runs on one axis, one under the other, with a mark under the first difference; of long ones, the piece with that
 * difference. The letters are explained below.
 *
 * @param given Letters whose meaning the test gives.
 */
export function drawBoth(
  { expected, actual, index, scale = 1, lanes = false }: Both,
  given: readonly string[],
): string {
  const letters = [lettersOf(expected), lettersOf(actual)] as const;
  const axis = axisOf(letters, scale);
  const places = [expected, actual].map((events) => placesOf(axis, events)) as [number[], number[]];
  const mark = Math.min(...places.map((columns) => columns[index] ?? Infinity));
  const rows = [
    row('expected', paintRow(axis, letters[0])),
    row('actual', paintRow(axis, letters[1])),
    row('', `${' '.repeat(mark === Infinity ? 0 : mark)}^`),
    ...(lanes ? laneRows(axis, expected, actual, places) : []),
  ];
  const ruler = { label: `${scale === 1 ? '' : scale}ms`, scale, axis };
  const systems = wrapRows(rows, ruler, COLUMNS).split('\n\n');
  const shown = systems.find((system) => /^ +\^$/m.test(system)) ?? systems[0] ?? '';
  return `${shown.replace(/^/gm, '  ')}\n\n${legendOf([...expected, ...actual], given)}`;
}

function row(label: string, text: string): LabelledRow {
  return { label, text, keep: label !== '' };
}

function lettersOf(events: readonly Drawn[]): Map<number, string> {
  const letters = new Map<number, string>();
  for (const { frame, letter } of events) letters.set(frame, (letters.get(frame) ?? '') + letter);
  return letters;
}

function axisOf(rows: readonly ReadonlyMap<number, string>[], scale: number): Axis {
  const sizes = new Map<number, number>();
  for (const letters of rows) {
    for (const [frame, { length }] of letters) sizes.set(frame, Math.max(length, sizes.get(frame) ?? 0));
  }
  return createAxis(sizes, scale);
}

/** The column of each event. */
function placesOf({ cells }: Axis, events: readonly Drawn[]): number[] {
  const byFrame = new Map(cells.map((cell) => [cell.frame, cell]));
  const taken = new Map<number, number>();
  return events.map(({ frame }) => {
    const position = taken.get(frame) ?? 0;
    taken.set(frame, position + 1);
    const cell = byFrame.get(frame);
    return cell === undefined ? 0 : columnOf(cell, position);
  });
}

/** The lanes in which the two differ, under each other. */
function laneRows(
  axis: Axis,
  expected: readonly Drawn[],
  actual: readonly Drawn[],
  [wantedPlaces, foundPlaces]: readonly [number[], number[]],
): LabelledRow[] {
  const labels = new Set([...expected, ...actual].map(({ lane }) => lane));
  return [...labels].flatMap((label) => {
    if (label === undefined || label === 'result') return [];
    const wanted = paintLane(axis, expected, wantedPlaces, label);
    const found = paintLane(axis, actual, foundPlaces, label);
    return wanted === found ? [] : [row(`expected ${label}`, wanted), row(`actual ${label}`, found)];
  });
}

function paintLane({ width }: Axis, events: readonly Drawn[], places: readonly number[], label: string): string {
  const text = Array<string>(width).fill(' ');
  events.forEach(({ lane, letter }, index) => {
    if (lane === label) text[places[index] ?? 0] = letter;
  });
  return text.join('').trimEnd();
}

/** What the letters mean, those of the test's own values included. */
function legendOf(events: readonly Drawn[], given: readonly string[]): string {
  const letters = [...new Set(events.map(({ letter }) => letter))];
  const ofTest = given.filter((letter) => letters.includes(letter));
  const ofLegend = letters.filter((letter) => !given.includes(letter));
  const lines = legendLines(LEGEND, ofLegend.join(''), '', COLUMNS);
  if (ofTest.length === 0) return lines;
  const own = `  ${ofTest.join(' ')} as the test gives ${ofTest.length === 1 ? 'it' : 'them'}`;
  return lines === '' ? own : `${lines}\n${own}`;
}
