import type { Stopped } from '../events/ToolFailure.js';

/**
 * What becomes of a call that is not run to its end.
 *
 * @param started Whether its tool had been started.
 * @param why Such as `the user stopped the conversation`.
 */
export function toolStopped(started: boolean, why: string): Stopped {
  const message = started ? `Stopped while it ran: ${why}. Whether it took effect is not known.` : `Not run: ${why}.`;
  return { _tag: 'Stopped', started, message };
}
