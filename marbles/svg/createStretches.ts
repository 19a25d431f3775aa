import type { Lane } from '../run/createLanes.js';
import type { Span, Timeline } from '../run/createTimeline.js';
import type { Layout } from './createLayout.js';
import { cutIntoPieces, type Piece } from './pieces.js';

/** The part of something that goes on for a while in a lane, in one system. */
export interface Stretch extends Piece {
  /** `listening` is the line of the result, from the subscription to the end of the stream. */
  readonly kind: Span['kind'] | 'listening';
  readonly lane: Lane;
}

/** The lines and bars of all lanes. */
export function createStretches({ spans, marks, lanes, end }: Timeline, layout: Layout): readonly Stretch[] {
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

/** What the retries of a run take back: each from the beginning of its attempt to the retry. */
export function createVoided({ marks }: Timeline, layout: Layout): readonly Piece[] {
  let from = 0;
  return marks.flatMap(({ letter }, index) => {
    const begun = from;
    if (letter === 'B' || letter === 'R') from = index + 1;
    if (letter !== 'R' || begun === index) return [];
    return cutIntoPieces(layout, layout.positionOf(begun), layout.positionOf(index));
  });
}
