import type { ToolResultBlockParam } from '@anthropic-ai/sdk/resources/messages/messages';
import { isObject } from '../iteration/isObject.js';
import { isJsonObject } from '../json/isJsonObject.js';
import { toJson } from './toText.js';
import { wellFormed } from './wellFormed.js';

/** A block that may stand in the content of a `tool_result`. */
export type ContentBlock = Exclude<NonNullable<ToolResultBlockParam['content']>, string>[number];

type Fields = Record<PropertyKey, unknown>;

/** What a block of one type cannot be without, and all the fields it may have: the API refuses any other. */
interface BlockRule {
  readonly isWhole: (block: Fields) => boolean;
  readonly fields: readonly string[];
}

const RULES: ReadonlyMap<unknown, BlockRule> = new Map<unknown, BlockRule>([
  ['text', { isWhole: ({ text }) => isText(text), fields: ['text', 'cache_control'] }],
  ['image', { isWhole: hasSource, fields: ['source', 'cache_control'] }],
  ['document', { isWhole: hasSource, fields: ['source', 'title', 'context', 'citations', 'cache_control'] }],
  [
    'search_result',
    {
      isWhole: ({ content, source, title }) => Array.isArray(content) && isText(source) && isText(title),
      fields: ['content', 'source', 'title', 'citations', 'cache_control'],
    },
  ],
  ['tool_reference', { isWhole: ({ tool_name }) => isText(tool_name), fields: ['tool_name', 'cache_control'] }],
  ['browser_state', { isWhole: ({ tabs }) => Array.isArray(tabs), fields: ['tabs', 'state_changes', 'cache_control'] }],
]);

/**
 * The content blocks that a tool returned, as the API takes them; `undefined` when the value is no list of such blocks,
 * but data that may only look like some.
 */
export function toContentBlocks(output: unknown): ContentBlock[] | undefined {
  if (!Array.isArray(output) || output.length === 0 || !Array.from(output as unknown[]).every(isBlock))
    return undefined;
  return (JSON.parse(toJson(output) ?? '[]', reviveText) as Fields[]).map(withKnownFields);
}

function isBlock(value: unknown): boolean {
  return isObject(value) && RULES.get(value['type'])?.isWhole(value) === true;
}

function hasSource({ source }: Fields): boolean {
  return isJsonObject(source) && isText(source['type']);
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

function withKnownFields(block: Fields): ContentBlock {
  const { type } = block;
  const fields =
    RULES.get(type)?.fields.filter((field) => block[field] !== undefined && !isVoidMark(block, field)) ?? [];
  return Object.fromEntries([['type', type], ...fields.map((field) => [field, block[field]])]) as ContentBlock;
}

/** The API refuses a cache mark on empty text. */
function isVoidMark({ text }: Fields, field: string): boolean {
  return field === 'cache_control' && text === '';
}

function reviveText(_: string, value: unknown): unknown {
  return typeof value === 'string' ? wellFormed(value) : value;
}
