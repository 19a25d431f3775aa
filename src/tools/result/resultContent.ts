import type { ToolResultBlockParam } from '@anthropic-ai/sdk/resources/messages/messages';
import { toJson } from '../../json/toJson.js';
import type { Fields } from '../../rules/blocks.js';
import { BLOCK_RULES, isWhole, knownFields, leftOut } from '../../rules/results.js';
import { isObject } from '../../values/isObject.js';
import { toText } from './toText.js';
import { wellFormed } from './wellFormed.js';

/** How large a result may be. */
export interface ResultLimits {
  /** The most characters of text that Claude is shown. */
  readonly maxResultChars: number;
  /** The most characters of all its files together, as base64. Default: 14 000 000. */
  readonly maxFileChars?: number;
}

/** What bounds the content of a result. */
interface ContentLimits extends ResultLimits {
  /** Whether only text may be sent, as in error results and for calls made by code that Claude runs. */
  readonly textOnly?: boolean;
}

/** A block that the content of a `tool_result` may contain. */
type ContentBlock = Exclude<NonNullable<ToolResultBlockParam['content']>, string>[number];

/** The default limit of text that Claude is shown: about 25 000 tokens. */
export const MAX_RESULT_CHARS = 100_000;
/** The default limit of all files in one result: several results and the history stay below the 32 MB of a request. */
export const MAX_FILE_CHARS = 14_000_000;
/** The base64 text of the largest file that the API takes in one block (5 MB), with room for its block. */
const LARGEST_FILE = 7_000_000;

/**
 * Turns any value that a tool returned into content that the API accepts.
 *
 * Strings stay as they are, an array of content blocks is sent as blocks, `undefined` becomes empty text, and anything
 * else JSON. Text beyond the limit is cut, with a note that says so.
 */
export function resultContent(
  output: unknown,
  { textOnly = false, ...limits }: ContentLimits,
): NonNullable<ToolResultBlockParam['content']> {
  const blocks = toContentBlocks(output);
  if (blocks === undefined) return cutText(toText(output), limits.maxResultChars);
  return cutBlocks(
    blocks.map((block) => sendable(block, textOnly)),
    limits,
  );
}

/**
 * The content blocks that a tool returned, as the API takes them; `undefined` when the value is not a list of such
 * blocks, although it may look like one.
 */
function toContentBlocks(output: unknown): ContentBlock[] | undefined {
  if (!Array.isArray(output) || output.length === 0 || !Array.from(output as unknown[]).every(isBlock))
    return undefined;
  return (JSON.parse(toJson(output) ?? '[]', reviveText) as Fields[]).map(withKnownFields);
}

function isBlock(value: unknown): boolean {
  if (!isObject(value)) return false;
  const rule = BLOCK_RULES.get(value['type']);
  return rule !== undefined && isWhole(value, rule);
}

function withKnownFields(block: Fields): ContentBlock {
  const rule = BLOCK_RULES.get(block['type']);
  const fields = rule === undefined ? [] : knownFields(block, rule).filter((field) => !isVoidMark(block, field));
  return Object.fromEntries(fields.map((field) => [field, block[field]])) as unknown as ContentBlock;
}

/** The API refuses a cache mark on empty text. */
function isVoidMark({ text }: Fields, field: string): boolean {
  return field === 'cache_control' && text === '';
}

function reviveText(_: string, value: unknown): unknown {
  return typeof value === 'string' ? wellFormed(value) : value;
}

function cutText(text: string, maxChars: number): string {
  if (text.length <= maxChars) return wellFormed(text);
  return `${wellFormed(text.slice(0, maxChars))}\n${cutNote(text.length, maxChars)}`;
}

/** The block, or a note in its place when it cannot be sent. */
function sendable(block: ContentBlock, textOnly: boolean): ContentBlock {
  if (block.type === 'text') return block;
  if (textOnly) return leftOut(block.type, 'only text is allowed');
  if (!isFile(block) || sizeOf(block) <= LARGEST_FILE) return block;
  return leftOut(block.type, 'too large for the API');
}

function cutBlocks(
  blocks: readonly ContentBlock[],
  { maxResultChars, maxFileChars = MAX_FILE_CHARS }: ResultLimits,
): ContentBlock[] {
  let total = 0;
  let files = 0;
  const kept = blocks.flatMap((block): ContentBlock[] => {
    if (isFile(block)) {
      files += sizeOf(block);
      return [files <= maxFileChars ? block : leftOut(block.type, 'too large with the others')];
    }
    const size = block.type === 'text' ? block.text.length : sizeOf(block);
    const left = maxResultChars - total;
    total += size;
    if (size <= left) return [block];
    return block.type === 'text' && left > 0 ? [{ ...block, text: wellFormed(block.text.slice(0, left)) }] : [];
  });
  return total <= maxResultChars ? kept : [...kept, { type: 'text', text: cutNote(total, maxResultChars) }];
}

/** Whether a block holds a file, not text. */
function isFile(block: ContentBlock): boolean {
  return (block.type === 'image' || block.type === 'document') && !['text', 'content'].includes(block.source.type);
}

function sizeOf(block: ContentBlock): number {
  return JSON.stringify(block).length;
}

function cutNote(total: number, shown: number): string {
  return `[cut: the first ${String(shown)} of ${String(total)} characters]`;
}
