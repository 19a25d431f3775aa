import { runInThisContext } from 'node:vm';

/** The process itself: Jest gives tests a copy, on which no such event is ever emitted. */
const realProcess = runInThisContext('process') as NodeJS.Process;

/** Counts the promises that were rejected with nobody there to see it. */
export interface RejectionWatch {
  /** Gives late rejections the time to show, stops watching, and returns what came. */
  seen(): Promise<readonly unknown[]>;
}

/** Starts to watch. */
export function watchRejections(): RejectionWatch {
  const reasons: unknown[] = [];
  const note = (reason: unknown): void => {
    reasons.push(reason);
  };
  realProcess.on('unhandledRejection', note);
  return {
    seen: async () => {
      await new Promise((resolve) => setTimeout(resolve, 30));
      realProcess.off('unhandledRejection', note);
      return reasons;
    },
  };
}
