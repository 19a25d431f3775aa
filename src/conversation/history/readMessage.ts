import type { HistoryDefect } from '../../errors/HistoryError.js';
import { isObject } from '../../iteration/isObject.js';
import { isJsonObject } from '../../json/isJsonObject.js';
import { isBlock, type Block, type Fields, type Role } from './Block.js';
import { isMessageField } from './blockFields.js';
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

/** How deep the rules look into a message: its content, a block, its content, a block in it, its cache mark. */
const DEPTH = 6;

/** Reads a value that should be a message. Never throws, whatever the value is. */
export function readMessage(value: unknown, index: number): SeenMessage {
  try {
    touch(value, DEPTH);
    return read(value, index);
  } catch {
    return noMessage(index, 'Input should be an object');
  }
}

/** Looks at all that the rules will look at, so that a getter that throws does so now. */
function touch(value: unknown, depth: number): void {
  if (depth === 0 || !isObject(value)) return;
  for (const key of Object.keys(value)) touch(value[key], depth - 1);
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
  const blocks = isString ? [{ type: 'text', text: content }] : Array.from(content, toBlock);
  const defects = [...extraFields(value, role, index), ...(isString ? [] : noBlocks(content, index))];
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
  const extra = Object.keys(fields).filter((field) => !isMessageField(role, field));
  return extra.map((field) => messageDefect('extra_field', index, 'Extra inputs are not permitted', `.${field}`));
}

function noBlocks(content: readonly unknown[], index: number): HistoryDefect[] {
  return Array.from(content, (value, block) => {
    const field = `.content.${String(block)}.type`;
    return isBlock(value) ? [] : [{ ...messageDefect('malformed_block', index, 'Field required', field), block }];
  }).flat();
}
