// What rxclaude adds to Claude's events. Its users see it as `added`.
import type { MessageParam } from '@anthropic-ai/sdk/resources/messages/messages';
import { NO_USAGE } from '../../src/conversation/usage.js';
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

/** The `tool_call` of a tool with a valid input. The index is that of the block in Claude's reply. */
export function toolCall(id: string, name: string, input: unknown = {}, index = 0, round = 1): ToolCallEvent {
  const tool_use = { type: 'tool_use' as const, id, name, input };
  return { type: 'tool_call', round, id, name, index, input: { _tag: 'Right', right: input }, tool_use };
}

/** A `tool_input` of a call: a piece of its text. */
export function toolInput({ round, id, name, index }: ToolCallEvent, text: string): ToolInputEvent {
  return { type: 'tool_input', round, id, name, index, text };
}

/** The `tool_start` of a call. */
export function toolStart({ id, name, index }: ToolCallEvent): ToolStartEvent {
  return { type: 'tool_start', id, name, index };
}

/** A `tool_progress` of a call. */
export function toolProgress({ id, name, index }: ToolCallEvent, value: unknown): ToolProgressEvent {
  return { type: 'tool_progress', id, name, index, value };
}

/** The `tool_result` of a call whose tool returned a text. `duration` is in milliseconds. */
export function toolResult({ id, name, index }: ToolCallEvent, output: string, duration = 0): ToolResultEvent {
  const result = { type: 'tool_result' as const, tool_use_id: id, content: output };
  return { type: 'tool_result', id, name, index, result, output, duration };
}

/**
 * The `tool_result` of a call that came to nothing.
 *
 * @param content What Claude is told.
 * @param error What the program is told.
 */
export function toolFailure(
  { id, name, index }: ToolCallEvent,
  content: string,
  error?: unknown,
  duration = 0,
): ToolResultEvent {
  const result = { type: 'tool_result' as const, tool_use_id: id, content, is_error: true };
  return { type: 'tool_result', id, name, index, result, output: undefined, error, duration };
}

/** The `approval_request` of a call whose guard takes its time. */
export function approvalRequest({ id, name, index }: ToolCallEvent, input: unknown = {}): ApprovalRequestEvent {
  return { type: 'approval_request', id, name, index, input };
}

/** The `approval_decision` of such a guard; `reason` is why not. */
export function approvalDecision(
  { id, name, index }: ToolCallEvent,
  decision: ApprovalDecisionEvent['decision'],
  reason?: string,
): ApprovalDecisionEvent {
  return { type: 'approval_decision', id, name, index, decision, ...(reason !== undefined && { reason }) };
}

/** A `round_start`. */
export function roundStart(round = 1, messages: readonly MessageParam[] = []): RoundStartEvent {
  return { type: 'round_start', round, request: { model: 'claude-test', max_tokens: 100, messages } };
}

/** A `round_retry`; `delay` is in milliseconds. */
export function roundRetry(attempt: number, error: unknown, delay: number): RoundRetryEvent {
  return { type: 'round_retry', attempt, error, delay };
}

/** A `conversation_end`. */
export function conversationEnd(reason: ConversationEndEvent['reason'] = 'end_turn', rounds = 1): ConversationEndEvent {
  const base = { type: 'conversation_end' as const, reason, messages: [], message: undefined };
  return { ...base, usage: NO_USAGE, usage_estimated: false, rounds };
}
