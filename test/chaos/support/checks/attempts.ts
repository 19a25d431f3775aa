import type { ConversationEndEvent, RoundEvent } from 'rxclaude';
import type { ToolRun } from '../TalkLog.js';

/** One request and what came of it. */
export interface Attempt {
  readonly round: number;
  readonly events: readonly RoundEvent[];
  readonly runs: readonly ToolRun[];
  /** Whether a `round_retry` took it back. */
  readonly takenBack: boolean;
}

/** The events of a conversation and the runs of its tools, attempt by attempt. */
export function attemptsOf(events: readonly RoundEvent[], runs: readonly ToolRun[]): Attempt[] {
  const begins = events.flatMap(({ type }, at) => (type === 'round_start' || type === 'round_retry' ? [at] : []));
  let round = 0;
  return begins.map((from, n) => {
    const to = begins[n + 1] ?? events.length;
    if (events[from]?.type === 'round_start') round++;
    return {
      round,
      events: events.slice(from + 1, to),
      runs: runs.filter(({ at }) => at > from && (at <= to || n === begins.length - 1)),
      takenBack: events[to]?.type === 'round_retry',
    };
  });
}

/** The end of a conversation, unless it was unsubscribed from. */
export function endOf(events: readonly RoundEvent[]): ConversationEndEvent | undefined {
  const last = events.at(-1);
  return last?.type === 'conversation_end' ? last : undefined;
}

/** All events of one type. */
export function only<Type extends RoundEvent['type']>(
  events: readonly RoundEvent[],
  type: Type,
): Extract<RoundEvent, { readonly type: Type }>[] {
  return events.filter((event): event is Extract<RoundEvent, { readonly type: Type }> => event.type === type);
}

/** Whether Claude's reply had come to its end. */
export function isWhole({ events }: Attempt): boolean {
  return events.some(({ type }) => type === 'message_stop');
}

/** Why Claude ended the reply; `undefined` when it has not. */
export function stopReasonOf({ events }: Attempt): string | null | undefined {
  return only(events, 'message_delta').at(-1)?.delta.stop_reason;
}
