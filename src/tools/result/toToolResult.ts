import type { ToolResultBlockParam } from '@anthropic-ai/sdk/resources/messages/messages';
import { messageOf } from '../../errors/messageOf.js';
import type { GuardRefusal, ToolCallEvent, ToolResultEvent, ToolStopped } from '../../events/RoundEvent.js';
import type { ToolInputError } from '../../events/ToolInputError.js';
import { callerTypeOf } from '../../rules/blocks.js';
import { errorContent } from './errorContent.js';
import { resultContent, type ResultLimits } from './resultContent.js';

/** How a call came out: what the tool returned, what it threw, or why it was not run, or not to its end. */
export type ToolOutcome =
  | { readonly _tag: 'Returned'; readonly output: unknown }
  | { readonly _tag: 'Threw'; readonly error: unknown }
  | { readonly _tag: 'Refused'; readonly error: ToolInputError | GuardRefusal | ToolStopped };

type Content = NonNullable<ToolResultBlockParam['content']>;

/**
 * The event that answers a call, with a block that the API accepts whatever the tool did.
 *
 * @param duration How long the tool ran, in milliseconds.
 */
export function toToolResult(
  call: ToolCallEvent,
  outcome: ToolOutcome,
  duration: number,
  limits: ResultLimits,
): ToolResultEvent {
  const { id, name, index, tool_use } = call;
  const failed = outcome._tag !== 'Returned';
  const content = safely(() =>
    resultContent(contentOf(outcome, limits.maxResultChars), { ...limits, textOnly: failed || !isDirect(call) }),
  );
  const result: ToolResultBlockParam = {
    type: 'tool_result',
    tool_use_id: id,
    ...(tool_use.toolset_name != null && { toolset_name: tool_use.toolset_name }),
    content,
    ...(failed && { is_error: true }),
  };
  const base = { type: 'tool_result', id, name, index, result, duration } as const;
  return failed ? { ...base, output: undefined, error: outcome.error } : { ...base, output: outcome.output };
}

/** Whether Claude itself made the call, and not code that it runs. */
function isDirect({ tool_use }: ToolCallEvent): boolean {
  return (callerTypeOf(tool_use) ?? 'direct') === 'direct';
}

/** A value may fight back when it is read, with getters and proxies that throw. */
function safely(makeContent: () => Content): Content {
  try {
    return makeContent();
  } catch (error) {
    return `[the result cannot be read: ${messageOf(error)}]`;
  }
}

function contentOf(outcome: ToolOutcome, maxChars: number): unknown {
  if (outcome._tag === 'Returned') return outcome.output;
  if (outcome._tag === 'Threw') return errorContent(outcome.error);
  const { error } = outcome;
  // The form that the API's documentation asks for when the text of an input cannot be read.
  if (error._tag === 'InvalidJson') return JSON.stringify({ INVALID_JSON: error.text.slice(0, maxChars) });
  return error.message;
}
