import { isDeepStrictEqual } from 'node:util';
import type { RoundEvent } from 'rxclaude';

/** The added events that are held to be plain data. */
const PLAIN: readonly RoundEvent['type'][] = [
  ...(['tool_input', 'tool_call', 'approval_request', 'approval_decision'] as const),
  ...(['tool_start', 'tool_progress', 'tool_result'] as const),
  ...(['round_start', 'round_retry', 'round_end', 'conversation_end'] as const),
];

/** Added events that are not their own JSON. */
export function* plainProblems(events: readonly RoundEvent[]): Iterable<string> {
  for (const event of events) {
    if (!PLAIN.includes(event.type)) continue;
    const json = JSON.stringify(event);
    if (!isDeepStrictEqual(JSON.parse(json), withPlainOutput(event)))
      yield `A ${event.type} is not its own JSON, which is ${json}.`;
  }
}

/** What a tool emits and returns is its own, and need not be JSON. */
function withPlainOutput(event: RoundEvent): RoundEvent {
  if (event.type === 'tool_progress') return { ...event, value: copyOf(event.value) };
  if (event.type !== 'tool_result' || event.outcome._tag === 'Left') return event;
  return { ...event, outcome: copyOf(event.outcome) as typeof event.outcome };
}

function copyOf(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}
