import type { RoundEvent } from 'rxclaude';
import type { HeldTalk } from '../holdTalk.js';
import { attemptsOf, endOf, only } from './attempts.js';
import type { Attempt } from './attempts.js';

/** What must have been seen in many conversations, or they have shown nothing. */
export const ALL_SIGHTS: readonly string[] = [
  ...['end_turn', 'stop_sequence', 'max_tokens', 'refusal', 'max_rounds', 'wrap_up', 'stopped', 'error'],
  ...['left by unsubscribe', 'left by abort', 'left by stop'],
  ...['InvalidJson', 'NotAnObject', 'InvalidInput', 'UnknownTool', 'Refused', 'TimedOut', 'Stopped'],
  ...['Threw', 'a success', 'a retry', 'a result of an earlier attempt', 'no retry, for a tool had run'],
];

/** What there is to see in a conversation. */
export function* sightsOf({ log: { events, runs }, leaving, left, ending }: HeldTalk): Iterable<string> {
  const attempts = attemptsOf(events, runs);
  const end = endOf(events);
  if (end !== undefined) yield end.reason === 'finished' ? String(end.stop_reason) : end.reason;
  if (left) yield `left by ${leaving.how}`;
  for (const event of only(events, 'tool_result')) yield outcomeOf(event);
  if (attempts.some(({ takenBack }) => takenBack)) yield 'a retry';
  if (attempts.some(hasEarlierResult)) yield 'a result of an earlier attempt';
  const hasRun = attempts.at(-1)?.runs.some(({ idempotent }) => !idempotent);
  if (ending.how === 'failed' && hasRun === true) yield 'no retry, for a tool had run';
}

function outcomeOf({ outcome }: Extract<RoundEvent, { readonly type: 'tool_result' }>): string {
  return outcome._tag === 'Right' ? 'a success' : outcome.left._tag;
}

function hasEarlierResult({ events }: Attempt): boolean {
  const started = new Set(only(events, 'tool_start').map(({ id }) => id));
  return only(events, 'tool_result').some(({ id, outcome }) => outcome._tag === 'Right' && !started.has(id));
}
