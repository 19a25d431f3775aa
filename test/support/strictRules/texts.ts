import { blocksOf, contentPath } from './view.js';
import type { Rule, WireMessage } from './view.js';

/** Texts and messages that hold nothing. Inside a tool_result an empty text is accepted. */
export const emptiness: Rule = function* ({ messages }) {
  for (const [n, message] of messages.entries()) {
    if (message.role === 'user' && message.content.length === 0) {
      yield `messages.${String(n)}: user messages must have non-empty content`;
    }
  }
  const messagesOfBlocks = messages.filter(({ content }) => content.length > 0);
  const texts = messagesOfBlocks.flatMap(textsOf);
  if (texts.includes('')) yield 'messages: text content blocks must be non-empty';
  if (messagesOfBlocks.some(isBlank)) yield 'messages: text content blocks must contain non-whitespace text';
};

const textsOf = (message: WireMessage): unknown[] =>
  blocksOf(message)
    .filter(({ type }) => type === 'text')
    .map(({ text }) => text);

/** Nothing but white space in the whole message: `"\n"` beside a tool_use is fine. */
function isBlank(message: WireMessage): boolean {
  const texts = textsOf(message);
  const onlyTexts = texts.length === blocksOf(message).length;
  return onlyTexts && texts.every((text) => typeof text === 'string' && text.trim() === '');
}

/** New in API version 2026-10-21. The API's own words are not recorded. */
export const movedContent: Rule = function* ({ messages }) {
  for (const [n, message] of messages.entries()) {
    for (const [m, { type, citations }] of blocksOf(message).entries()) {
      if (message.role === 'assistant' && type === 'document') {
        yield `strictServer: ${contentPath(n, m)}: a document cannot be in an assistant message`;
      }
      if (message.role === 'user' && type === 'text' && Array.isArray(citations) && citations.length > 0) {
        yield `strictServer: ${contentPath(n, m)}: citations cannot be in a user message`;
      }
    }
  }
};
