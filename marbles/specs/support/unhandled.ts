import { asyncScheduler, config } from 'rxjs';

/** Runs `work` in ordinary time and gives what rxjs reported as unhandled meanwhile, and would have crashed with. */
export async function unhandledIn(work: () => unknown): Promise<unknown[]> {
  const reported: unknown[] = [];
  config.onUnhandledError = (error) => {
    reported.push(error);
  };
  try {
    await work();
    // rxjs reports by a timer.
    await new Promise<void>((resolve) => {
      asyncScheduler.schedule(resolve, 2);
    });
  } finally {
    config.onUnhandledError = null;
  }
  return reported;
}
