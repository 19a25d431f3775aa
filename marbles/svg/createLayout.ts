import type { Mark } from '../run/createTimeline.js';
import type { Item } from './createItems.js';
import type { Scale } from './createScale.js';
import { placeItems, type Place } from './placeItems.js';

/** A place in the picture: in which system, and how far from its left. */
export interface Position {
  readonly system: number;
  readonly x: number;
}

/** Where everything of a run stands, from left to right, in systems under each other. */
export interface Layout {
  readonly places: readonly Place[];
  /** How far each system reaches. */
  readonly edges: readonly number[];
  /** Where a mark stands, one that is only a dot in a row included. */
  readonly positionOf: (index: number) => Position;
}

/** The last system may end early; the others are stretched to the same width, unless that would pull them apart. */
const MOST_STRETCH = 1.5;
/** Behind what has not ended, the line goes on for so much. */
const TAIL = 34;

/** Lays out items in systems that are no wider than `width`. */
export function createLayout(items: readonly Item[], marks: readonly Mark[], scale: Scale, width: number): Layout {
  const placed = placeItems(items, scale, width);
  const count = (placed.at(-1)?.system ?? 0) + 1;
  const systems = Array.from({ length: count }, (_, system) => placed.filter((place) => place.system === system));
  const places = systems.flatMap((system, at) => (at < count - 1 ? justify(system, width) : system));
  const ended = items.some(({ kind }) => kind === 'complete' || kind === 'error');
  const end = Math.max(0, ...(systems.at(-1) ?? []).map(({ x, item }) => x + item.right));
  const edges = systems.map((_, at) => (at < count - 1 ? width : Math.min(width, end + (ended ? 0 : TAIL))));
  return { places, edges, positionOf: (index) => positionOf(index, marks[index]?.time ?? 0, places, edges) };
}

/** Stretches a system to the whole width. Distances grow, and so nothing that was apart can meet. */
function justify(system: readonly Place[], width: number): Place[] {
  const first = system[0]?.x ?? 0;
  const factors = system.filter(({ x }) => x > first).map(({ x, item }) => (width - item.right - first) / (x - first));
  const factor = Math.max(1, Math.min(MOST_STRETCH, ...factors));
  const stretch = (x: number): number => first + (x - first) * factor;
  return system.map(({ pause, ...place }) => ({
    ...place,
    x: stretch(place.x),
    ...(pause !== undefined && { pause: { ...pause, from: pause.from < first ? pause.from : stretch(pause.from) } }),
  }));
}

/** The place of a mark; or, if it has none of its own, a point between those that have, by its time. */
function positionOf(index: number, time: number, places: readonly Place[], edges: readonly number[]): Position {
  let low = 0;
  for (let high = places.length - 1; low < high;) {
    const middle = Math.ceil((low + high) / 2);
    if ((places[middle]?.item.index ?? 0) <= index) low = middle;
    else high = middle - 1;
  }
  const before = places[low];
  const after = places[low + 1];
  if (before === undefined) return { system: 0, x: 0 };
  if (before.item.index === index || after === undefined) return before;
  const end = after.system === before.system ? after.x : (edges[before.system] ?? before.x);
  const part = (time - before.item.time) / (after.item.time - before.item.time);
  return { system: before.system, x: before.x + (end - before.x) * Math.max(0, Math.min(1, part || 0)) };
}
