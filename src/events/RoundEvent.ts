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
 * Claude's reply begins. Comes right before the first event of the reply, and only when the response has a `request-id`
 * header. Added by `claudeStream`.
 */
export interface ResponseEvent {
  readonly type: 'response';
  /** The number of the round, counted from 1. */
  readonly round: number;
  /** The API's id of the request. Quote it when you report a problem to Anthropic. */
  readonly request_id: string;
}

/** Claude has written another piece of a tool's input. Added by `accumulateToolInput`. */
export interface ToolInputEvent extends OfCall {
  readonly type: 'tool_input';
  /** The next piece of JSON text; may be empty. `growingInput` reads the pieces. */
  readonly text: string;
}

/** Claude has finished the input of one call. Added by `accumulateToolInput`, refined by `validateWith`. */
export interface ToolCallEvent extends OfCall {
  readonly type: 'tool_call';
  /** `Right` with the input (after `validateWith`: the decoded one), or `Left` with what is wrong with it. */
  readonly input: Either<ToolInputError, unknown>;
  /** Claude's block as the history keeps it; its `input` is `{}` when the text is not a JSON object or is too large. */
  readonly tool_use: BetaToolUseBlock;
}

/**
 * A guard did not answer at once, for example because it asks a person. The wait ends with an `approval_decision`, or,
 * when the answer is no longer needed, with the `tool_result`, a `round_retry` or the end of the stream. Each guard
 * that does not answer at once has its own. Added by `executeTools`.
 */
export interface ApprovalRequestEvent extends OfCall {
  readonly type: 'approval_request';
  /** The decoded input, as the guard got it. */
  readonly input: unknown;
}

/**
 * The pending guard has decided, or its time is up. Comes before the `tool_start`, or before the `tool_result` that
 * says why the tool was not run. Added by `executeTools`.
 */
export interface ApprovalDecisionEvent extends OfCall {
  readonly type: 'approval_decision';
  /** The guard's decision; `expired` when it did not decide within `approvalTimeout`. */
  readonly decision: 'approved' | 'denied' | 'expired';
  /** Why not, as Claude reads it. Absent when approved. */
  readonly reason?: string;
}

/** A tool has started. Added by `executeTools`. */
export interface ToolStartEvent extends OfCall {
  readonly type: 'tool_start';
}

/** A running tool has emitted a value. Never sent to Claude. Added by `executeTools`. */
export interface ToolProgressEvent extends OfCall {
  readonly type: 'tool_progress';
  /** The value; absent when it is `undefined`. */
  readonly value?: unknown;
}

/** A call has its result. Emitted in the order in which tools finish. Added by `executeTools`. */
export interface ToolResultEvent extends OfCall {
  readonly type: 'tool_result';
  /** The block that goes to Claude. */
  readonly result: ToolResultBlockParam;
  /** `Right` with the tool's whole output, or `Left` with what went wrong, as plain data. */
  readonly outcome: Either<ToolFailure, unknown>;
  /** How long the tool ran, in milliseconds; 0 when it never started. */
  readonly duration: number;
}

/** The events of a tool that runs: its start, its progress and its result. */
export type ToolRunEvent = ToolStartEvent | ToolProgressEvent | ToolResultEvent;

/** A request is about to be sent. Added by `resumeConversation`. */
export interface RoundStartEvent {
  readonly type: 'round_start';
  /** The number of the round, counted from 1. */
  readonly round: number;
  /** What will be sent, without `stream`. */
  readonly request: RoundRequest;
  /** What was changed in the caller's history so that the API accepts it; absent when nothing was. */
  readonly mended?: readonly HistoryChange[];
  /**
   * What could not be mended safely, such as thinking that depends on what came before it; absent when there is
   * nothing.
   */
  readonly unmended?: readonly HistoryDefect[];
}

/**
 * The round failed in a way that may pass, and its request will be sent again. Everything since its `round_start`, or
 * since the last `round_retry`, is void: remove it from the view. Added by `retryRound`.
 */
export interface RoundRetryEvent {
  readonly type: 'round_retry';
  /** The number of the round, counted from 1. */
  readonly round: number;
  /** The number of the attempt that failed, counted from 1. */
  readonly attempt: number;
  /** What it failed with. */
  readonly error: ErrorFacts;
  /** The time until the next attempt, in milliseconds. */
  readonly delay: number;
}

/** The reply is complete and all its calls have results. Added by `resumeConversation`. */
export interface RoundEndEvent {
  readonly type: 'round_end';
  /** The number of the round, counted from 1. */
  readonly round: number;
  /** Claude's whole reply. */
  readonly message: ClaudeMessage;
  /** The results of its calls, in the order of the calls. */
  readonly results: readonly ToolResultBlockParam[];
  /** Tokens of this round: the last cumulative figures that Claude sent. */
  readonly usage: ClaudeMessage['usage'];
  /** What happens next: another round, or the end. */
  readonly next: 'resume' | 'end';
  /** The API's id of the request that this reply answers; absent when the response had none. */
  readonly request_id?: string;
  /**
   * How long Claude took to begin writing, in milliseconds: from the round's first request to the first
   * `content_block_delta` of this reply, including failed attempts and the waits after them. Absent when the reply has
   * no delta.
   */
  readonly first_token?: number;
  /** How long the round took, in milliseconds: from its first request to this event, including its tools. */
  readonly duration: number;
  /** What the server did differently from the API, and rxclaude repaired; each with how often. */
  readonly deviations: readonly { readonly code: string; readonly count: number }[];
}

/** Token counts, summed over the rounds of a conversation. */
export interface UsageTotals {
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cache_creation_input_tokens: number;
  readonly cache_read_input_tokens: number;
  /** The part of `output_tokens` that was spent on thinking. */
  readonly thinking_tokens: number;
  readonly web_search_requests: number;
  readonly web_fetch_requests: number;
}

/**
 * Why a conversation ended:
 *
 * - `finished`: Claude ended it; `stop_reason` says how;
 * - `open_calls`: a call will be answered later;
 * - `max_rounds`, `budget`, `stop_when`, `repeated`, `attempts`: a limit of this program;
 * - `wrap_up`: the deadline allowed no further round;
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

/** The conversation is over, for any reason. The last event. Added by `resumeConversation`. */
export interface ConversationEndEvent {
  readonly type: 'conversation_end';
  /** Why it ended. */
  readonly reason: ConversationEndReason;
  /**
   * The `stop_reason` of Claude's last reply, such as `end_turn`, `max_tokens` or `refusal`; the API may add new ones.
   * `null` when there is no reply, or it broke off.
   */
  readonly stop_reason: string | null;
  /**
   * The whole history, ready to be sent again with a new user message after it. Of a reply that broke off, it keeps
   * what the API accepts: its text and its complete blocks, with a result for each call. The messages are frozen, the
   * list is not.
   */
  readonly messages: MessageParam[];
  /** Claude's last reply, with its `stop_details`; absent when none began. */
  readonly message?: ClaudeMessage;
  /** The calls that still need a result, when the reason is `open_calls`. */
  readonly open: readonly { readonly id: string; readonly name: string }[];
  /** Tokens of all rounds, including replies that broke off and were requested again. */
  readonly usage: UsageTotals;
  /**
   * Whether a part of `usage` is an estimate, because a reply broke off before it reported its tokens: a quarter of the
   * characters received, and nothing when none were.
   */
  readonly usage_estimated: boolean;
  /** How many rounds began. */
  readonly rounds: number;
  /** What the conversation failed with, when the reason is `error`. Next, the stream fails with the error itself. */
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

/** Every event of a pipeline: Claude's own, untouched, and those that rxclaude adds. */
export type RoundEvent = ClaudeEvent | AddedEvent;
