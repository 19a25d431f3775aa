import type { HistoryDefect } from '../errors/HistoryDefect.js';
import { isJsonObject } from '../json/isJsonObject.js';
import { isBlock, type Block, type Fields, type Role } from '../rules/blocks.js';
import { extraMessageFields } from './blockFields.js';
import { messageDefect } from './Flaw.js';

/** A message of a history as the rules see it. */
export interface SeenMessage {
  /** Its index in the history. */
  readonly index: number;
  /** `undefined` for what is no message. */
  readonly role: Role | undefined;
  /** Its blocks, each at its own index. A string is one text block. */
  readonly blocks: readonly Block[];
  /** Whether its content is a string. */
  readonly isString: boolean;
  /** What is wrong with its shape. */
  readonly defects: readonly HistoryDefect[];
}

/** Stands for what is no block. No rule knows its type. */
export const NO_BLOCK: Block = { type: '' };

/** Reads a value that should be a message. Never throws, whatever the value is. */
export function readMessage(value: unknown, index: number): SeenMessage {
  try {
    touchMessage(value);
    return read(value, index);
  } catch {
    return noMessage(index, 'Input should be an object');
  }
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

const NOTHING: Fields = {};

function touch(value: unknown): Fields {
  if (!isJsonObject(value)) return NOTHING;
  // Without a list of all fields: this runs on every block.
  for (const field in value) Reflect.get(value, field);
  return value;
}

function read(value: unknown, index: number): SeenMessage {
  if (!isJsonObject(value)) return noMessage(index, 'Input should be an object');
  const { role } = value;
  if (!isRole(role)) return noMessage(index, "Input should be 'user', 'assistant' or 'system'", '.role');
  const content = contentOf(value, role);
  if (content === undefined) {
    const words = value['content'] === undefined ? 'Field required' : 'Input should be a valid list';
    return noMessage(index, words, '.content');
  }
  const isString = typeof content === 'string';
  const blocks = isString ? [{ type: 'text', text: content }] : [...content].map(toBlock);
  const defects = [...extraFields(value, role, index), ...noBlocks(blocks, index)];
  return { index, role, blocks, isString, defects };
}

function noMessage(index: number, words: string, field = ''): SeenMessage {
  const defects = [messageDefect('malformed_message', index, words, field)];
  return { index, role: undefined, blocks: [], isString: false, defects };
}

function isRole(role: unknown): role is Role {
  return role === 'user' || role === 'assistant' || role === 'system';
}

/** A system message may have settings in place of content. */
function contentOf({ content, output_config }: Fields, role: Role): string | readonly unknown[] | undefined {
  if (typeof content === 'string' || Array.isArray(content)) return content;
  return role === 'system' && content == null && isJsonObject(output_config) ? [] : undefined;
}

function toBlock(value: unknown): Block {
  return isBlock(value) ? value : NO_BLOCK;
}

function extraFields(fields: Fields, role: Role, index: number): HistoryDefect[] {
  const words = 'Extra inputs are not permitted';
  return extraMessageFields(fields, role).map((field) => messageDefect('extra_field', index, words, `.${field}`));
}

function noBlocks(blocks: readonly Block[], index: number): HistoryDefect[] {
  if (!blocks.includes(NO_BLOCK)) return [];
  return blocks.flatMap((one, block) => {
    const path = `.content.${String(block)}.type`;
    return one === NO_BLOCK ? [{ ...messageDefect('malformed_block', index, 'Field required', path), block }] : [];
  });
}
