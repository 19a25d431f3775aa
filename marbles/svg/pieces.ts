import type { Layout, Position } from './createLayout.js';

/** The part of a stretch that lies in one system. */
export interface Piece {
  readonly system: number;
  readonly from: number;
  readonly to: number;
  /** Whether the stretch begins here, and did not come over from the system before. */
  readonly begins: boolean;
  /** Whether it ends here. */
  readonly ends: boolean;
}

/** Cuts what goes on for a while into its parts, one for each system. Without `to` it goes on to the end. */
export function cutIntoPieces({ edges }: Layout, from: Position, to?: Position): readonly Piece[] {
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
