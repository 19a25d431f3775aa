import { asyncScheduler, map, Observable, type SchedulerLike } from 'rxjs';
import { checkCount } from '../src/errors/checkOption.js';
import { drawText, type TextOptions } from './diagram/drawText.js';
import { createTimeline } from './run/createTimeline.js';
import { createRunRecorder, type Run } from './run/Run.js';
import { drawSvg, type SvgOptions } from './svg/drawSvg.js';

/** Options of {@link drawMarbles}. */
export interface DrawOptions extends TextOptions, SvgOptions {
  /**
   * The milliseconds of one character of the text. More than 1 makes a long live run short; the ruler then says so, and the
   * text can still be read back. Default: 1.
   */
  readonly frame?: number;
  /** The clock. Default: rxjs's `asyncScheduler`, which is virtual in a marble test. */
  readonly clock?: Pick<SchedulerLike, 'now'>;
}

/** A drawing of a run. Each form is drawn when it is read. */
export interface MarbleDiagram {
  /** Text, as `expectEvents(...).toBe(text)` takes it. */
  readonly text: string;
  /** An SVG document that needs nothing else, for light and dark. It shows no words of Claude and no data of tools. */
  readonly svg: string;
  /** The run itself: all events with their times, and the end. */
  readonly run: Run;
}

/**
 * Draws any run, live or recorded, as a marble diagram with a lane for Claude, for each tool call, for each approval and for
 * the result.
 *
 * ```text
 * in   [Bs]-o-t-t-c-(em|)    the events of a conversation, or of any part of the pipeline
 * out  -------------(D|)     D the diagram, once the run is over
 * ```
 *
 * Times count from the subscription. Where nothing happens, the time axis is compressed. Unsubscribing unsubscribes from the
 * events, and nothing is drawn: to draw a run without an end, give it one with `takeUntil`.
 *
 * @param events$ The events. `drawMarbles` subscribes once; `share()` them to use them elsewhere, too.
 * @param options `frame` (default 1 ms a character) and `clock`; for the text, `columns` (110) and `legend` (true); for the
 * SVG, `title` (none) and `width` (1200 pixels).
 * @returns One diagram, when the run completes or fails. The diagram shows the failure; the returned stream does not fail.
 * @throws OptionError at once when `frame` is not a positive number.
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

/** Draws a run that is over. */
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
 * Records a stream until its end, and emits the recording. It never fails: an error is part of the recording.
 *
 * @param clock The clock. Default: rxjs's `asyncScheduler`, which is virtual in a marble test.
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
