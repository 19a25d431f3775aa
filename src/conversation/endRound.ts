import type { ContentBlockParam, MessageParam } from '@anthropic-ai/sdk/resources/messages/messages';
import type { ClaudeMessage } from '../events/ClaudeEvent.js';
import type { ErrorFacts } from '../errors/ErrorFacts.js';
import type { RoundRequest } from '../events/RoundRequest.js';
import type {
  ConversationEndEvent,
  ConversationEndReason,
  RoundEndEvent,
  RoundStartEvent,
  UsageTotals,
} from '../events/RoundEvent.js';
import type { AdmittedRequest } from '../history/HistoryPolicy.js';
import { isMadeBy, isThinking, openServerTools } from '../rules/blocks.js';
import { addTotals } from './usage.js';
import type { RoundOutcome, WholeOutcome } from './createRoundTracker.js';
import { appendReply, nextRequest } from './requests.js';

/** What one round passes to the next. */
export interface RoundState {
  readonly request: RoundRequest;
  /** The number of the round, counted from 1. */
  readonly round: number;
  /** Tokens of all rounds before it. */
  readonly usage: UsageTotals;
  /** Whether a part of them is an estimate. */
  readonly estimated: boolean;
  /** The reply of the previous round. */
  readonly message: ClaudeMessage | undefined;
  /** Whether no round may follow, because the time is nearly up. */
  readonly last: boolean;
}

/** When a conversation ends, other than by Claude. */
export interface EndLimits {
  readonly maxRounds: number;
  readonly stopWhen: (end: RoundEndEvent) => boolean;
  readonly budget: Partial<UsageTotals>;
  /** Whether it was asked to stop. */
  readonly stopped: boolean;
  /** Whether it must wrap up. */
  readonly wrappingUp: boolean;
}

/** What follows a round: the next one, or the end of the conversation and its reason. */
export type RoundEnding =
  | { readonly end: RoundEndEvent; readonly following: RoundState }
  | { readonly end: RoundEndEvent; readonly following: undefined; readonly reason: ConversationEndReason };

/** The event that starts a round. */
export function startRound(
  { round, request }: RoundState,
  { mended = [], unmended = [] }: Omit<AdmittedRequest, 'request'>,
): RoundStartEvent {
  return {
    ...{ type: 'round_start', round, request },
    ...(mended.length > 0 && { mended }),
    ...(unmended.length > 0 && { unmended }),
  };
}

/** Decides what follows a round, and makes the next request. */
export function endRound(state: RoundState, outcome: WholeOutcome, limits: EndLimits): RoundEnding {
  const { message, results, facts } = outcome;
  const { round } = state;
  const { usage } = message;
  const end: RoundEndEvent = {
    type: 'round_end',
    round,
    message,
    results,
    usage,
    next: 'resume',
    ...facts,
    deviations: [],
  };
  const reason = whyEnd(end, state, outcome, limits);
  if (reason === undefined) return { end, following: nextState(state, outcome, limits.wrappingUp) };
  return { end: { ...end, next: 'end' }, following: undefined, reason };
}

/** The end of a conversation in this round, for any reason and at any point of the round. */
export function endConversation(
  { round, usage, estimated, ...before }: RoundState,
  outcome: RoundOutcome,
  messages: MessageParam[],
  why: ConversationEndReason | ErrorFacts,
): ConversationEndEvent {
  const message = outcome.message ?? before.message;
  const failed = typeof why !== 'string';
  return {
    type: 'conversation_end',
    reason: failed ? 'error' : why,
    stop_reason: message?.stop_reason ?? null,
    messages,
    ...(message && { message }),
    open: [],
    usage: addTotals(usage, outcome.usage),
    usage_estimated: estimated || outcome.estimated,
    rounds: round,
    ...(failed && { error: why }),
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

/** The API takes a `tool_choice` only with tools. */
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
  if (!goesOn) return 'finished';
  if (end.round >= maxRounds) return 'max_rounds';
  if (isSpent(budget, addTotals(state.usage, usage))) return 'budget';
  return stopWhen(end) ? 'stop_when' : undefined;
}

function isSpent(budget: Partial<UsageTotals>, totals: UsageTotals): boolean {
  return (Object.keys(totals) as (keyof UsageTotals)[]).some((count) => totals[count] >= (budget[count] ?? Infinity));
}

/**
 * The history at the end of a conversation: the API accepts it with a new user message after it.
 *
 * It leaves out a refused reply; a server tool without a result, and the calls that its code made, because the API
 * would wait for it and take nothing else; and thinking with nothing after it.
 */
export function endHistory(messages: readonly MessageParam[], { message, results }: RoundOutcome): MessageParam[] {
  const isSaid = message !== undefined && message.stop_reason !== 'refusal';
  const whole = isSaid ? appendReply(messages, message, results) : messages;
  const open = openServerTools(whole.flatMap((each) => (each.role === 'assistant' ? blocksOf(each) : [])));
  const calls = whole.flatMap(blocksOf).filter((block) => isMadeBy(block, open));
  const gone = new Set([...open, ...calls.map(({ id }) => id)]);
  return whole.flatMap((each, at) => {
    const before = blocksOf(each);
    const kept = before.filter((block) => !gone.has(idOf(block)));
    const isCut = each.role === 'assistant' && (kept.length < before.length || at >= messages.length);
    const content = isCut ? withoutLastThought(kept) : kept;
    if (content.length === before.length) return [each];
    return content.length === 0 ? [] : [{ ...each, content } as MessageParam];
  });
}

/** The API refuses a reply that ends with thinking. */
function withoutLastThought(content: ContentBlockParam[]): ContentBlockParam[] {
  return content.slice(0, content.findLastIndex((block) => !isThinking(block)) + 1);
}

function blocksOf({ content }: MessageParam): ContentBlockParam[] {
  return typeof content === 'string' ? [] : content;
}

/** The id of a block, or of the call that it answers. */
function idOf(block: ContentBlockParam): unknown {
  return 'tool_use_id' in block ? block.tool_use_id : 'id' in block ? block.id : undefined;
}
