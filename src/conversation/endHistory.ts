import type {
  ContentBlockParam,
  MessageParam,
  ToolResultBlockParam,
} from '@anthropic-ai/sdk/resources/messages/messages';
import type { ClaudeMessage } from '../events/ClaudeEvent.js';
import { appendReply } from './nextRequest.js';
import { openServerTools } from './openServerTools.js';

/**
 * The history that a conversation leaves behind: one that the API accepts with a new user message at its end.
 *
 * A refused reply is left out. So is a server tool that was begun and never answered, with the calls that its code made:
 * the API would wait for it and take nothing else. And so is a thought with nothing behind it.
 *
 * @param message The last reply, or what is whole of it; `undefined` when there is none.
 */
export function endHistory(
  messages: readonly MessageParam[],
  message: ClaudeMessage | undefined,
  results: readonly ToolResultBlockParam[],
): MessageParam[] {
  if (message === undefined || message.stop_reason === 'refusal') return withoutOpenServerTools([...messages]);
  // An empty text is left out of the history, so it says nothing behind a thought either.
  const last = message.content.findLastIndex((block) => !isThought(block) && !isEmptyText(block));
  const thoughtOut = { ...message, content: message.content.slice(0, last + 1) } as ClaudeMessage;
  return withoutOpenServerTools(appendReply(messages, thoughtOut, results));
}

function withoutOpenServerTools(messages: MessageParam[]): MessageParam[] {
  const open = openServerTools(messages.filter(({ role }) => role === 'assistant').flatMap(blocksOf));
  if (open.size === 0) return messages;
  const gone = new Set([...open, ...callsMadeBy(messages, open)]);
  return messages.flatMap((message) => withoutBlocks(message, gone));
}

/** The ids of calls that came from code which a server tool runs. */
function callsMadeBy(messages: readonly MessageParam[], serverTools: ReadonlySet<string>): string[] {
  return messages.flatMap(blocksOf).flatMap((block) => {
    const caller = block.type === 'tool_use' ? block.caller : undefined;
    return block.type === 'tool_use' && caller !== undefined && 'tool_id' in caller && serverTools.has(caller.tool_id)
      ? [block.id]
      : [];
  });
}

function withoutBlocks(message: MessageParam, gone: ReadonlySet<string>): MessageParam[] {
  const before = blocksOf(message);
  const kept = before.filter((block) => !gone.has(idOf(block)));
  if (kept.length === before.length) return [message];
  const content = message.role === 'assistant' ? withoutLastThought(kept) : kept;
  return content.length === 0 ? [] : [{ ...message, content } as MessageParam];
}

/** The API takes no reply that ends with thinking. */
function withoutLastThought(content: ContentBlockParam[]): ContentBlockParam[] {
  return content.slice(0, content.findLastIndex((block) => !isThought(block)) + 1);
}

function isEmptyText(block: { readonly type: string; readonly text?: unknown }): boolean {
  return block.type === 'text' && block.text === '';
}

function isThought({ type }: { readonly type: string }): boolean {
  return type === 'thinking' || type === 'redacted_thinking';
}

function blocksOf({ content }: MessageParam): ContentBlockParam[] {
  return typeof content === 'string' ? [] : content;
}

/** The id that a block has, or that it answers. */
function idOf(block: ContentBlockParam): string {
  if ('tool_use_id' in block) return block.tool_use_id;
  return 'id' in block && typeof block.id === 'string' ? block.id : '';
}
