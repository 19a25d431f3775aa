import type { MessageParam, ToolResultBlockParam } from '@anthropic-ai/sdk/resources/messages/messages';
import type { ClaudeMessage } from '../events/ClaudeEvent.js';
import type { RoundRequest } from '../events/RoundRequest.js';
import { deepFreeze } from '../values/deepFreeze.js';
import { toAssistantContent } from './toAssistantContent.js';

/**
 * The request after a reply: the last one with the reply and, where there are any, the results behind it. Everything
 * before them is the same object as it was. A forced `tool_choice` becomes `auto`, for it would never end, and the id of
 * the reply's container is carried on.
 *
 * @param results The answers to all calls of the reply, in the order of the calls.
 */
export function nextRequest(
  request: RoundRequest,
  message: ClaudeMessage,
  results: readonly ToolResultBlockParam[],
): RoundRequest {
  return {
    ...request,
    messages: deepFreeze(appendReply(request.messages, message, results)),
    ...withoutForce(request.tool_choice),
    ...withContainer(request.container, message.container),
  };
}

/** The history with a reply and its results behind it. */
export function appendReply(
  messages: readonly MessageParam[],
  message: ClaudeMessage,
  results: readonly ToolResultBlockParam[],
): MessageParam[] {
  const content = toAssistantContent(message);
  const reply: MessageParam[] = content.length === 0 ? [] : [{ role: 'assistant', content }];
  const answer: MessageParam[] = results.length === 0 ? [] : [{ role: 'user', content: [...results] }];
  return [...messages, ...reply, ...answer];
}

function withoutForce(choice: RoundRequest['tool_choice']): Pick<RoundRequest, 'tool_choice'> {
  if (choice === undefined) return {};
  if (choice.type !== 'any' && choice.type !== 'tool') return { tool_choice: choice };
  const { disable_parallel_tool_use } = choice;
  return {
    tool_choice: { type: 'auto', ...(disable_parallel_tool_use !== undefined && { disable_parallel_tool_use }) },
  };
}

function withContainer(
  before: RoundRequest['container'],
  container: ClaudeMessage['container'] | undefined,
): Pick<RoundRequest, 'container'> {
  if (container == null) return {};
  return { container: typeof before === 'object' && before !== null ? { ...before, id: container.id } : container.id };
}
