import type { HistoryDefect, HistoryDefectCode } from '../errors/HistoryDefect.js';
import { innerBlocks, type Block, type Role } from '../rules/blocks.js';
import { extraFields, extraMessageFields } from '../rules/fields.js';
import { isInner } from '../rules/results.js';
import { NO_BLOCK, type SeenMessage } from './readMessage.js';

/** The path of a message or of one of its blocks, as the API writes it. */
export function pathOf(message: number, block?: number): string {
  return `messages.${String(message)}${block === undefined ? '' : `.content.${String(block)}`}`;
}

/** A defect that the API tells of by its path and these words. */
export function defect(
  code: HistoryDefectCode,
  path: string,
  words: string,
  place?: Pick<HistoryDefect, 'message' | 'block'>,
): HistoryDefect {
  return { code, path, ...place, wording: `${path}: ${words}` };
}

/** What is wrong with a message as a whole. */
export function messageDefect(code: HistoryDefectCode, message: number, words: string, field = ''): HistoryDefect {
  return defect(code, pathOf(message) + field, words, { message });
}

/** What is wrong with a block. */
export function blockDefect(
  code: HistoryDefectCode,
  message: number,
  block: number,
  words: string,
  field = '',
): HistoryDefect {
  return defect(code, pathOf(message, block) + field, words, { message, block });
}

/** The fields of a message and its blocks that the API does not take. */
export function extraDefects(message: SeenMessage): HistoryDefect[] {
  const { index, role, blocks } = message;
  const found = extraMessageDefects(message);
  if (role === undefined) return found;
  for (const [at, block] of blocks.entries()) {
    if (block === NO_BLOCK) continue;
    for (const field of extraBlockFields(block, role)) found.push(blockDefect('extra_field', index, at, EXTRA, field));
  }
  return found;
}

/** The fields of a message that the API does not take. */
export function extraMessageDefects({ index, role, message }: SeenMessage): HistoryDefect[] {
  if (role === undefined) return [];
  return extraMessageFields(message, role).map((name) => messageDefect('extra_field', index, EXTRA, `.${name}`));
}

/** The paths of the fields of a block, and of those in its content if it is a result, that the API does not take. */
export function extraBlockFields(block: Block, role: Role): string[] {
  const path = `.${block.type}.`;
  const found = extraFields(block, role).map((name) => path + name);
  if (block.type !== 'tool_result') return found;
  for (const [at, inner] of innerBlocks(block).entries()) {
    if (!isInner(inner)) continue;
    for (const name of extraFields(inner, 'user')) found.push(`${path}content.${String(at)}.${inner.type}.${name}`);
  }
  return found;
}

export const EXTRA = 'Extra inputs are not permitted';
