import { LEGEND } from '../alphabet/legend.js';
import type { Lane } from '../run/createLanes.js';
import type { Picture } from './Picture.js';
import { drawBar, drawCompletion, drawCross, drawDots, drawLine, drawMarble } from './shapes.js';
import { drawVoided } from './drawVoided.js';

/** What one sign of the picture stands for. */
export interface Entry {
  readonly meaning: string;
  /** The lane in whose colours the sign is drawn. */
  readonly tone: Lane['kind'];
  /** Draws the sign around a point. */
  readonly draw: (x: number, y: number) => string;
}

/** Half of how long a piece of a line is, as a sample. */
const HALF = 11;

/** Explains the letters and signs that a picture has, and no others. */
export function createLegend(picture: Picture): readonly Entry[] {
  const { timeline, stretches, dots, voided } = picture;
  const has = (kind: string): boolean => stretches.some((stretch) => stretch.kind === kind);
  const signs: readonly (readonly [used: boolean, entry: Entry])[] = [
    [
      dots.length > 0,
      {
        meaning: 'small events, counted below',
        tone: dots[0]?.lane.kind ?? 'claude',
        draw: (x, y) => drawDots([x - 7, x, x + 7], y),
      },
    ],
    [has('waiting'), { meaning: 'waits to be started', tone: 'call', draw: sampleLine('waiting') }],
    [has('deciding'), { meaning: 'waits for the decision', tone: 'approval', draw: sampleLine('deciding') }],
    [has('running'), { meaning: 'the tool runs', tone: 'call', draw: (x, y) => drawBar(x - HALF, x + HALF, y) }],
    [
      voided.length > 0,
      {
        meaning: 'taken back by the retry',
        tone: 'result',
        draw: (x, y) => drawVoided({ left: x - HALF, right: x + HALF, top: y - 8, bottom: y + 8 }, y + 8),
      },
    ],
    [timeline.end?.kind === 'complete', { meaning: 'the stream completes', tone: 'result', draw: drawCompletion }],
    [timeline.end?.kind === 'error', { meaning: 'the stream fails', tone: 'result', draw: drawCross }],
  ];
  return [...letterEntries(picture), ...signs.filter(([used]) => used).map(([, entry]) => entry)];
}

function letterEntries({ timeline: { marks }, layout }: Picture): Entry[] {
  const tones = new Map<string, Lane['kind']>();
  for (const { item } of layout.places) {
    const mark = item.kind === 'marble' ? marks[item.index] : undefined;
    if (mark !== undefined && !tones.has(mark.letter)) tones.set(mark.letter, mark.lane.kind);
  }
  return Object.entries(LEGEND).flatMap(([letter, meaning]) => {
    const tone = tones.get(letter);
    if (tone === undefined) return [];
    const failed = letter === 'X' || letter === 'R';
    return [{ meaning, tone, draw: (x: number, y: number) => drawMarble(letter, x, y, failed) }];
  });
}

function sampleLine(kind: 'waiting' | 'deciding'): Entry['draw'] {
  return (x, y) => drawLine(kind, x - HALF, x + HALF, y);
}
