import type { Lane } from '../run/createLanes.js';
import type { Timeline } from '../run/createTimeline.js';
import type { Layout } from './createLayout.js';
import type { Stretch } from './createStretches.js';
import type { Piece } from './pieces.js';

/** A row of dots in one system. */
export interface DotsPiece {
  readonly system: number;
  readonly lane: Lane;
  /** Where the dots stand: no more than there is room for. */
  readonly positions: readonly number[];
  /** What and how many they are, and the middle of it; only where the row begins. */
  readonly count?: { readonly text: string; readonly middle: number };
}

/** All that is drawn of a run, and where. */
export interface Picture {
  readonly timeline: Timeline;
  readonly layout: Layout;
  readonly stretches: readonly Stretch[];
  readonly dots: readonly DotsPiece[];
  readonly voided: readonly Piece[];
}
