import type { ClaudeMessage } from '../events/ClaudeEvent.js';
import type { RoundRequest } from '../events/RoundRequest.js';
import type { ConversationEndEvent, ConversationEndReason, RoundEndEvent, UsageTotals } from '../events/RoundEvent.js';
import { addTotals } from './addUsage.js';
import type { RoundOutcome, WholeOutcome } from './createRoundTracker.js';
import { endHistory } from './endHistory.js';
import { nextRequest } from './nextRequest.js';

/** What one round hands to the next. */
export interface RoundState {
  readonly request: RoundRequest;
  /** The number of the round, counted from 1. */
  readonly round: number;
  /** Tokens of all rounds before it. */
  readonly usage: UsageTotals;
  /** Whether a part of them is an estimate. */
  readonly estimated: boolean;
  /** The reply of the round before it. */
  readonly message: ClaudeMessage | undefined;
  /** Whether no round may follow, because the time is nearly up. */
  readonly last: boolean;
}

/** When a conversation ends, beside Claude's own wish. */
export interface EndLimits {
  readonly maxRounds: number;
  readonly stopWhen: (end: RoundEndEvent) => boolean;
  readonly budget: Partial<UsageTotals>;
  /** Whether it was asked to stop. */
  readonly stopped: boolean;
  /** Whether it was asked to finish. */
  readonly wrappingUp: boolean;
}

/** What follows from a round: the next one, or the end of the conversation for a reason. */
export type RoundEnding =
  | { readonly end: RoundEndEvent; readonly following: RoundState }
  | { readonly end: RoundEndEvent; readonly following: undefined; readonly reason: ConversationEndReason };

/** Decides what follows from a round, and makes the request for it. */
export function endRound(state: RoundState, outcome: WholeOutcome, limits: EndLimits): RoundEnding {
  const { round } = state;
  const { message, results } = outcome;
  const end: RoundEndEvent = { type: 'round_end', round, message, results, usage: message.usage, next: 'resume' };
  const reason = whyEnd(end, state, outcome, limits);
  if (reason === undefined) return { end, following: nextState(state, outcome, limits.wrappingUp) };
  return { end: { ...end, next: 'end' }, following: undefined, reason };
}

/** The end of a conversation in this round, whatever ends it and however much of the round there is. */
export function endConversation(
  { request, round, usage, estimated, ...before }: RoundState,
  outcome: RoundOutcome,
  reason: ConversationEndReason,
): ConversationEndEvent {
  const { message, results } = outcome;
  return {
    type: 'conversation_end',
    reason,
    messages: endHistory(request.messages, message, results),
    message: message ?? before.message,
    usage: addTotals(usage, outcome.usage),
    usage_estimated: estimated || outcome.estimated,
    rounds: round,
  };
}

function nextState(
  { request, round, usage, estimated }: RoundState,
  { message, results, ...spent }: WholeOutcome,
  last: boolean,
): RoundState {
  const following = nextRequest(request, message, results);
  return {
    request: last ? withoutNewCalls(following) : following,
    round: round + 1,
    usage: addTotals(usage, spent.usage),
    estimated: estimated || spent.estimated,
    message,
    last,
  };
}

/** The API takes a `tool_choice` only beside tools. */
function withoutNewCalls(request: RoundRequest): RoundRequest {
  return (request.tools ?? []).length === 0 ? request : { ...request, tool_choice: { type: 'none' } };
}

/** `undefined` as long as the conversation goes on. */
function whyEnd(
  end: RoundEndEvent,
  state: RoundState,
  { message, goesOn, usage }: WholeOutcome,
  { maxRounds, stopWhen, budget, stopped }: EndLimits,
): ConversationEndReason | undefined {
  if (stopped) return 'stopped';
  if (state.last && (goesOn || message.stop_reason === 'end_turn')) return 'wrap_up';
  if (!goesOn) return message.stop_reason ?? null;
  if (end.round >= maxRounds) return 'max_rounds';
  if (isSpent(budget, addTotals(state.usage, usage))) return 'budget';
  return stopWhen(end) ? 'stop_when' : undefined;
}

function isSpent(budget: Partial<UsageTotals>, totals: UsageTotals): boolean {
  return (Object.keys(totals) as (keyof UsageTotals)[]).some((count) => totals[count] >= (budget[count] ?? Infinity));
}
