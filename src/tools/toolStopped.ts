import { fullStop } from '../errors/fullStop.js';
import type { Stopped } from '../events/ToolFailure.js';

/**
 * The failure of a call that did not finish.
 *
 * @param started Whether its tool had started.
 * @param why Such as `the user stopped the conversation`.
 */
export function toolStopped(started: boolean, why: string): Stopped {
  const words = fullStop(why);
  const message = started ? `Stopped while running: ${words} It may have taken effect.` : `Not run: ${words}`;
  return { _tag: 'Stopped', started, message };
}
