import { isJsonObject } from '../json/isJsonObject.js';
import { isBlock, isEmptyText, type Block, type Fields } from './blocks.js';

type Check = (value: unknown) => boolean;
type Checks = Readonly<Record<string, Check>>;

/** What a part must have and may have, apart from its type. The API refuses a part that has less or more. */
interface Rule {
  readonly needed: Checks;
  readonly optional?: Checks;
}

const isText: Check = (value) => typeof value === 'string';
const isLike =
  (pattern: RegExp): Check =>
  (value) =>
    typeof value === 'string' && pattern.test(value);
const isBase64 = isLike(/^[A-Za-z0-9+/]+={0,2}$/);
const isMark: Check = (value) => isJsonObject(value) && value['type'] === 'ephemeral';
const isCitations: Check = (value) => isJsonObject(value) && typeof (value['enabled'] ?? false) === 'boolean';

/** A part of one of these types, with nothing else in it. */
const isPart =
  (rules: Readonly<Record<string, Rule>>): Check =>
  (value) =>
    isJsonObject(value) &&
    Object.entries(rules).some(
      ([type, rule]) =>
        value['type'] === type && isWhole(value, rule) && Object.keys(value).length === knownFields(value, rule).length,
    );

const block = (needed: Checks, optional?: Checks): Rule => ({
  needed,
  optional: { ...optional, cache_control: isMark },
});
const TEXT = block({ text: isText });
const isTexts: Check = (value) => Array.isArray(value) && value.every(isPart({ text: TEXT }));

const FILES = { url: { needed: { url: isText } }, file: { needed: { file_id: isText } } };
const isImage = isPart({
  base64: { needed: { media_type: isLike(/^image\/(jpeg|png|gif|webp)$/), data: isBase64 } },
  ...FILES,
});
const isDocument = isPart({
  base64: { needed: { media_type: isLike(/^application\/pdf$/), data: isBase64 } },
  text: { needed: { media_type: isLike(/^text\/plain$/), data: isText } },
  content: { needed: { content: (value) => isText(value) || isTexts(value) } },
  ...FILES,
});

/** The blocks that may stand in the content of a `tool_result`, by type. */
export const BLOCK_RULES: ReadonlyMap<unknown, Rule> = new Map<unknown, Rule>([
  ['text', TEXT],
  ['image', block({ source: isImage })],
  ['document', block({ source: isDocument }, { title: isText, context: isText, citations: isCitations })],
  ['search_result', block({ source: isText, title: isText, content: isTexts }, { citations: isCitations })],
  ['tool_reference', block({ tool_name: isText })],
  ['browser_state', block({ tabs: Array.isArray }, { state_changes: Array.isArray })],
]);

/** Whether a part has what it must have. */
export function isWhole(part: Fields, { needed }: Rule): boolean {
  return Object.entries(needed).every(([field, check]) => check(part[field]));
}

/** The fields of a part that the API takes. It refuses any other. */
export function knownFields(part: Fields, { needed, optional = {} }: Rule): string[] {
  const wanted = Object.keys(optional).filter((field) => part[field] !== undefined && optional[field]?.(part[field]));
  return ['type', ...Object.keys(needed), ...wanted];
}

/** Whether a value is a block of a type that a result may hold. */
export function isInner(value: unknown): value is Block {
  return isBlock(value) && BLOCK_RULES.has(value.type);
}

/** Whether a value is a text block. Error results and results for code hold nothing else. */
export function isTextBlock(inner: unknown): boolean {
  return isBlock(inner) && inner.type === 'text';
}

/** Whether a value is a block that the result of a toolset's member may hold. */
export function isForToolset(inner: unknown): boolean {
  return isBlock(inner) && ['text', 'image', 'browser_state'].includes(inner.type);
}

/** Whether a block is an empty text with a cache mark. The API refuses that even in a result. */
export function isMarkedEmpty(block: Block): boolean {
  return isEmptyText(block) && block['cache_control'] != null;
}

/** What Claude reads instead of a block. */
export function leftOut(what: string, why: string): { readonly type: 'text'; readonly text: string } {
  return { type: 'text', text: `[${what} left out: ${why}]` };
}
