import { setFlagsFromString } from 'node:v8';
import { runInNewContext, runInThisContext } from 'node:vm';
import { pause } from '../../conformance/support/run.js';

/** The process itself: Jest gives tests a copy. */
const realProcess = runInThisContext('process') as NodeJS.Process;

/** How many of each there are: timers, sockets, servers and the like, and listeners of the process. */
export type Holdings = Readonly<Record<string, number>>;

export function holdings(): Holdings {
  const counts: Record<string, number> = {};
  const count = (what: string, number: number): void => {
    counts[what] = (counts[what] ?? 0) + number;
  };
  for (const resource of realProcess.getActiveResourcesInfo()) count(resource, 1);
  for (const event of realProcess.eventNames()) count(`on ${String(event)}`, realProcess.listenerCount(event));
  return counts;
}

/** What there is more of than before, once what is on its way out has gone. */
export async function leftSince(before: Holdings): Promise<Holdings> {
  await atRest(() => Object.keys(moreThan(before)).length === 0);
  return moreThan(before);
}

/** Gives what is on its way the time to get there. */
export async function atRest(isThere: () => boolean): Promise<void> {
  for (let tries = 0; !isThere() && tries < 300; tries++) await pause(10);
}

function moreThan(before: Holdings): Holdings {
  const more = Object.entries(holdings()).map(([what, count]) => [what, count - (before[what] ?? 0)] as const);
  return Object.fromEntries(more.filter(([, count]) => count > 0));
}

/** The bytes in use, once all that nobody holds is gone. */
export async function heapInUse(): Promise<number> {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as () => void;
  for (let times = 0; times < 3; times++) {
    await pause(20);
    gc();
  }
  return realProcess.memoryUsage().heapUsed;
}
