import type { Lane } from '../run/createLanes.js';
import type { Item } from './createItems.js';
import { ITEM_GAP } from './geometry.js';
import type { Scale, Step } from './createScale.js';

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
export function placeItems(items: readonly Item[], scale: Scale, width: number): readonly Place[] {
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
