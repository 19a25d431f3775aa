import type { Lane } from '../run/createLanes.js';
import { frameOf, type Mark, type Timeline } from '../run/createTimeline.js';
import { DOT, NOTE_GAP, RADIUS, TEXT, widthOf } from './measure.js';
import { nameOfError, noteOf } from './words.js';

/** Something with its own place on the time axis. */
export interface Item {
  /** `dots` is the first or the last of a row of dots, `begin` the subscription. */
  readonly kind: 'begin' | 'marble' | 'dots' | 'complete' | 'error';
  readonly lane: Lane;
  /** The index of its mark; -1 for the beginning, the number of marks for the end. */
  readonly index: number;
  readonly frame: number;
  readonly time: number;
  /** How far it reaches to each side, with its note. */
  readonly left: number;
  readonly right: number;
  /** The text beside it. */
  readonly note: string;
}

/** All items of a run, in order. */
export function createItems(timeline: Timeline, dots: readonly Dots[]): readonly Item[] {
  const { marks } = timeline;
  const small = new Set(dots.flatMap((row) => row.marks));
  const marbles = marks.map((_, index) => index).filter((index) => !small.has(index));
  const items = [
    ...marbles.map((index) => itemAt(timeline, index, 'marble', noteOf(timeline, index))),
    ...dots.flatMap((row) => endsOf(row, timeline)),
  ].sort((left, right) => left.index - right.index);
  const begin = (items[0]?.time ?? 1) > 0 ? [beginOf(timeline)] : [];
  return [...begin, ...items, ...endOf(timeline)];
}

/** The first and the last of a row of dots. The first one leaves room for the count below. */
function endsOf({ marks, label }: Dots, timeline: Timeline): Item[] {
  const width = widthOf(label, TEXT.count);
  const first = itemAt(timeline, marks[0] ?? 0, 'dots', '');
  const last = marks.at(-1);
  if (last === undefined || marks.length === 1) return [{ ...first, left: width / 2, right: width / 2 }];
  return [{ ...first, right: Math.max(DOT, width - 2 * DOT) }, itemAt(timeline, last, 'dots', '')];
}

function itemAt({ marks }: Timeline, index: number, kind: Item['kind'], note: string): Item {
  const { lane, frame = 0, time = 0 } = marks[index] ?? { lane: NOWHERE };
  const half = kind === 'dots' ? DOT : RADIUS;
  return { kind, lane, index, frame, time, left: half, right: half + widthOfNote(note), note };
}

const NOWHERE: Lane = { kind: 'result', label: '' };

function beginOf({ lanes }: Timeline): Item {
  const lane = lanes.at(-1) ?? NOWHERE;
  return { kind: 'begin', lane, index: -1, frame: 0, time: 0, left: 0, right: 0, note: '' };
}

function endOf({ marks, lanes, end, scale }: Timeline): Item[] {
  if (end === undefined) return [];
  const note = end.kind === 'error' ? nameOfError(end.error) : '';
  const place = { index: marks.length, frame: frameOf(end.time, scale), time: end.time };
  const size = { left: RADIUS, right: RADIUS + widthOfNote(note) };
  return [{ kind: end.kind, lane: lanes.at(-1) ?? NOWHERE, ...place, ...size, note }];
}

function widthOfNote(note: string): number {
  return note === '' ? 0 : NOTE_GAP + widthOf(note, TEXT.note);
}

/** Small events of one lane in a row, drawn as dots. */
export interface Dots {
  readonly lane: Lane;
  /** The indexes of their marks; at least one. */
  readonly marks: readonly number[];
  /** Their names and numbers: `text ×24`. */
  readonly label: string;
}

/** The letters of small events, of which there are too many for a marble each, and their names. */
const SMALL: ReadonlyMap<string, string> = new Map([
  ['t', 'text'],
  ['g', 'thinking'],
  ['f', 'signature'],
  ['i', 'input'],
  ['n', 'other'],
  ['p', 'ping'],
  ['u', 'other'],
  ['H', 'response'],
  ['I', 'input'],
  ['P', 'progress'],
]);

/** Up to this many progress events are marbles. */
const MOST_PROGRESS_MARBLES = 3;
/** A row of dots is split where nothing comes for this many times the usual time. */
const STALL = 8;
/** That time must also be this part of the whole run, so that even many dots are split only a few times. */
const STALL_PART = 4;

/** Groups the small events of each lane. */
export function createDots({ marks }: Timeline): readonly Dots[] {
  const open = new Map<Lane, number[]>();
  const rows: { readonly lane: Lane; readonly row: readonly number[] }[] = [];
  marks.forEach(({ lane, letter }, index) => {
    if (!SMALL.has(letter)) {
      open.delete(lane);
      return;
    }
    const row = open.get(lane) ?? [];
    if (row.push(index) > 1) return;
    open.set(lane, row);
    rows.push({ lane, row });
  });
  return rows
    .filter(({ row }) => row.length > MOST_PROGRESS_MARBLES || row.some((index) => marks[index]?.letter !== 'P'))
    .flatMap(({ lane, row }) =>
      partAtStalls(row, marks).map((part) => ({ lane, marks: part, label: labelOf(part, marks) })),
    );
}

function partAtStalls(row: readonly number[], marks: readonly Mark[]): number[][] {
  const time = (at: number): number => marks[row[at] ?? -1]?.time ?? 0;
  const waits = row.map((_, at) => (at === 0 ? 0 : time(at) - time(at - 1)));
  const sorted = waits.slice(1).sort((left, right) => left - right);
  const usual = sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
  const longest = Math.max(usual * STALL, (time(row.length - 1) - time(0)) / STALL_PART, 1);
  const parts: number[][] = [];
  row.forEach((index, at) => {
    const part = parts.at(-1);
    if (part === undefined || (waits[at] ?? 0) >= longest) parts.push([index]);
    else part.push(index);
  });
  return parts;
}

function labelOf(row: readonly number[], marks: readonly Mark[]): string {
  const counts = new Map<string, number>();
  for (const index of row) {
    const name = SMALL.get(marks[index]?.letter ?? '') ?? '';
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const [first, second, ...others] = [...counts].sort(([, left], [, right]) => right - left).map(toCount);
  return [first, second, others.length > 0 ? '…' : undefined].filter((part) => part !== undefined).join(' · ');
}

function toCount([name, count]: readonly [string, number]): string {
  return count === 1 ? name : `${name} ×${count}`;
}
