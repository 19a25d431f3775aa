import { getEventListeners } from 'node:events';
import type { HeldTalk } from '../holdTalk.js';
import { historyProblems } from './history.js';
import { plainProblems } from './plain.js';
import { reasonProblems } from './reason.js';
import { shapeProblems } from './shape.js';
import { toolProblems } from './tools.js';

/** All that is wrong with a conversation. */
export function problemsOf(talk: HeldTalk): string[] {
  const { log, ending, served } = talk;
  return [
    ...served.refusals,
    ...shapeProblems(log.events, ending),
    ...plainProblems(log.events),
    ...reasonProblems(talk),
    ...toolProblems(log.events, log.runs),
    ...historyProblems(log.events, served.exchange),
    ...leftovers(talk),
  ];
}

/** What a conversation holds on to. */
function* leftovers({ log, signal }: HeldTalk): Iterable<string> {
  if (log.watching > 0) yield `${String(log.watching)} Observables of tools are still subscribed to.`;
  if (getEventListeners(signal, 'abort').length > 0) yield "The caller's signal is still listened to.";
  const endless = log.runs.filter(({ name }) => /stuck|sulky/.test(name));
  if (endless.some((run) => !run.signal.aborted)) yield 'A tool that never ends was not told to.';
}
