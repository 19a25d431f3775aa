import type { ContentBlockParam } from '@anthropic-ai/sdk/resources/messages/messages';
import type { ClaudeMessage } from '../events/ClaudeEvent.js';
import { isJsonObject } from '../json/isJsonObject.js';

type Block = ClaudeMessage['content'][number];

/**
 * The content of a reply as it is sent back: every block verbatim, in order, but for what the API itself would refuse:
 *
 * - an empty text block (the API can write one and refuses to read it), or all of a reply that is only white space;
 * - the input of a call that is no object (the API takes only objects, so it becomes `{}`);
 * - a second call with the same id;
 * - calls and thinking before a `fallback` block, which another model wrote.
 */
export function toAssistantContent(message: ClaudeMessage): ContentBlockParam[] {
  const seen = new Set<string>();
  const content: Block[] = [];
  for (const block of fromLastModel(message.content)) {
    if (block.type === 'text' && block.text === '') continue;
    if (block.type === 'tool_use') {
      if (seen.has(block.id)) continue;
      seen.add(block.id);
    }
    content.push(withObjectInput(block));
  }
  return isBlank(content) ? [] : (content as ContentBlockParam[]);
}

/** Whether there is nothing but white space, which the API refuses as a whole message. */
function isBlank(content: readonly Block[]): boolean {
  return content.every((block) => block.type === 'text' && block.text.trim() === '');
}

/** Leaves out what a model before the last `fallback` block cannot be held to. */
export function fromLastModel(content: readonly Block[]): readonly Block[] {
  const fallback = content.findLastIndex((block) => block.type === 'fallback');
  if (fallback === -1) return content;
  return content.filter(
    (block, index) => index > fallback || !['tool_use', 'thinking', 'redacted_thinking'].includes(block.type),
  );
}

function withObjectInput(block: Block): Block {
  if (block.type !== 'tool_use' || isJsonObject(block.input)) return block;
  return { ...block, input: {} };
}
