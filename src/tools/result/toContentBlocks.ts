import type { ToolResultBlockParam } from '@anthropic-ai/sdk/resources/messages/messages';
import { isObject } from '../../values/isObject.js';
import { toJson } from '../../json/toJson.js';
import type { Fields } from '../../rules/blocks.js';
import { BLOCK_RULES, isWhole, knownFields } from '../../rules/results.js';
import { wellFormed } from './wellFormed.js';

/** A block that the content of a `tool_result` may contain. */
export type ContentBlock = Exclude<NonNullable<ToolResultBlockParam['content']>, string>[number];

/**
 * The content blocks that a tool returned, as the API takes them; `undefined` when the value is not a list of such
 * blocks, although it may look like one.
 */
export function toContentBlocks(output: unknown): ContentBlock[] | undefined {
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
