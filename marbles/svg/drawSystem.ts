import type { Lane } from '../run/createLanes.js';
import { drawAxis } from './drawAxis.js';
import { drawLane } from './drawLane.js';
import { drawVoided } from './drawVoided.js';
import { AXIS_HEIGHT, baseline, LABEL_GAP, LANE_HEIGHT, RADIUS, TEXT } from './geometry.js';
import type { Picture } from './Picture.js';
import { drawText } from './shapes.js';
import { element } from './xml.js';

/** A drawing, and how much room it takes up. */
export interface Drawn {
  readonly svg: string;
  readonly height: number;
}

/** Draws one system: the time axis, and below it the lanes that have something in it. */
export function drawSystem(picture: Picture, system: number): Drawn {
  const { layout, stretches, voided, dots } = picture;
  const places = layout.places.filter((place) => place.system === system);
  const right = layout.edges[system] ?? 0;
  const used = new Set<Lane>([
    ...places.map(({ item }) => item.lane),
    ...stretches.filter((stretch) => stretch.system === system).map(({ lane }) => lane),
    ...dots.filter((row) => row.system === system).map(({ lane }) => lane),
  ]);
  const lanes = picture.timeline.lanes.filter((lane) => lane.kind === 'result' || used.has(lane));
  const middleOf = (at: number): number => AXIS_HEIGHT + LANE_HEIGHT * (at + 0.5);
  const last = middleOf(lanes.length - 1);
  const shades = voided
    .filter((piece) => piece.system === system)
    .map(({ from, to, begins, ends }) =>
      drawVoided(
        { left: begins ? from - RADIUS - 4 : from, right: to, top: AXIS_HEIGHT, bottom: last - LANE_HEIGHT / 2 },
        ends ? last : undefined,
      ),
    );
  const svg = [
    drawAxis(places, right, last + RADIUS),
    ...shades,
    ...lanes.map((lane, at) => drawLabel(lane, middleOf(at))),
    ...lanes.map((lane, at) => drawLane(picture, system, lane, middleOf(at))),
  ];
  return { svg: svg.join(''), height: AXIS_HEIGHT + LANE_HEIGHT * lanes.length };
}

function drawLabel({ kind, label }: Lane, y: number): string {
  return element(
    'g',
    { class: kind },
    drawText(label, -LABEL_GAP, baseline(y, TEXT.lane), TEXT.lane, 'tone strong', 'end'),
  );
}
