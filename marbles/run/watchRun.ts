import { asyncScheduler, Observable, type SchedulerLike } from 'rxjs';
import { createRunRecorder } from './createRunRecorder.js';
import type { Run } from './Run.js';

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
