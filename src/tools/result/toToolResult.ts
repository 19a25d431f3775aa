import type { ToolResultBlockParam } from '@anthropic-ai/sdk/resources/messages/messages';
import type { Right } from 'fp-ts/lib/Either.js';
import { messageOf } from '../../errors/messageOf.js';
import type { ToolCallEvent, ToolResultEvent } from '../../events/RoundEvent.js';
import { callerTypeOf } from '../../rules/blocks.js';
import { resultContent, type ResultLimits } from './resultContent.js';

/** A call that gets a result. */
export interface Answered {
  readonly call: ToolCallEvent;
  /** The fields that each of its events carries. */
  readonly ofCall: Pick<ToolCallEvent, 'round' | 'id' | 'name' | 'index'>;
  readonly limits: ResultLimits;
}

type Content = NonNullable<ToolResultBlockParam['content']>;

/**
 * The event with a call's result. The API accepts its block, whatever the tool did.
 *
 * @param duration How long the tool ran, in milliseconds.
 * @param said What Claude is told instead of the outcome.
 */
export function toToolResult(
  { call, ofCall, limits }: Answered,
  outcome: ToolResultEvent['outcome'],
  duration = 0,
  said?: unknown,
): ToolResultEvent {
  const failed = outcome._tag === 'Left';
  const content = safely(() =>
    resultContent(said ?? contentOf(outcome, limits.maxResultChars), {
      ...limits,
      textOnly: failed || !isDirect(call),
    }),
  );
  const { toolset_name } = call.tool_use;
  const result: ToolResultBlockParam = {
    type: 'tool_result',
    tool_use_id: call.id,
    ...(toolset_name != null && { toolset_name }),
    content,
    ...(failed && { is_error: true }),
  };
  return { type: 'tool_result', ...ofCall, result, outcome, duration };
}

/** What a tool returned. Events have no field without a value, so a tool that returns nothing leaves `right` out. */
export function returned(output: unknown): Right<unknown> {
  return { _tag: 'Right', ...(output !== undefined && { right: output }) } as Right<unknown>;
}

/** Whether Claude itself made the call, rather than code that it runs. */
function isDirect({ tool_use }: ToolCallEvent): boolean {
  return (callerTypeOf(tool_use) ?? 'direct') === 'direct';
}

/** Getters and proxies may throw when a value is read. */
function safely(makeContent: () => Content): Content {
  try {
    return makeContent();
  } catch (error) {
    return `[unreadable result: ${messageOf(error)}]`;
  }
}

function contentOf(outcome: ToolResultEvent['outcome'], maxChars: number): unknown {
  if (outcome._tag === 'Right') return outcome.right;
  const { left } = outcome;
  // The form that the API's documentation asks for when an input cannot be parsed.
  if (left._tag === 'InvalidJson') return JSON.stringify({ INVALID_JSON: left.text.slice(0, maxChars) });
  return left._tag === 'Threw' || left._tag === 'TimedOut' ? `Error: ${left.message}` : left.message;
}
