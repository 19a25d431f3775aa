import { isObject } from '../values/isObject.js';
import { BLOCK_RULES } from '../rules/results.js';
import { toText } from '../tools/result/toText.js';
import { innerBlocks, isBlock, withoutFields, type Block } from '../rules/blocks.js';
import { extraFields, wrongFields } from './blockFields.js';
import type { Flaw, Remedy } from './Flaw.js';

const AS_TEXT: Remedy = {
  code: 'result_changed',
  text: 'What cannot be the content of a result was made text.',
  mend: withContent,
};
const STRIPPED: Remedy = {
  code: 'field_removed',
  text: 'Fields that the API does not take were removed from the content of a result.',
  unseen: true,
  mend: (block) => ({ ...block, content: innerBlocks(block).map(withKnownFields) }),
};
const TAGS = [...BLOCK_RULES.keys()].map((tag) => `'${String(tag)}'`).join(', ');

/** What is wrong with the content of a `tool_result`, whatever it answers. */
export function contentFlaws({ content }: Block): Flaw[] {
  if (content === undefined || typeof content === 'string') return [];
  if (Array.isArray(content)) return Array.from(content, innerFlaws).flat();
  return [invalid('.content', 'Input should be a valid list')];
}

function invalid(field: string, words: string): Flaw {
  return { code: 'invalid_result_content', field: `.tool_result${field}`, words, remedy: AS_TEXT };
}

function innerFlaws(inner: unknown, at: number): Flaw[] {
  const field = `.content.${String(at)}`;
  if (!isInner(inner)) {
    const tag = toText(isObject(inner) ? inner['type'] : undefined);
    return [invalid(field, `Input tag '${tag}' found using 'type' does not match any of the expected tags: ${TAGS}`)];
  }
  const own = `${field}.${inner.type}`;
  return [
    ...wrongFields(inner).map((wrong) => invalid(`${own}.${wrong.field}`, wrong.words)),
    ...extraFields(inner).map((extra) => stripped('extra_field', `${own}.${extra}`, 'Extra inputs are not permitted')),
    ...(isMarkedEmpty(inner)
      ? [stripped('cache_mark_on_empty_text', own, 'cache_control cannot be set for empty text blocks')]
      : []),
  ];
}

function stripped(code: Flaw['code'], field: string, words: string): Flaw {
  return { code, field: `.tool_result${field}`, words, remedy: STRIPPED };
}

/** Whether a value is of a type that may stand in a result. */
function isInner(value: unknown): value is Block {
  return isBlock(value) && BLOCK_RULES.has(value.type);
}

function isMarkedEmpty({ type, text, cache_control }: Block): boolean {
  return type === 'text' && text === '' && cache_control != null;
}

function withKnownFields(inner: unknown): unknown {
  if (!isInner(inner)) return inner;
  const unwanted = new Set(extraFields(inner));
  if (isMarkedEmpty(inner)) unwanted.add('cache_control');
  return unwanted.size === 0 ? inner : withoutFields(inner, (field) => unwanted.has(field));
}

/** Blocks stay, and anything else becomes text; what says nothing is left out. */
function withContent(block: Block): Block {
  const { content } = block;
  if (content == null) return withoutFields(block, (field) => field === 'content');
  if (!Array.isArray(content)) return { ...block, content: toText(content) };
  return { ...block, content: Array.from(content, toInner).flat() };
}

function toInner(value: unknown): Block[] {
  if (!isInner(value)) return [{ type: 'text', text: toText(value) }];
  return wrongFields(value).length === 0 ? [value] : [];
}
