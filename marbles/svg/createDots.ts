import type { Lane } from '../run/createLanes.js';
import type { Mark, Timeline } from '../run/createTimeline.js';

/** Small events of one lane, one behind the other, drawn as a row of dots. */
export interface Dots {
  readonly lane: Lane;
  /** The indexes of their marks. There is at least one. */
  readonly marks: readonly number[];
  /** What and how many they are: `text ×24`. */
  readonly label: string;
}

/** The letters of the events that are too many and too small for a marble each, and what they are called. */
const SMALL: ReadonlyMap<string, string> = new Map([
  ['t', 'text'],
  ['g', 'thinking'],
  ['f', 'signature'],
  ['i', 'input'],
  ['n', 'other'],
  ['p', 'ping'],
  ['u', 'other'],
  ['I', 'input'],
  ['P', 'progress'],
]);

/** Up to as many reports of progress are marbles. */
const MOST_PROGRESS_MARBLES = 3;
/** Dots are parted where nothing comes for as many times as long as it usually takes. */
const STALL = 8;
/** And for as large a part of the whole time, so that there are few such places, however many dots there are. */
const STALL_PART = 4;

/** Gathers the small events of each lane. */
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
