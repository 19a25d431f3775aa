import { checkCount } from '../../src/errors/checkOption.js';
import type { Timeline } from '../run/createTimeline.js';
import { createLegend } from './createLegend.js';
import { createPicture } from './createPicture.js';
import { createStyle, ROOT_CLASS } from './createStyle.js';
import { drawHeading, widthOfHeading } from './drawHeading.js';
import { drawLegend, widthOfLegend } from './drawLegend.js';
import { drawSystem, type Drawn } from './drawSystem.js';
import { LABEL_GAP, MARGIN, SYSTEM_GAP, TEXT } from './geometry.js';
import { FONTS, widthOf } from './measure.js';
import { summarize } from './summarize.js';
import { element, escapeText } from './xml.js';

/** However little happens, the time of it has to be written. */
const SHORTEST = 120;

/** How the picture is drawn. */
export interface SvgOptions {
  /** What stands above it, with the run's duration, rounds and calls below. Default: nothing. */
  readonly title?: string;
  /** How wide it may be, in pixels; what is longer is broken into systems under each other. Default: 1200. */
  readonly width?: number;
}

/**
 * Draws a run as a picture: a marble diagram with a lane for Claude, for each tool call, for each approval and for the result.
 *
 * The SVG stands by itself: put it into a file, an `<img>` or a page. It is light or dark as its surrounding is. It holds
 * names, reasons and durations, but nothing of what Claude, a tool or an error said.
 *
 * @returns The text of an SVG document. The same run always gives the same text.
 * @throws OptionError for a width that is no positive whole number.
 */
export function drawSvg(timeline: Timeline, { title, width: most = 1_200 }: SvgOptions = {}): string {
  checkCount('drawSvg.width', most);
  const left = Math.max(...timeline.lanes.map(({ label }) => widthOf(label, TEXT.lane))) + LABEL_GAP;
  const picture = createPicture(timeline, most - left - 2 * MARGIN);
  const { edges } = picture.layout;
  const legend = createLegend(picture);
  const summary = summarize(timeline);

  const wanted = Math.max(widthOfLegend(legend, 2), title === undefined ? 0 : widthOfHeading(title, summary));
  const inner = Math.max(left + Math.max(SHORTEST, ...edges), Math.min(wanted, most - 2 * MARGIN));
  const { svg, height } = stack([
    ...(title === undefined ? [] : [drawHeading(title, summary, inner)]),
    ...edges.map((_, system) => ({ ...drawSystem(picture, system), left })),
    ...(legend.length === 0 ? [] : [drawLegend(legend, inner)]),
  ]);
  const about =
    element('title', {}, escapeText(title ?? 'A run of rxclaude')) +
    element('desc', {}, escapeText(`A marble diagram. ${summary}`));
  return toDocument(about, svg, Math.ceil(inner) + 2 * MARGIN, Math.ceil(height) + 2 * MARGIN);
}

/** Puts the parts of a picture under each other. */
function stack(parts: readonly (Drawn & { readonly left?: number })[]): Drawn {
  let top = -SYSTEM_GAP;
  const svg = parts.map((part) => {
    top += SYSTEM_GAP;
    const group = element('g', { transform: `translate(${MARGIN + (part.left ?? 0)} ${MARGIN + top})` }, part.svg);
    top += part.height;
    return group;
  });
  return { svg: svg.join(''), height: top };
}

function toDocument(about: string, picture: string, width: number, height: number): string {
  const attributes = {
    xmlns: 'http://www.w3.org/2000/svg',
    class: ROOT_CLASS,
    role: 'img',
    width,
    height,
    viewBox: `0 0 ${width} ${height}`,
    'font-family': FONTS,
  };
  const background = element('rect', { class: 'background', width: '100%', height: '100%', rx: 10 });
  return element('svg', attributes, about, element('style', {}, createStyle()), background, picture);
}
