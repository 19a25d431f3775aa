import { asyncScheduler, map, Observable, type SchedulerLike } from 'rxjs';
import { checkCount } from '../src/errors/checkOption.js';
import { drawText, type TextOptions } from './diagram/drawText.js';
import { createTimeline } from './run/createTimeline.js';
import { createRunRecorder, type Run } from './run/Run.js';
import { drawSvg, type SvgOptions } from './svg/drawSvg.js';

/** How a run is drawn. */
export interface DrawOptions extends TextOptions, SvgOptions {
  /**
   * What one character of the text stands for, in milliseconds. 1 is what hand-written diagrams have; more makes a long run
   * in real time short, and is written on the ruler, so that the text can still be read back. Default: 1.
   */
  readonly frame?: number;
  /** What tells the time. Default: rxjs's `asyncScheduler`, which is virtual within a marble test. */
  readonly clock?: Pick<SchedulerLike, 'now'>;
}

/** A run as a picture. Each form is drawn when it is asked for. */
export interface MarbleDiagram {
  /** As text, which `expectEvents(...).toBe(text)` takes back. */
  readonly text: string;
  /** As an SVG document that needs nothing else, for light and dark. It shows no words of Claude's and no tool's data. */
  readonly svg: string;
  /** What was drawn: all events with their times, and the end. */
  readonly run: Run;
}

/**
 * Draws any run, live or recorded, as a marble diagram: a lane for Claude, one for each tool call, one for each approval, one
 * for the result.
 *
 * ```text
 * in   [Bs]-o-t-t-c-(em|)    the events of a conversation, or of any part of the pipeline
 * out  -------------(D|)     D the diagram, once the run is over
 * ```
 *
 * The times are counted from the subscription. Where nothing happens the time axis is compressed. Unsubscribing lets go of
 * the events, and nothing is drawn: to draw a run that has no end, give it one, with `takeUntil`.
 *
 * @param events$ The events. It is subscribed to once; `share()` it to do something else with it as well.
 * @param options `frame` 1 ms a character, `clock`; of the text, `columns` 110 and `legend`; of the SVG, `title` and `width`
 * 1 200 pixels.
 * @returns One diagram, when the run completes or fails. The failure is a part of it: the returned stream does not fail.
 * @throws OptionError at once when `frame` is no usable number.
 * @example
 * ```ts
 * import { converse } from 'rxclaude';
 * import type { ClaudeClient, ClaudeRequest } from 'rxclaude';
 * import { drawMarbles } from 'rxclaude/marbles';
 * import { share } from 'rxjs';
 *
 * declare const client: ClaudeClient;
 * declare const request: ClaudeRequest;
 * declare function save(file: string, content: string): void;
 *
 * const events$ = converse(client, request).pipe(share());
 *
 * drawMarbles(events$, { frame: 50, title: 'One conversation' }).subscribe(({ text, svg }) => {
 *   console.log(text);
 *   save('run.svg', svg);
 * });
 * ```
 */
export function drawMarbles(events$: Observable<unknown>, options: DrawOptions = {}): Observable<MarbleDiagram> {
  const { frame = 1, clock = asyncScheduler } = options;
  checkCount('drawMarbles.frame', frame);
  return watchRun(events$, clock).pipe(map((run) => toDiagram(run, options)));
}

/** A run that is over, as a picture. */
export function toDiagram(run: Run, { frame = 1, ...layout }: DrawOptions = {}): MarbleDiagram {
  return {
    run,
    get text() {
      return drawText(createTimeline(run, frame), layout);
    },
    get svg() {
      return drawSvg(createTimeline(run), layout);
    },
  };
}

/**
 * Watches a stream to its end, and emits all that came out of it. It never fails: an error is a part of the run.
 *
 * @param clock What tells the time. Default: rxjs's `asyncScheduler`, which is virtual within a marble test.
 */
export function watchRun(
  source: Observable<unknown>,
  clock: Pick<SchedulerLike, 'now'> = asyncScheduler,
): Observable<Run> {
  return new Observable((subscriber) => {
    const from = clock.now();
    const recorder = createRunRecorder(() => clock.now() - from);
    const finish = (): void => {
      subscriber.next(recorder.run);
      subscriber.complete();
    };
    subscriber.add(
      source.subscribe({
        next: (value) => {
          recorder.next(value);
        },
        error: (error: unknown) => {
          recorder.error(error);
          finish();
        },
        complete: () => {
          recorder.complete();
          finish();
        },
      }),
    );
  });
}
