// Builders for the events that rxclaude adds. Exported as `added`.
import type { MessageParam, ToolResultBlockParam } from '@anthropic-ai/sdk/resources/messages/messages';
import { NO_USAGE } from '../../src/conversation/usage.js';
import { createMessageAccumulator } from '../../src/message/createMessageAccumulator.js';
import { toErrorFacts } from '../../src/retry/toErrorFacts.js';
import type { ClaudeEvent } from '../../src/events/ClaudeEvent.js';
import type {
  ApprovalDecisionEvent,
  ApprovalRequestEvent,
  ConversationEndEvent,
  ResponseEvent,
  RoundEndEvent,
  RoundRetryEvent,
  RoundStartEvent,
  ToolCallEvent,
  ToolInputEvent,
  ToolProgressEvent,
  ToolResultEvent,
  ToolStartEvent,
} from '../../src/events/RoundEvent.js';
import type { ToolFailure } from '../../src/events/ToolFailure.js';
import { message } from './claude.js';

/** The `response` that begins a reply. */
export function response(request_id = 'req_1', round = 1): ResponseEvent {
  return { type: 'response', round, request_id };
}

/** A `tool_call` with a valid input. `index` is that of the block in Claude's reply. */
export function toolCall(id: string, name: string, input: unknown = {}, index = 0, round = 1): ToolCallEvent {
  const tool_use = { type: 'tool_use' as const, id, name, input };
  return { type: 'tool_call', round, id, name, index, input: { _tag: 'Right', right: input }, tool_use };
}

/** A `tool_input` of a call: one piece of the input's JSON text. */
export function toolInput(call: ToolCallEvent, text: string): ToolInputEvent {
  return { type: 'tool_input', ...ofCall(call), text };
}

/** The `tool_start` of a call. */
export function toolStart(call: ToolCallEvent): ToolStartEvent {
  return { type: 'tool_start', ...ofCall(call) };
}

/** A `tool_progress` of a call. */
export function toolProgress(call: ToolCallEvent, value: unknown): ToolProgressEvent {
  return { type: 'tool_progress', ...ofCall(call), ...(value !== undefined && { value }) };
}

/** The `tool_result` of a call whose tool returned text. `duration` is in milliseconds. */
export function toolResult(call: ToolCallEvent, output: string, duration = 0): ToolResultEvent {
  const result = { type: 'tool_result' as const, tool_use_id: call.id, content: output };
  return { type: 'tool_result', ...ofCall(call), result, outcome: { _tag: 'Right', right: output }, duration };
}

/**
 * The `tool_result` of a call that failed: it has `is_error`.
 *
 * @param content What Claude reads.
 * @param failure What the program gets. Default: the tool threw an error with this message.
 * @param duration How long the tool ran, in milliseconds. Default: 0.
 */
export function toolFailure(
  call: ToolCallEvent,
  content: string,
  failure: ToolFailure = { _tag: 'Threw', name: 'Error', message: content.replace(/^Error: /, '') },
  duration = 0,
): ToolResultEvent {
  const result = { type: 'tool_result' as const, tool_use_id: call.id, content, is_error: true };
  return { type: 'tool_result', ...ofCall(call), result, outcome: { _tag: 'Left', left: failure }, duration };
}

/** The `approval_request` of a call whose guard does not answer at once. */
export function approvalRequest(call: ToolCallEvent, input: unknown = {}): ApprovalRequestEvent {
  return { type: 'approval_request', ...ofCall(call), input };
}

/** The `approval_decision` of that guard. `reason` says why not. */
export function approvalDecision(
  call: ToolCallEvent,
  decision: ApprovalDecisionEvent['decision'],
  reason?: string,
): ApprovalDecisionEvent {
  return { type: 'approval_decision', ...ofCall(call), decision, ...(reason !== undefined && { reason }) };
}

/** A `round_start`, with the messages of its request. */
export function roundStart(round = 1, messages: readonly MessageParam[] = []): RoundStartEvent {
  return { type: 'round_start', round, request: { model: 'claude-test', max_tokens: 100, messages } };
}

/** A `round_retry` after a failed attempt. `delay` is in milliseconds. */
export function roundRetry(attempt: number, error: unknown, delay: number, round = 1): RoundRetryEvent {
  return { type: 'round_retry', round, attempt, error: toErrorFacts(error), delay };
}

/**
 * A `round_end`. Its `next` is `resume` when the reply calls tools.
 *
 * @param reply The events of a whole reply, such as those of `claude.message(...)`. Default: an empty one.
 * @param results The answers to its calls, in the order of the calls. Default: none.
 */
export function roundEnd(
  reply: readonly ClaudeEvent[] = message(),
  results: readonly ToolResultBlockParam[] = [],
  round = 1,
): RoundEndEvent {
  const accumulator = createMessageAccumulator();
  for (const event of reply) accumulator.take(event);
  const whole = accumulator.complete ? accumulator.wholeMessage() : undefined;
  if (whole === undefined) throw new TypeError('added.roundEnd: expected all events of a reply, up to message_stop.');
  const next = whole.stop_reason === 'tool_use' ? 'resume' : 'end';
  const base = { type: 'round_end' as const, round, message: whole, results, usage: whole.usage, next } as const;
  return { ...base, duration: 0, deviations: [] };
}

/**
 * A `conversation_end`. With the reason `finished`, its `stop_reason` is `end_turn`.
 *
 * @param error What the conversation failed with, for the reason `error`.
 */
export function conversationEnd(
  reason: ConversationEndEvent['reason'] = 'finished',
  rounds = 1,
  error?: unknown,
): ConversationEndEvent {
  const stop_reason = reason === 'finished' ? 'end_turn' : null;
  const base = { type: 'conversation_end' as const, reason, stop_reason, messages: [], open: [] };
  const failed = error === undefined ? {} : { error: toErrorFacts(error) };
  return { ...base, usage: NO_USAGE, usage_estimated: false, rounds, ...failed };
}

function ofCall({ round, id, name, index }: ToolCallEvent): Pick<ToolCallEvent, 'round' | 'id' | 'name' | 'index'> {
  return { round, id, name, index };
}
