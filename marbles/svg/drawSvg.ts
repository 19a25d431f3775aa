import { checkCount } from '../../src/errors/checkOption.js';
import type { Timeline } from '../run/createTimeline.js';
import { createPicture } from './createPicture.js';
import { createLegend, drawLegend, widthOfLegend } from './drawLegend.js';
import { type Drawn, drawSystem } from './drawSystem.js';
import { ASCENT, fitText, FONTS, LABEL_GAP, MARGIN, SYSTEM_GAP, TEXT, widthOf } from './measure.js';
import { drawText } from './shapes.js';
import { summarize } from './words.js';
import { element, escapeText } from './xml.js';

/** The least width: even a short run needs room for its times. */
const SHORTEST = 120;

/** Options of the picture. */
export interface SvgOptions {
  /** The title. Below it are the run's duration, rounds and calls. Default: neither. */
  readonly title?: string;
  /** The greatest width, in pixels. A longer run is broken into systems, one below the other. Default: 1200. */
  readonly width?: number;
}

/**
 * Draws a run as a picture: a marble diagram with a lane for Claude, for each tool call, for each approval and for the result.
 *
 * The SVG needs nothing else: put it into a file, an `<img>` or a page. It follows the light or dark scheme of the reader. It
 * shows names, reasons and durations, but no words of Claude, of a tool or of an error.
 *
 * @returns The text of an SVG document. The same run gives the same text.
 * @throws OptionError for a width that is not a positive whole number.
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

/** Puts the parts of a picture one below the other. */
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

const LINE = 20;

/** Draws the title, and the summary below it. */
function drawHeading(title: string, summary: string, width: number): Drawn {
  const first = TEXT.title * ASCENT;
  const svg = [
    drawText(fitText(title, TEXT.title, width), 0, first, TEXT.title, 'strong'),
    drawText(fitText(summary, TEXT.subtitle, width), 0, first + LINE, TEXT.subtitle, 'muted'),
  ];
  return { svg: svg.join(''), height: first + LINE };
}

/** The width of a heading. */
function widthOfHeading(title: string, summary: string): number {
  return Math.max(widthOf(title, TEXT.title), widthOf(summary, TEXT.subtitle));
}

/** A colour of the light scheme and of the dark one. */
interface Colour {
  readonly light: string;
  readonly dark: string;
}

/**
 * The colours of a picture. The hues of the lanes are blue, green, amber and vermilion, which the colour-blind can tell apart.
 * What a colour says, a letter, a line or a word says, too.
 */
const PALETTE = {
  background: { light: '#ffffff', dark: '#11151d' },
  ink: { light: '#1c2330', dark: '#e7ebf2' },
  muted: { light: '#5a6475', dark: '#9ca8ba' },
  line: { light: '#a9b2c0', dark: '#596477' },
  grid: { light: '#eef1f5', dark: '#1c222d' },
  claude: { light: '#0a64ad', dark: '#6cbcf7' },
  'claude-fill': { light: '#dfeefb', dark: '#12334f' },
  call: { light: '#007a5e', dark: '#45d1a4' },
  'call-fill': { light: '#d9f2e9', dark: '#0e3b2f' },
  approval: { light: '#946300', dark: '#f0c053' },
  'approval-fill': { light: '#fcefcc', dark: '#42330d' },
  result: { light: '#454f61', dark: '#b6c0d0' },
  'result-fill': { light: '#eef1f5', dark: '#252c39' },
  error: { light: '#c03d0c', dark: '#ff8f66' },
  'on-error': { light: '#ffffff', dark: '#1f0d05' },
} as const satisfies Readonly<Record<string, Colour>>;

/** The name of a colour. */
type ColourName = keyof typeof PALETTE;

/** The custom properties of a scheme. */
function customProperties(surrounding: keyof Colour): string {
  return Object.entries(PALETTE)
    .map(([name, colour]) => `--marbles-${name}:${colour[surrounding]}`)
    .join(';');
}

/** A declaration, twice: programs without custom properties then show the light colour, and not black. */
function paint(property: 'fill' | 'stroke', name: ColourName): string {
  return `${property}:${PALETTE[name].light};${property}:var(--marbles-${name})`;
}

/** The class of the picture. In a page, the rules apply only inside it. */
const ROOT_CLASS = 'rxclaude-marbles';

const TONES = ['claude', 'call', 'approval', 'result'] as const;

/** The style sheet of a picture. */
function createStyle(): string {
  const rules: readonly (readonly [selector: string, declarations: string])[] = [
    ['.background', paint('fill', 'background')],
    ['text', paint('fill', 'ink')],
    ['.muted', paint('fill', 'muted')],
    ['.strong', 'font-weight:600'],
    ['.halo', `paint-order:stroke;stroke-width:4px;stroke-linejoin:round;${paint('stroke', 'background')}`],
    ['.line', `fill:none;stroke-linecap:round;${paint('stroke', 'line')}`],
    ['.grid', `fill:none;${paint('stroke', 'grid')}`],
    ['.stroke', 'fill:none;stroke-linecap:round'],
    ['circle', 'stroke-width:1.5px'],
    ['.letter', 'font-weight:600'],
    ...TONES.flatMap((tone) => [
      [`.${tone} circle,.${tone} .inside`, paint('fill', `${tone}-fill`)] as const,
      [`.${tone} circle,.${tone} .stroke`, paint('stroke', tone)] as const,
      [`.${tone} .tone`, paint('fill', tone)] as const,
    ]),
    ['.error circle', `${paint('fill', 'error')};${paint('stroke', 'error')}`],
    ['.error .letter', paint('fill', 'on-error')],
    ['.error .tone', paint('fill', 'error')],
    ['.error .stroke', paint('stroke', 'error')],
    ['.shade', `fill-opacity:.06;${paint('fill', 'error')}`],
    ['.hatch', `fill:none;stroke-opacity:.22;${paint('stroke', 'error')}`],
    ['.edge', `fill:none;${paint('stroke', 'error')}`],
  ];
  const within = rules.map(([selector, declarations]) => `${scoped(selector)}{${declarations}}`).join('');
  return (
    `.${ROOT_CLASS}{${customProperties('light')}}${within}` +
    `@media (prefers-color-scheme:dark){.${ROOT_CLASS}{${customProperties('dark')}}}`
  );
}

function scoped(selectors: string): string {
  return selectors
    .split(',')
    .map((selector) => `.${ROOT_CLASS} ${selector}`)
    .join(',');
}
