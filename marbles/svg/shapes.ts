import { baseline, RADIUS, TEXT } from './measure.js';
import { element, escapeText } from './xml.js';

/** The part of a text that is at its `x`. */
type Anchor = 'start' | 'middle' | 'end';

/** Draws text on a baseline. */
export function drawText(
  text: string,
  x: number,
  y: number,
  size: number,
  classes?: string,
  anchor: Anchor = 'start',
): string {
  const attributes = {
    class: classes,
    x,
    y,
    'font-size': size,
    'text-anchor': anchor === 'start' ? undefined : anchor,
  };
  return element('text', attributes, escapeText(text));
}

/** A marble with its letter and its tooltip. */
export function drawMarble(letter: string, x: number, y: number, failed: boolean, hint?: string): string {
  return element(
    'g',
    { class: failed ? 'marble error' : 'marble' },
    hint === undefined ? '' : element('title', {}, escapeText(hint)),
    element('circle', { cx: x, cy: y, r: RADIUS }),
    drawText(letter, x, baseline(y, TEXT.letter), TEXT.letter, 'letter', 'middle'),
  );
}

/** The end of a stream: it completes. */
export function drawCompletion(x: number, y: number): string {
  return element('path', {
    class: 'stroke',
    'stroke-width': 2.5,

    d: `M${x.toFixed(1)} ${y - 11}v22`,
  });
}

/** The end of a stream: it fails. */
export function drawCross(x: number, y: number): string {
  const size = 7;
  const d = `M${(x - size).toFixed(1)} ${y - size}l${2 * size} ${2 * size}m0 ${-2 * size}l${-2 * size} ${2 * size}`;
  return element('g', { class: 'error' }, element('path', { class: 'stroke', 'stroke-width': 2.5, d }));
}

/** The arrow of a stream that has not ended. */
export function drawArrow(x: number, y: number): string {
  const d = `M${(x - 6).toFixed(1)} ${y - 5}l6 5l-6 5`;
  return element('path', { class: 'stroke', 'stroke-width': 1.5, d });
}

/** Dots in a row, as one element. */
export function drawDots(positions: readonly number[], y: number): string {
  return element('path', {
    class: 'stroke',
    'stroke-width': 3.6,
    d: positions.map((x) => `M${x.toFixed(1)} ${y}h0`).join(''),
  });
}

const DASHES = { waiting: '3 4', deciding: '0.1 5' } as const;

/** A line of a lane. */
export function drawLine(
  kind: 'replying' | 'listening' | 'waiting' | 'deciding',
  from: number,
  to: number,
  y: number,
): string {
  const dashed = kind === 'waiting' || kind === 'deciding';
  return element('path', {
    class: 'line',
    'stroke-width': kind === 'deciding' ? 2.2 : dashed ? 1.2 : 1.5,
    'stroke-dasharray': dashed ? DASHES[kind] : undefined,
    d: `M${from.toFixed(1)} ${y}H${to.toFixed(1)}`,
  });
}

/** Half the height of a bar. */
const BAR = 6.5;

/** The bar of a running tool: round where it begins and ends, open where it goes on in another system. */
export function drawBar(from: number, to: number, y: number, begins = true, ends = true): string {
  const left = begins ? from + BAR : from;
  const right = Math.max(left, ends ? to - BAR : to);
  const outline = (open: 'm' | 'l'): string => {
    const side = (isRound: boolean, height: number): string =>
      isRound ? `a${BAR} ${BAR} 0 0 1 0 ${height}` : `${open}0 ${height}`;
    return `M${left.toFixed(1)} ${y + BAR}${side(begins, -2 * BAR)}H${right.toFixed(1)}${side(ends, 2 * BAR)}H${left.toFixed(1)}`;
  };
  return (
    element('path', { class: 'inside', d: outline('l') }) +
    element('path', { class: 'stroke', 'stroke-width': 1.5, d: outline('m') })
  );
}

/** The distance between the lines of the hatching. */
const DISTANCE = 9;

/** The place of a stretch that a retry took back. */
interface Area {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/**
 * Shades and hatches what a retry took back. The hatching is one path: patterns need ids, and ids may clash.
 *
 * @param retry The lower end of its right edge, at the retry; `undefined` when the stretch goes on in another system.
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
