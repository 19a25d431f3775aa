import { asyncScheduler, map, type Observable, type SchedulerLike } from 'rxjs';
import { checkCount } from '../../src/errors/checkOption.js';
import { drawText, type TextOptions } from './diagram/drawText.js';
import { createTimeline } from './run/createTimeline.js';
import type { Run } from './run/Run.js';
import { watchRun } from './run/watchRun.js';

/** How a run is drawn. */
export interface DrawOptions extends TextOptions {
  /**
   * What one character of the time axis stands for, in milliseconds. 1 is what a marble test understands as it is; more
   * makes a long run in real time short, and is written on the ruler, so that the text can still be read back. Default: 1.
   */
  readonly frame?: number;
  /** What tells the time. Default: rxjs's `asyncScheduler`, which is virtual within a marble test. */
  readonly clock?: Pick<SchedulerLike, 'now'>;
}

/** A run as a picture. */
export interface MarbleDiagram {
  /** As text, which `expectEvents(...).toBe(text)` takes back. Drawn when it is asked for. */
  readonly text: string;
  /** What was drawn: all events with their times, and the end. */
  readonly run: Run;
}

export function drawMarbles(events$: Observable<unknown>, options: DrawOptions = {}): Observable<MarbleDiagram> {
  const { frame = 1, clock = asyncScheduler, ...layout } = options;
  checkCount('drawMarbles.frame', frame);
  return watchRun(events$, clock).pipe(map((run) => toDiagram(run, frame, layout)));
}

function toDiagram(run: Run, frame: number, layout: TextOptions): MarbleDiagram {
  return {
    run,
    get text() {
      return drawText(createTimeline(run, frame), layout);
    },
  };
}
