// What rxclaude adds to Claude's events. Its users see it as `added`.
import type { MessageParam } from '@anthropic-ai/sdk/resources/messages/messages';
import { NO_USAGE } from '../../src/conversation/usage.js';
import { toErrorFacts } from '../../src/retry/toErrorFacts.js';
import type {
  ApprovalDecisionEvent,
  ApprovalRequestEvent,
  ConversationEndEvent,
  RoundRetryEvent,
  RoundStartEvent,
  ToolCallEvent,
  ToolInputEvent,
  ToolProgressEvent,
  ToolResultEvent,
  ToolStartEvent,
} from '../../src/events/RoundEvent.js';
import type { ToolFailure } from '../../src/events/ToolFailure.js';

/** The `tool_call` of a tool with a valid input. The index is that of the block in Claude's reply. */
export function toolCall(id: string, name: string, input: unknown = {}, index = 0, round = 1): ToolCallEvent {
  const tool_use = { type: 'tool_use' as const, id, name, input };
  return { type: 'tool_call', round, id, name, index, input: { _tag: 'Right', right: input }, tool_use };
}

/** A `tool_input` of a call: a piece of its text. */
export function toolInput(call: ToolCallEvent, text: string): ToolInputEvent {
  return { type: 'tool_input', ...ofCall(call), text };
}

/** The `tool_start` of a call. */
export function toolStart(call: ToolCallEvent): ToolStartEvent {
  return { type: 'tool_start', ...ofCall(call) };
}

/** A `tool_progress` of a call. */
export function toolProgress(call: ToolCallEvent, value: unknown): ToolProgressEvent {
  return { type: 'tool_progress', ...ofCall(call), value };
}

/** The `tool_result` of a call whose tool returned a text. `duration` is in milliseconds. */
export function toolResult(call: ToolCallEvent, output: string, duration = 0): ToolResultEvent {
  const result = { type: 'tool_result' as const, tool_use_id: call.id, content: output };
  return { type: 'tool_result', ...ofCall(call), result, outcome: { _tag: 'Right', right: output }, duration };
}

/**
 * The `tool_result` of a call that came to nothing.
 *
 * @param content What Claude is told.
 * @param failure What the program is told. Default: that the tool threw an error with these words.
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

/** The `approval_request` of a call whose guard takes its time. */
export function approvalRequest(call: ToolCallEvent, input: unknown = {}): ApprovalRequestEvent {
  return { type: 'approval_request', ...ofCall(call), input };
}

/** The `approval_decision` of such a guard; `reason` is why not. */
export function approvalDecision(
  call: ToolCallEvent,
  decision: ApprovalDecisionEvent['decision'],
  reason?: string,
): ApprovalDecisionEvent {
  return { type: 'approval_decision', ...ofCall(call), decision, ...(reason !== undefined && { reason }) };
}

/** A `round_start`. */
export function roundStart(round = 1, messages: readonly MessageParam[] = []): RoundStartEvent {
  return { type: 'round_start', round, request: { model: 'claude-test', max_tokens: 100, messages } };
}

/** A `round_retry` after an attempt that failed with an error; `delay` is in milliseconds. */
export function roundRetry(attempt: number, error: unknown, delay: number, round = 1): RoundRetryEvent {
  return { type: 'round_retry', round, attempt, error: toErrorFacts(error), delay };
}

/** A `conversation_end`. When Claude has `finished`, its word is `end_turn`. */
export function conversationEnd(reason: ConversationEndEvent['reason'] = 'finished', rounds = 1): ConversationEndEvent {
  const stop_reason = reason === 'finished' ? 'end_turn' : null;
  const base = { type: 'conversation_end' as const, reason, stop_reason, messages: [], open: [] };
  return { ...base, usage: NO_USAGE, usage_estimated: false, rounds };
}

function ofCall({ round, id, name, index }: ToolCallEvent): Pick<ToolCallEvent, 'round' | 'id' | 'name' | 'index'> {
  return { round, id, name, index };
}
