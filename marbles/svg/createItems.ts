import type { Lane } from '../run/createLanes.js';
import { frameOf, type Timeline } from '../run/createTimeline.js';
import type { Dots } from './createDots.js';
import { DOT, NOTE_GAP, RADIUS, TEXT } from './geometry.js';
import { widthOf } from './measure.js';
import { nameOfError } from './nameOf.js';
import { noteOf } from './noteOf.js';

/** Something that has a place of its own on the time axis. */
export interface Item {
  /** `dots` are the first and the last of a row of dots; `begin` is the moment of the subscription. */
  readonly kind: 'begin' | 'marble' | 'dots' | 'complete' | 'error';
  readonly lane: Lane;
  /** The index of its mark; -1 at the beginning, and the number of marks at the end. */
  readonly index: number;
  readonly frame: number;
  readonly time: number;
  /** How far it reaches to both sides of its place, with what is written beside it. */
  readonly left: number;
  readonly right: number;
  /** What is written beside it. */
  readonly note: string;
}

/** All items of a run, in their order. */
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

/** The first and the last of a row of dots. The first one keeps room for the count, which is written below. */
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
