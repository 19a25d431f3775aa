import { element } from './xml.js';

/** From one line of the hatching to the next. */
const DISTANCE = 9;

/** Where a stretch is drawn that a retry has taken back. */
export interface Area {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/**
 * Shades and hatches what a retry has taken back. The hatching is one path: patterns need names, and names may clash.
 *
 * @param retry How far down its right edge leads to the retry; `undefined` where the stretch goes on in another system.
 */
export function drawVoided({ left, right, top, bottom }: Area, retry: number | undefined): string {
  const width = right - left;
  const height = bottom - top;
  if (width <= 0 || height <= 0) return '';
  let hatch = '';
  for (let at = DISTANCE; at < width + height; at += DISTANCE) {
    const [x1, y1] = at <= width ? [at, 0] : [width, at - width];
    const [x2, y2] = at <= height ? [0, at] : [at - height, height];
    hatch += `M${(left + x1).toFixed(1)} ${(top + y1).toFixed(1)}L${(left + x2).toFixed(1)} ${(top + y2).toFixed(1)}`;
  }
  const edge = retry === undefined ? '' : `M${right.toFixed(1)} ${top.toFixed(1)}V${retry.toFixed(1)}`;
  return element(
    'g',
    {},
    element('rect', { class: 'shade', x: left, y: top, width, height }),
    element('path', { class: 'hatch', d: hatch }),
    edge === '' ? '' : element('path', { class: 'edge', 'stroke-width': 1.5, d: edge }),
  );
}
