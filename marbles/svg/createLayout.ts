import type { Lane } from '../run/createLanes.js';
import type { Mark } from '../run/createTimeline.js';
import type { Item } from './createItems.js';
import { ITEM_GAP, TEXT, widthOf } from './measure.js';
import { formatDuration } from './words.js';

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

/** Where an item stands: in which of the systems under each other, and how far from its left. */
export interface Place {
  readonly item: Item;
  readonly system: number;
  readonly x: number;
  /** How long nothing happens before it, in milliseconds, and where that begins. */
  readonly pause?: { readonly from: number; readonly milliseconds: number };
}

/** What is left free at the beginning of a system. */
const LEAD = 8;

/** How far the systems have been filled. */
interface State {
  readonly system: number;
  readonly last: Place | undefined;
  /** How far each lane of the system is taken. */
  readonly occupied: ReadonlyMap<Lane, number>;
}

/**
 * Gives each item its place. What does not fit into `width` any more begins a new system; what happens in one moment stays
 * together, if it fits into one at all.
 */
function placeItems(items: readonly Item[], scale: Scale, width: number): readonly Place[] {
  const places: Place[] = [];
  let state: State = { system: 0, last: undefined, occupied: new Map() };
  const place = (item: Item, previous: Item | undefined): void => {
    const step = previous === undefined ? { width: 0 } : scale(previous, item, item.index - previous.index - 1);
    let found = placeOf(item, step, state);
    if (state.last !== undefined && found.x + item.right > width) {
      state = nextSystem(state);
      found = placeOf(item, step, state);
    }
    places.push(found);
    state = {
      ...state,
      last: found,
      occupied: new Map(state.occupied).set(item.lane, found.x + item.right + ITEM_GAP),
    };
  };
  let previous: Item | undefined;
  for (const moment of toMoments(items)) {
    const before = { count: places.length, state, previous };
    const placeAll = (): void => {
      for (const item of moment) {
        place(item, previous);
        previous = item;
      }
    };
    placeAll();
    if (state.system === before.state.system || before.state.last === undefined) continue;
    places.length = before.count;
    state = nextSystem(before.state);
    previous = before.previous;
    placeAll();
  }
  return places;
}

/** Items of one frame, which stand side by side. */
function toMoments(items: readonly Item[]): readonly (readonly Item[])[] {
  const moments: Item[][] = [];
  items.forEach((item, at) => {
    if (items[at - 1]?.frame === item.frame) moments.at(-1)?.push(item);
    else moments.push([item]);
  });
  return moments;
}

function nextSystem({ system }: State): State {
  return { system: system + 1, last: undefined, occupied: new Map() };
}

function placeOf(item: Item, { width, pause }: Step, { system, last, occupied }: State): Place {
  const from = last?.x ?? LEAD;
  // At the beginning of a system, time is drawn only where it is a pause.
  const step = last === undefined && pause === undefined ? item.left : width;
  const x = Math.max(from + step, (occupied.get(item.lane) ?? LEAD) + item.left);
  return { item, system, x, ...(pause !== undefined && { pause: { from, milliseconds: pause } }) };
}

/** How much room the time from one item to the next takes up. */
interface Step {
  readonly width: number;
  /** How long nothing happens, in milliseconds, where that is too long to be drawn to scale. */
  readonly pause?: number;
}

/** Says how much room the time between two items takes up; `dots` are the small events in between. */
type Scale = (previous: Item, next: Item, dots: number) => Step;

/** What comes later stands further to the right, if only by so much. */
const SHORTEST = 12;
/** Longer than this, a stretch without events is not drawn to scale. */
const LONGEST = 88;
/** However many dots there are, a row of them is no longer than this. */
const LONGEST_ROW = 190;
const ROOM_OF_DOT = 8;
/** The usual time between two items is this wide. */
const USUAL = 36;
/** How many of the times between items are no longer than the usual one. */
const USUAL_PART = 0.7;
/** On both sides of what is written in a pause. */
const PAUSE_PADDING = 14;

/** Chooses a scale by which most of a run is drawn: what is longer is a pause. */
export function createScale(items: readonly Item[]): Scale {
  const times = items
    .map(({ time }, at) => time - (items[at - 1]?.time ?? time))
    .filter((time) => time > 0 && Number.isFinite(time))
    .sort((left, right) => left - right);
  const usual = times[Math.floor((times.length - 1) * USUAL_PART)] ?? 1;
  return (previous, next, dots) => {
    if (previous.frame === next.frame) return { width: 0 };
    const milliseconds = next.time - previous.time;
    const width = (milliseconds / usual) * USUAL;
    if (!(width > LONGEST)) return { width: Math.max(SHORTEST, width || 0) };
    if (dots > 0) return { width: Math.min(width, LONGEST_ROW, Math.max(LONGEST, dots * ROOM_OF_DOT)) };
    return { width: widthOf(pauseText(milliseconds), TEXT.axis) + 2 * PAUSE_PADDING, pause: milliseconds };
  };
}

/** How a pause is written. */
export function pauseText(milliseconds: number): string {
  return `⋯ ${formatDuration(milliseconds)}`;
}
