import type { Lane } from '../run/createLanes.js';
import type { Mark } from '../run/createTimeline.js';
import type { Item } from './createItems.js';
import { ITEM_GAP, TEXT, widthOf } from './measure.js';
import { formatDuration } from './words.js';

/** A place in the picture: its system, and its distance from the left. */
export interface Position {
  readonly system: number;
  readonly x: number;
}

/** The places of a run, from left to right, in systems one below the other. */
export interface Layout {
  readonly places: readonly Place[];
  /** The width of each system. */
  readonly edges: readonly number[];
  /** The place of a mark, also of one that is a dot in a row. */
  readonly positionOf: (index: number) => Position;
}

/** The last system may be short; the others are stretched to the same width, up to this factor. */
const MOST_STRETCH = 1.5;
/** How far the line goes on when a run has not ended. */
const TAIL = 34;

/** Lays out items in systems of at most this width. */
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

/** Stretches a system to the whole width. Distances only grow, so nothing can overlap. */
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

/** The place of a mark. One without its own lies between those that have one, by its time. */
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

/** The place of an item: its system, and its distance from the left. */
export interface Place {
  readonly item: Item;
  readonly system: number;
  readonly x: number;
  /** The pause before it: its length in milliseconds, and where it begins. */
  readonly pause?: { readonly from: number; readonly milliseconds: number };
}

/** The free space at the beginning of a system. */
const LEAD = 8;

/** How far the systems have been filled. */
interface State {
  readonly system: number;
  readonly last: Place | undefined;
  /** How far each of its lanes is filled. */
  readonly occupied: ReadonlyMap<Lane, number>;
}

/**
 * Places the items. What does not fit into `width` begins a new system. Items of one moment stay together if one system can
 * fit them.
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

/** Items of one frame, side by side. */
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
  // At the beginning of a system, only pauses are drawn.
  const step = last === undefined && pause === undefined ? item.left : width;
  const x = Math.max(from + step, (occupied.get(item.lane) ?? LEAD) + item.left);
  return { item, system, x, ...(pause !== undefined && { pause: { from, milliseconds: pause } }) };
}

/** The room for the time from one item to the next. */
interface Step {
  readonly width: number;
  /** The length of a pause in milliseconds, when it is too long to draw to scale. */
  readonly pause?: number;
}

/** Finds the room for the time between two items; `dots` is the number of small events in between. */
type Scale = (previous: Item, next: Item, dots: number) => Step;

/** The least distance between different times. */
const SHORTEST = 12;
/** The longest time without events that is drawn to scale. */
const LONGEST = 88;
/** The longest row of dots. */
const LONGEST_ROW = 190;
const ROOM_OF_DOT = 8;
/** The width of the usual time between two items. */
const USUAL = 36;
/** The quantile of the times between items that counts as the usual time. */
const USUAL_PART = 0.7;
/** The space on each side of the text of a pause. */
const PAUSE_PADDING = 14;

/** Chooses a scale that fits most times of a run. Longer ones become pauses. */
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

/** The text of a pause. */
export function pauseText(milliseconds: number): string {
  return `⋯ ${formatDuration(milliseconds)}`;
}
