import { isJsonObject } from '../json/isJsonObject.js';
import { isBlock, isEmptyText, type Block, type Fields } from './blocks.js';

type Check = (value: unknown) => boolean;

/** What a part must have and may have. The API refuses whatever lacks the one or has more than both. */
interface Rule {
  readonly needed: Readonly<Record<string, Check>>;
  readonly optional?: Readonly<Record<string, Check>>;
}

const isText: Check = (value) => typeof value === 'string';
const isOneOf =
  (...words: readonly string[]): Check =>
  (value) =>
    typeof value === 'string' && words.includes(value);
const isBase64: Check = (value) => typeof value === 'string' && /^[A-Za-z0-9+/]+={0,2}$/.test(value);

const CACHE = { cache_control: (value: unknown) => isJsonObject(value) && value['type'] === 'ephemeral' };
const URL_SOURCE: Rule = { needed: { type: isOneOf('url'), url: isText } };
const FILE_SOURCE: Rule = { needed: { type: isOneOf('file'), file_id: isText } };
const TEXT: Rule = { needed: { type: isOneOf('text'), text: isText }, optional: CACHE };

const IMAGE_SOURCES: readonly Rule[] = [
  {
    needed: {
      type: isOneOf('base64'),
      media_type: isOneOf('image/jpeg', 'image/png', 'image/gif', 'image/webp'),
      data: isBase64,
    },
  },
  URL_SOURCE,
  FILE_SOURCE,
];
const DOCUMENT_SOURCES: readonly Rule[] = [
  { needed: { type: isOneOf('base64'), media_type: isOneOf('application/pdf'), data: isBase64 } },
  { needed: { type: isOneOf('text'), media_type: isOneOf('text/plain'), data: isText } },
  { needed: { type: isOneOf('content'), content: (value) => isText(value) || isListOf(value, TEXT) } },
  URL_SOURCE,
  FILE_SOURCE,
];
const CITATIONS = {
  citations: (value: unknown) => isJsonObject(value) && typeof (value['enabled'] ?? false) === 'boolean',
};

/** The blocks that may stand in the content of a `tool_result`, by type. */
export const BLOCK_RULES: ReadonlyMap<unknown, Rule> = new Map<unknown, Rule>([
  ['text', TEXT],
  ['image', { needed: { type: isText, source: (value) => follows(value, IMAGE_SOURCES) }, optional: CACHE }],
  [
    'document',
    {
      needed: { type: isText, source: (value) => follows(value, DOCUMENT_SOURCES) },
      optional: { title: isText, context: isText, ...CITATIONS, ...CACHE },
    },
  ],
  [
    'search_result',
    {
      needed: { type: isText, source: isText, title: isText, content: (value) => isListOf(value, TEXT) },
      optional: { ...CITATIONS, ...CACHE },
    },
  ],
  ['tool_reference', { needed: { type: isText, tool_name: isText }, optional: CACHE }],
  [
    'browser_state',
    { needed: { type: isText, tabs: Array.isArray }, optional: { state_changes: Array.isArray, ...CACHE } },
  ],
]);

/** Whether a part has what it must have. */
export function isWhole(part: Fields, { needed }: Rule): boolean {
  return Object.entries(needed).every(([field, check]) => check(part[field]));
}

/** The fields of a part that the API takes; what else there is, it would refuse. */
export function knownFields(part: Fields, { needed, optional = {} }: Rule): string[] {
  const wanted = Object.entries(optional).filter(([field, check]) => part[field] !== undefined && check(part[field]));
  return [...Object.keys(needed), ...wanted.map(([field]) => field)];
}

/** A source has no field that may be left out, so one with more fields is not the one that its type names. */
function follows(value: unknown, rules: readonly Rule[]): boolean {
  if (!isJsonObject(value)) return false;
  return rules.some((rule) => isWhole(value, rule) && Object.keys(value).length === Object.keys(rule.needed).length);
}

function isListOf(value: unknown, rule: Rule): boolean {
  if (!Array.isArray(value)) return false;
  return value.every((part: unknown) => isJsonObject(part) && isWhole(part, rule) && isExact(part, rule));
}

function isExact(part: Fields, rule: Rule): boolean {
  return Object.keys(part).length === knownFields(part, rule).length;
}

/** Whether a value is a block that may stand in a result, by its type. */
export function isInner(value: unknown): value is Block {
  return isBlock(value) && BLOCK_RULES.has(value.type);
}

/** Whether something in the content of a result is text: error results, and results for code, hold nothing else. */
export function isTextBlock(inner: unknown): boolean {
  return isBlock(inner) && inner.type === 'text';
}

/** Whether the result of a member of a toolset may hold it. */
export function isForToolset(inner: unknown): boolean {
  return isBlock(inner) && ['text', 'image', 'browser_state'].includes(inner.type);
}

/** Whether a block is an empty text that is marked for the cache, which the API refuses in a result, too. */
export function isMarkedEmpty(block: Block): boolean {
  return isEmptyText(block) && block['cache_control'] != null;
}

/** What Claude reads in place of a block. */
export function leftOut(what: string, why: string): { readonly type: 'text'; readonly text: string } {
  return { type: 'text', text: `[${what} left out: ${why}]` };
}
