import type { BetaToolUseBlock } from '@anthropic-ai/sdk/resources/beta/messages/messages';
import type { MessageParam, ToolResultBlockParam } from '@anthropic-ai/sdk/resources/messages/messages';
import type { Either } from 'fp-ts/lib/Either.js';
import type { ErrorFacts } from '../errors/ErrorFacts.js';
import type { HistoryDefect } from '../errors/HistoryDefect.js';
import type { ClaudeEvent, ClaudeMessage } from './ClaudeEvent.js';
import type { HistoryChange } from './HistoryChange.js';
import type { RoundRequest } from './RoundRequest.js';
import type { ToolFailure } from './ToolFailure.js';
import type { ToolInputError } from './ToolInputError.js';

/** Which call an event belongs to. */
interface OfCall {
  /** The number of the round, counted from 1. */
  readonly round: number;
  /** The id of the `tool_use` block. */
  readonly id: string;
  /** The tool's name. */
  readonly name: string;
  /** The index of the `tool_use` block in Claude's reply. */
  readonly index: number;
}

/**
 * Claude's reply begins. Comes first, together with the first event of the reply, and only when the response has a
 * `request-id` header. Added by `claudeStream`.
 */
export interface ResponseEvent {
  readonly type: 'response';
  /** The number of the round, counted from 1. */
  readonly round: number;
  /** The API's id of the request. Tell it when you report a problem to Anthropic. */
  readonly request_id: string;
}

/** Claude has written another piece of a tool's input. Added by `accumulateToolInput`. */
export interface ToolInputEvent extends OfCall {
  readonly type: 'tool_input';
  /** The new piece of JSON text; may be empty. `growingInput` reads the pieces. */
  readonly text: string;
}

/** Claude has finished the input of one call. Added by `accumulateToolInput`, refined by `validateWith`. */
export interface ToolCallEvent extends OfCall {
  readonly type: 'tool_call';
  /** `Right` with the input (after `validateWith`: the decoded one), or `Left` with what is wrong with it. */
  readonly input: Either<ToolInputError, unknown>;
  /** Claude's block as the history keeps it; its `input` is `{}` when the text is not a JSON object, or too large. */
  readonly tool_use: BetaToolUseBlock;
}

/**
 * A guard has been asked about a call and takes its time to answer, such as one that asks a person. The wait ends with an
 * `approval_decision`, or with the `tool_result`, the `round_retry` or the end of the stream, for then nobody waits for an
 * answer any more. Each guard that does not answer at once has its own. Added by `executeTools`.
 */
export interface ApprovalRequestEvent extends OfCall {
  readonly type: 'approval_request';
  /** The decoded input, as the guard got it. */
  readonly input: unknown;
}

/**
 * The guard that was waited for has decided, or its time is up. Comes before the `tool_start`, or before the
 * `tool_result` that says why the tool was not run. Added by `executeTools`.
 */
export interface ApprovalDecisionEvent extends OfCall {
  readonly type: 'approval_decision';
  /** What the guard says; `expired` when it said nothing within its time, `approvalTimeout`. */
  readonly decision: 'approved' | 'denied' | 'expired';
  /** Why not, in the words that Claude is told. Absent when approved. */
  readonly reason?: string;
}

/** A tool has been started. Added by `executeTools`. */
export interface ToolStartEvent extends OfCall {
  readonly type: 'tool_start';
}

/** A tool that is still running has emitted a value. Never sent to Claude. Added by `executeTools`. */
export interface ToolProgressEvent extends OfCall {
  readonly type: 'tool_progress';
  /** The value; absent when it is `undefined`. */
  readonly value?: unknown;
}

/** A call has been answered. Emitted in the order in which tools finish. Added by `executeTools`. */
export interface ToolResultEvent extends OfCall {
  readonly type: 'tool_result';
  /** The block that goes to Claude. */
  readonly result: ToolResultBlockParam;
  /** `Right` with what the tool returned, whole, or `Left` with what went wrong, as plain data. */
  readonly outcome: Either<ToolFailure, unknown>;
  /** How long the tool ran, in milliseconds; 0 when it was never started. */
  readonly duration: number;
}

/** What is told of a tool that is run: that it starts, its progress, and its result. */
export type ToolRunEvent = ToolStartEvent | ToolProgressEvent | ToolResultEvent;

/** A request is about to be sent. Added by `resumeConversation`. */
export interface RoundStartEvent {
  readonly type: 'round_start';
  /** The number of the round, counted from 1. */
  readonly round: number;
  /** What will be sent, without `stream`. */
  readonly request: RoundRequest;
  /** What had to be changed in the caller's history so that the API accepts it; absent where nothing had to. */
  readonly mended?: readonly HistoryChange[];
  /** What could not be mended safely, such as thinking that is bound to what was before it; absent where there is nothing. */
  readonly unmended?: readonly HistoryDefect[];
}

/**
 * The round failed in a way that may pass, and its request will be sent again. All that came since the `round_start`
 * before it, or since the last `round_retry`, is void: take back what was shown. Added by `retryRound`.
 */
export interface RoundRetryEvent {
  readonly type: 'round_retry';
  /** The number of the round, counted from 1. */
  readonly round: number;
  /** The number of the attempt that failed, counted from 1. */
  readonly attempt: number;
  /** What it failed with. */
  readonly error: ErrorFacts;
  /** How long it is until the next attempt, in milliseconds. */
  readonly delay: number;
}

/** A reply is complete and all its calls are answered. Added by `resumeConversation`. */
export interface RoundEndEvent {
  readonly type: 'round_end';
  /** The number of the round, counted from 1. */
  readonly round: number;
  /** Claude's whole reply. */
  readonly message: ClaudeMessage;
  /** The answers to its calls, in the order of the calls. */
  readonly results: readonly ToolResultBlockParam[];
  /** Tokens of this round: the last cumulative figures that Claude sent. */
  readonly usage: ClaudeMessage['usage'];
  /** What happens next: another round, or the end. */
  readonly next: 'resume' | 'end';
  /** The API's id of the request that this reply answers; absent when the response had none. */
  readonly request_id?: string;
  /**
   * How long it took until Claude began to write, in milliseconds: from the round's first request to the first
   * `content_block_delta` of this reply, attempts that failed and the waits after them included. Absent when the reply
   * has no delta.
   */
  readonly first_token?: number;
  /** How long the round took, in milliseconds: from its first request to this event, its tools included. */
  readonly duration: number;
  /** What the server did that the API does not do, and rxclaude healed; each with how often. */
  readonly deviations: readonly { readonly code: string; readonly count: number }[];
}

/** Token counts, summed over the rounds of a conversation. */
export interface UsageTotals {
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cache_creation_input_tokens: number;
  readonly cache_read_input_tokens: number;
  /** Tokens of `output_tokens` that were spent on thinking. */
  readonly thinking_tokens: number;
  readonly web_search_requests: number;
  readonly web_fetch_requests: number;
}

/**
 * Why a conversation ended:
 *
 * - `finished`: Claude ended it; `stop_reason` is its word;
 * - `open_calls`: a call is to be answered later;
 * - `max_rounds`, `budget`, `stop_when`, `repeated`, `attempts`: a limit of this program;
 * - `wrap_up`: after the last round that the deadline allowed;
 * - `stopped`: by `stop$`;
 * - `error`: the error of the stream follows.
 */
export type ConversationEndReason =
  | 'finished'
  | 'open_calls'
  | 'max_rounds'
  | 'stop_when'
  | 'budget'
  | 'repeated'
  | 'attempts'
  | 'wrap_up'
  | 'stopped'
  | 'error';

/** The conversation is over, whatever ended it. The last event. Added by `resumeConversation`. */
export interface ConversationEndEvent {
  readonly type: 'conversation_end';
  /** Why it ended. */
  readonly reason: ConversationEndReason;
  /**
   * The `stop_reason` of Claude's last reply, such as `end_turn`, `max_tokens` or `refusal`; new words may come. `null` when
   * there is no reply, or it broke off.
   */
  readonly stop_reason: string | null;
  /**
   * The whole history, ready to be sent again with a new user message after it. Of a reply that broke off, it has what
   * the API takes: its text and its complete blocks, with an answer to each call. The messages are frozen, the list is not.
   */
  readonly messages: MessageParam[];
  /** Claude's last reply, with its `stop_details`; absent when none had begun. */
  readonly message?: ClaudeMessage;
  /** The calls that are still to be answered, when the reason is `open_calls`. */
  readonly open: readonly { readonly id: string; readonly name: string }[];
  /** Tokens of all rounds, those of replies that broke off and were asked for again included. */
  readonly usage: UsageTotals;
  /**
   * Whether a part of `usage` is an estimate, because a reply broke off before it had told its tokens: a quarter of the
   * characters that had come, and nothing where none had.
   */
  readonly usage_estimated: boolean;
  /** How many rounds were begun. */
  readonly rounds: number;
  /** What the conversation failed with, when the reason is `error`. The stream fails with the error itself next. */
  readonly error?: ErrorFacts;
}

/** An event that rxclaude adds to Claude's own. */
export type AddedEvent =
  | ResponseEvent
  | ToolInputEvent
  | ToolCallEvent
  | ApprovalRequestEvent
  | ApprovalDecisionEvent
  | ToolStartEvent
  | ToolProgressEvent
  | ToolResultEvent
  | RoundStartEvent
  | RoundRetryEvent
  | RoundEndEvent
  | ConversationEndEvent;

/** Whatever may travel through a pipeline: Claude's own events, untouched, and those that the operators add. */
export type RoundEvent = ClaudeEvent | AddedEvent;
