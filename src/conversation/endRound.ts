import type { RoundRequest } from '../events/RoundRequest.js';
import type { ConversationEndEvent, ConversationEndReason, RoundEndEvent, UsageTotals } from '../events/RoundEvent.js';
import { addUsage } from './addUsage.js';
import type { RoundOutcome } from './createRoundTracker.js';
import { endHistory } from './endHistory.js';
import { nextRequest } from './nextRequest.js';

/** What one round hands to the next. */
export interface RoundState {
  readonly request: RoundRequest;
  /** The number of the round, counted from 1. */
  readonly round: number;
  /** Tokens of all rounds before it. */
  readonly usage: UsageTotals;
}

/** When a conversation ends, beside Claude's own wish. */
export interface EndLimits {
  readonly maxRounds: number;
  readonly stopWhen: (end: RoundEndEvent) => boolean;
}

/** What follows from a round: the next one, or the end of the conversation. */
export interface RoundEnding {
  readonly end: RoundEndEvent;
  readonly following: RoundState | undefined;
  readonly conversationEnd: ConversationEndEvent | undefined;
}

/** Decides what follows from a round, and makes the request or the history for it. */
export function endRound(state: RoundState, outcome: RoundOutcome, limits: EndLimits): RoundEnding {
  const { request, round } = state;
  const { message, results } = outcome;
  const usage = addUsage(state.usage, message.usage);
  const end: RoundEndEvent = { type: 'round_end', round, message, results, usage: message.usage, next: 'resume' };
  const reason = whyEnd(end, outcome, limits);
  if (reason === undefined) {
    const following = { request: nextRequest(request, message, results), round: round + 1, usage };
    return { end, following, conversationEnd: undefined };
  }
  const messages = endHistory(request.messages, message, results);
  return {
    end: { ...end, next: 'end' },
    following: undefined,
    conversationEnd: { type: 'conversation_end', reason, messages, message, usage, rounds: round },
  };
}

/** `undefined` as long as the conversation goes on. */
function whyEnd(
  end: RoundEndEvent,
  { message, goesOn }: RoundOutcome,
  { maxRounds, stopWhen }: EndLimits,
): ConversationEndReason | undefined {
  if (!goesOn) return message.stop_reason ?? null;
  if (end.round >= maxRounds) return 'max_rounds';
  return stopWhen(end) ? 'stop_when' : undefined;
}
