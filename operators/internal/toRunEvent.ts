import type {
  ApprovalDecisionEvent,
  ApprovalRequestEvent,
  ToolCallEvent,
  ToolProgressEvent,
  ToolResultEvent,
  ToolStartEvent,
} from '../../src/events/RoundEvent.js';
import type { ResultLimits } from '../../src/tools/result/resultContent.js';
import { toToolResult } from '../../src/tools/result/toToolResult.js';
import type { ToolStep } from './guardedRun.js';

/** What is told of a call that is run. */
export type RunEvent =
  ApprovalRequestEvent | ApprovalDecisionEvent | ToolStartEvent | ToolProgressEvent | ToolResultEvent;

/** A call with its decoded input, and what its result may take up. */
interface OfRun {
  readonly call: ToolCallEvent;
  readonly input: unknown;
  readonly limits: ResultLimits;
}

/**
 * The event that tells of a step.
 *
 * @param duration How long the tool has run, in milliseconds.
 */
export function toRunEvent({ call, input, limits }: OfRun, step: ToolStep, duration: number): RunEvent {
  const { id, name, index } = call;
  switch (step._tag) {
    case 'Asked':
      return { type: 'approval_request', id, name, index, input };
    case 'Decided': {
      const { decision, reason } = step;
      return { type: 'approval_decision', id, name, index, decision, ...(reason !== undefined && { reason }) };
    }
    case 'Started':
      return { type: 'tool_start', id, name, index };
    case 'Progress':
      return { type: 'tool_progress', id, name, index, value: step.value };
    default:
      return toToolResult(call, step, duration, limits);
  }
}
