import { asyncScheduler, config } from 'rxjs';

/** Runs `work` in real time, and returns the errors that rxjs reported as unhandled meanwhile. */
export async function unhandledIn(work: () => unknown): Promise<unknown[]> {
  const reported: unknown[] = [];
  config.onUnhandledError = (error) => {
    reported.push(error);
  };
  try {
    await work();
    // rxjs reports in a timer.
    await new Promise<void>((resolve) => {
      asyncScheduler.schedule(resolve, 2);
    });
  } finally {
    config.onUnhandledError = null;
  }
  return reported;
}
