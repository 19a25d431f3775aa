import type { Drawn } from './drawSystem.js';
import { ASCENT, TEXT } from './geometry.js';
import { fitText, widthOf } from './measure.js';
import { drawText } from './shapes.js';

const LINE = 20;

/** Writes the title, and below it what the run was like. */
export function drawHeading(title: string, summary: string, width: number): Drawn {
  const first = TEXT.title * ASCENT;
  const svg = [
    drawText(fitText(title, TEXT.title, width), 0, first, TEXT.title, 'strong'),
    drawText(fitText(summary, TEXT.subtitle, width), 0, first + LINE, TEXT.subtitle, 'muted'),
  ];
  return { svg: svg.join(''), height: first + LINE };
}

/** How wide a heading wants to be. */
export function widthOfHeading(title: string, summary: string): number {
  return Math.max(widthOf(title, TEXT.title), widthOf(summary, TEXT.subtitle));
}
