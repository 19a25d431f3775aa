import type { ToolResultBlockParam } from '@anthropic-ai/sdk/resources/messages/messages';
import { messageOf } from '../../errors/messageOf.js';
import type { Right } from 'fp-ts/lib/Either.js';
import type { ToolCallEvent, ToolResultEvent } from '../../events/RoundEvent.js';
import type { ToolFailure } from '../../events/ToolFailure.js';
import { callerTypeOf } from '../../rules/blocks.js';
import { errorContent, wordsOf } from './errorContent.js';
import { resultContent, type ResultLimits } from './resultContent.js';

/** How a call came out: what the tool returned, what it threw, or another reason why there is no result. */
export type ToolOutcome =
  | { readonly _tag: 'Returned'; readonly output: unknown }
  | { readonly _tag: 'Threw'; readonly error: unknown }
  | { readonly _tag: 'Failed'; readonly failure: ToolFailure };

/** A call that is answered. */
export interface Answered {
  readonly call: ToolCallEvent;
  /** What each of its events carries. */
  readonly ofCall: Pick<ToolCallEvent, 'round' | 'id' | 'name' | 'index'>;
  readonly limits: ResultLimits;
}

type Content = NonNullable<ToolResultBlockParam['content']>;

/**
 * The event that answers a call, with a block that the API accepts whatever the tool did.
 *
 * @param duration How long the tool ran, in milliseconds.
 */
export function toToolResult({ call, ofCall, limits }: Answered, outcome: ToolOutcome, duration = 0): ToolResultEvent {
  const { tool_use } = call;
  const failed = outcome._tag !== 'Returned';
  const content = safely(() =>
    resultContent(contentOf(outcome, limits.maxResultChars), { ...limits, textOnly: failed || !isDirect(call) }),
  );
  const result: ToolResultBlockParam = {
    type: 'tool_result',
    tool_use_id: call.id,
    ...(tool_use.toolset_name != null && { toolset_name: tool_use.toolset_name }),
    content,
    ...(failed && { is_error: true }),
  };
  return { type: 'tool_result', ...ofCall, result, outcome: toEither(outcome), duration };
}

function toEither(outcome: ToolOutcome): ToolResultEvent['outcome'] {
  switch (outcome._tag) {
    case 'Returned':
      return toRight(outcome.output);
    case 'Threw':
      return { _tag: 'Left', left: { _tag: 'Threw', ...wordsOf(outcome.error) } };
    case 'Failed':
      return { _tag: 'Left', left: outcome.failure };
  }
}

/** Events have no field without a value: a tool that returns nothing leaves `right` out. */
function toRight(output: unknown): Right<unknown> {
  return { _tag: 'Right', ...(output !== undefined && { right: output }) } as Right<unknown>;
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
  const { failure } = outcome;
  // The form that the API's documentation asks for when the text of an input cannot be read.
  if (failure._tag === 'InvalidJson') return JSON.stringify({ INVALID_JSON: failure.text.slice(0, maxChars) });
  return failure._tag === 'TimedOut' ? `Error: ${failure.message}` : failure.message;
}
