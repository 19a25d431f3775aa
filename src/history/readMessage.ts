import type { HistoryDefect } from '../errors/HistoryDefect.js';
import { isJsonObject } from '../json/isJsonObject.js';
import { isBlock, type Block, type Fields, type Role } from '../rules/blocks.js';

/** A message of a history as the rules see it. */
export interface SeenMessage {
  /** Its index in the history. */
  readonly index: number;
  /** `undefined` for what is not a message. */
  readonly role: Role | undefined;
  /** What was read; without fields for what cannot be read. */
  readonly message: Fields;
  /** Its blocks, each at its own index. A string is one text block. */
  readonly blocks: readonly Block[];
  /** Whether its content is a string. */
  readonly isString: boolean;
}

/** Follows a history message by message, and checks one kind of rule. */
export interface Follower {
  /** What this message shows to be wrong. */
  take(message: SeenMessage): readonly HistoryDefect[];
  /** What is wrong if the history ends here. */
  end?(): readonly HistoryDefect[];
}

/** Stands for a value that is not a block. No rule knows its type. */
export const NO_BLOCK: Block = { type: '' };

/** What is wrong with messages that are no list. */
export const NO_LIST: HistoryDefect = {
  code: 'malformed_message',
  path: 'messages',
  wording: 'messages: Input should be a valid list',
};

/** The messages, with `undefined` in place of each that throws an error when the rules read it. */
export function readable(messages: readonly unknown[]): unknown[] {
  return Array.from(messages, (message) => {
    try {
      touchMessage(message);
      return message;
    } catch {
      return undefined;
    }
  });
}

/** Looks at all that the rules will look at, so that a getter that throws does so now. */
function touchMessage(value: unknown): void {
  const { content } = touch(value);
  if (!Array.isArray(content)) return;
  for (const block of content) {
    const { content: inner, caller } = touch(block);
    touch(caller);
    if (Array.isArray(inner)) inner.forEach(touch);
  }
}

function touch(value: unknown): Fields {
  if (!isJsonObject(value)) return {};
  // Without a list of all fields: this runs on every block.
  for (const field in value) Reflect.get(value, field);
  return value;
}

/** Reads a value that should be a message. */
export function readMessage(value: unknown, index: number): SeenMessage {
  const message = isJsonObject(value) ? value : {};
  const role = isRole(message['role']) ? message['role'] : undefined;
  const content = role === undefined ? undefined : contentOf(message, role);
  if (content === undefined) return { index, role: undefined, message, blocks: [], isString: false };
  const isString = typeof content === 'string';
  const blocks = isString ? [{ type: 'text', text: content }] : [...content].map(toBlock);
  return { index, role, message, blocks, isString };
}

export function isRole(role: unknown): role is Role {
  return role === 'user' || role === 'assistant' || role === 'system';
}

/** A system message may have settings instead of content. */
function contentOf({ content, output_config }: Fields, role: Role): string | readonly unknown[] | undefined {
  if (typeof content === 'string' || Array.isArray(content)) return content;
  return role === 'system' && content == null && isJsonObject(output_config) ? [] : undefined;
}

function toBlock(value: unknown): Block {
  return isBlock(value) ? value : NO_BLOCK;
}
