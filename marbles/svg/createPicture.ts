import type { Lane } from '../run/createLanes.js';
import type { Span, Timeline } from '../run/createTimeline.js';
import { createDots, createItems, type Dots } from './createItems.js';
import { createLayout, createScale, type Layout, type Position } from './createLayout.js';
import { DOT, TEXT, widthOf } from './measure.js';

/** A row of dots in one system. */
interface DotsPiece {
  readonly system: number;
  readonly lane: Lane;
  /** The places of the dots, as many as there is room for. */
  readonly positions: readonly number[];
  /** The text of the count and its middle; only where the row begins. */
  readonly count?: { readonly text: string; readonly middle: number };
}

/** All that is drawn of a run, with its places. */
export interface Picture {
  readonly timeline: Timeline;
  readonly layout: Layout;
  readonly stretches: readonly Stretch[];
  readonly dots: readonly DotsPiece[];
  readonly voided: readonly Piece[];
}

/** The least width. */
const NARROWEST = 320;
/** The room for a pause before an item that is alone in its system. */
const ROOM_OF_PAUSE = 130;

/** Places everything, in systems of a width. */
export function createPicture(timeline: Timeline, width: number): Picture {
  const dots = createDots(timeline);
  const items = createItems(timeline, dots);
  const widest = items.reduce((most, { left, right }) => Math.max(most, left + right), 0);
  const room = Math.max(width, NARROWEST, widest + ROOM_OF_PAUSE);
  const layout = createLayout(items, timeline.marks, createScale(items), room);
  return {
    timeline,
    layout,
    stretches: createStretches(timeline, layout),
    dots: dots.flatMap((row) => placeDots(row, layout)),
    voided: createVoided(timeline, layout),
  };
}

/** The least distance between dots. */
const DISTANCE = 2 * DOT;
/** Closer dots do not show their times: below this average distance they are spread evenly. */
const DENSE = 3 * DOT;

/** Places a row of dots, in one system or in several. */
function placeDots(row: Dots, layout: Layout): readonly DotsPiece[] {
  const systems = new Map<number, number[]>();
  for (const index of row.marks) {
    const { system, x } = layout.positionOf(index);
    const positions = systems.get(system) ?? [];
    systems.set(system, positions);
    positions.push(x);
  }
  return [...systems].map(([system, all], at) => {
    const positions = thinOut(all);
    const piece = { system, lane: row.lane, positions };
    return at === 0 ? { ...piece, count: { text: row.label, middle: middleOf(row, positions) } } : piece;
  });
}

/** As many of the dots as there is room for. One may stand for several. */
function thinOut(positions: readonly number[]): readonly number[] {
  const first = positions[0] ?? 0;
  const length = (positions.at(-1) ?? first) - first;
  if (length < (positions.length - 1) * DENSE) {
    const steps = Math.min(positions.length - 1, Math.max(1, Math.floor(length / DISTANCE)));
    return Array.from({ length: steps + 1 }, (_, at) => first + (length * at) / steps);
  }
  return positions.filter((x, at) => at === 0 || x >= (positions[at - 1] ?? x) + 1);
}

/** The count is below the middle of its dots; when it is wider, it begins at the first one. */
function middleOf({ label, marks }: Dots, positions: readonly number[]): number {
  const first = positions[0] ?? 0;
  if (marks.length === 1) return first;
  const width = Math.max(widthOf(label, TEXT.count), (positions.at(-1) ?? first) - first + 2 * DOT);
  return first - DOT + width / 2;
}

/** The part of a span in one system. */
interface Stretch extends Piece {
  /** `listening` is the line of the result, from the subscription to the end of the stream. */
  readonly kind: Span['kind'] | 'listening';
  readonly lane: Lane;
}

/** The lines and bars of all lanes. */
function createStretches({ spans, marks, lanes, end }: Timeline, layout: Layout): readonly Stretch[] {
  const finish = end === undefined ? undefined : layout.positionOf(marks.length);
  const [first = { system: 0, x: 0 }] = layout.places;
  const result = lanes.filter(({ kind }) => kind === 'result');
  return [
    ...spans.flatMap(({ kind, lane, from, to }) =>
      cutIntoPieces(layout, layout.positionOf(from), to === undefined ? finish : layout.positionOf(to)).map(
        (piece) => ({
          ...piece,
          kind,
          lane,
        }),
      ),
    ),
    ...result.flatMap((lane) =>
      cutIntoPieces(layout, first, finish).map((piece) => ({ ...piece, kind: 'listening' as const, lane })),
    ),
  ];
}

/** What retries take back: each from the beginning of the attempt to the retry. */
function createVoided({ marks }: Timeline, layout: Layout): readonly Piece[] {
  let from = 0;
  return marks.flatMap(({ letter }, index) => {
    const begun = from;
    if (letter === 'B' || letter === 'R') from = index + 1;
    if (letter !== 'R' || begun === index) return [];
    return cutIntoPieces(layout, layout.positionOf(begun), layout.positionOf(index));
  });
}

/** The part of a stretch in one system. */
interface Piece {
  readonly system: number;
  readonly from: number;
  readonly to: number;
  /** Whether the stretch begins here, and not in an earlier system. */
  readonly begins: boolean;
  /** Whether it ends here. */
  readonly ends: boolean;
}

/** Cuts a stretch into parts, one for each system. Without `to` it goes on to the end. */
function cutIntoPieces({ edges }: Layout, from: Position, to?: Position): readonly Piece[] {
  const last = to?.system ?? edges.length - 1;
  const systems = Array.from({ length: last - from.system + 1 }, (_, at) => from.system + at);
  return systems.map((system) => ({
    system,
    from: system === from.system ? from.x : 0,
    to: system === to?.system ? to.x : (edges[system] ?? 0),
    begins: system === from.system,
    ends: system === to?.system,
  }));
}
