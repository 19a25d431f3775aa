import type {
  ContentBlockParam,
  MessageParam,
  ToolResultBlockParam,
} from '@anthropic-ai/sdk/resources/messages/messages';
import { optionError } from '../errors/failures.js';
import type { ClaudeMessage } from '../events/ClaudeEvent.js';
import type { RoundRequest } from '../events/RoundRequest.js';
import { isBlank, isEmptyText, isThinking, withObjectInput } from '../rules/blocks.js';
import type { ClaudeRequest } from '../tools/ClaudeRequest.js';
import { withToolDefinitions } from '../tools/withToolDefinitions.js';
import { deepFreeze } from '../values/deepFreeze.js';

/**
 * The request as it goes on the wire: with tools as plain API definitions, the caller's order of keys, and as a copy,
 * so that later changes to the caller's object do not reach a running conversation. It is frozen, so that no listener
 * can change what is sent.
 *
 * @throws OptionError when it cannot be written as JSON, or has no list of messages.
 */
export function toRoundRequest(request: ClaudeRequest): RoundRequest {
  const copy = copyOf(request);
  if (!Array.isArray(copy.messages)) throw optionError('request.messages', 'a list of messages', copy.messages);
  return deepFreeze(copy);
}

function copyOf(request: ClaudeRequest): RoundRequest {
  try {
    return JSON.parse(JSON.stringify(withToolDefinitions(request))) as RoundRequest;
  } catch (error) {
    throw optionError('request', 'JSON-serializable', request, { cause: error });
  }
}

/**
 * The request after a reply: the last one, then the reply and any results. Everything before them is the same object as
 * before. A forced `tool_choice` becomes `auto`, because it would never end, and the id of the reply's container is
 * kept.
 *
 * @param results The results of all calls of the reply, in the order of the calls.
 */
export function nextRequest(
  request: RoundRequest,
  message: ClaudeMessage,
  results: readonly ToolResultBlockParam[],
): RoundRequest {
  return {
    ...request,
    messages: Object.freeze(appendReply(request.messages, message, results)),
    ...withoutForce(request.tool_choice),
    ...withContainer(request.container, message.container),
  };
}

/** The history, then a reply and its results. */
export function appendReply(
  messages: readonly MessageParam[],
  message: ClaudeMessage,
  results: readonly ToolResultBlockParam[],
): MessageParam[] {
  const content = toAssistantContent(message);
  const reply: MessageParam[] = content.length === 0 ? [] : [{ role: 'assistant', content }];
  const answer: MessageParam[] = results.length === 0 ? [] : [{ role: 'user', content: [...results] }];
  // What was there before is frozen already, and long.
  return [...messages, ...deepFreeze([...reply, ...answer])];
}

function withoutForce(choice: RoundRequest['tool_choice']): Pick<RoundRequest, 'tool_choice'> {
  if (choice?.type !== 'any' && choice?.type !== 'tool') return {};
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

type Block = ClaudeMessage['content'][number];

/** A call that needs a result. */
export interface Call {
  readonly id: string;
  readonly name: string;
}

/**
 * The content of a reply as it is sent back: every block verbatim, in order, except for what the API would refuse:
 *
 * - an empty text block (the API can send one but refuses to take it back), or a whole reply that is only white space;
 * - the input of a call that is not an object (the API takes only objects, so it becomes `{}`);
 * - a second call with the same id;
 * - calls and thinking before a `fallback` block, which another model wrote.
 */
export function toAssistantContent(message: ClaudeMessage): ContentBlockParam[] {
  const content = ownBlocks(message)
    .filter((block) => !isEmptyText(block))
    .map((block) => (block.type === 'tool_use' ? withObjectInput(block) : block));
  return isBlank(content) ? [] : (content as ContentBlockParam[]);
}

/** The calls in a reply that this program must answer, in order, each id once. */
export function callsOf(message: ClaudeMessage): Call[] {
  return ownBlocks(message).filter((block) => block.type === 'tool_use');
}

/** The blocks of the model that ended the reply; of several calls with one id, only the first. */
function ownBlocks({ content }: ClaudeMessage): Block[] {
  const fallback = content.findLastIndex(({ type }) => type === 'fallback');
  const seen = new Set<string>();
  return content.filter((block, index) => {
    if (index < fallback) return block.type !== 'tool_use' && !isThinking(block);
    if (block.type !== 'tool_use') return true;
    if (seen.has(block.id)) return false;
    seen.add(block.id);
    return true;
  });
}
