import { isJsonObject } from '../json/isJsonObject.js';
import { isSent, type Block, type Fields, type Role } from './blocks.js';
import { BLOCK_RULES } from './results.js';

const words = (list: string): readonly string[] => list.split(' ');
/** A type may be `__proto__` or `constructor`, so no object is asked by it. */
const byType = (fields: Record<string, string>): ReadonlyMap<string, readonly string[]> =>
  new Map(Object.entries(fields).map(([type, list]) => [type, words(list)]));

/** What SDKs leave in the blocks of a reply. The API refuses it, and Claude did not write it. */
const LEFT_IN_REPLIES = words('index parsed_output partial_json');

/** What programs leave in the blocks and messages that they make. */
const LEFT_BY_PROGRAMS: readonly string[] = [
  ...LEFT_IN_REPLIES,
  ...words('annotations created_at error id key metadata model name status stop_reason stop_sequence timestamp'),
  ...words('tool_call_id tool_calls type updated_at usage'),
];

/** The fields of blocks that do not come from Claude, beside those that a result may have, too. */
const FIELDS = byType({
  text: 'citations',
  image: 'transformations',
  tool_result: 'tool_use_id content is_error cache_control toolset_name',
  container_upload: 'file_id cache_control',
  tool_addition: 'tool cache_control',
  tool_removal: 'tool cache_control',
});

/** A field that may be too much. */
export interface ExtraField {
  readonly name: string;
  /** Whether it is known that the API refuses it. It may take any other that is newer than this library. */
  readonly isLitter: boolean;
}

/**
 * The fields of a block that the API would refuse. In what Claude wrote, only what others are known to have added; in other
 * blocks, all that is not known. A block of a type that is not known may have any fields.
 */
export function extraFields(block: Block, role: Role): ExtraField[] {
  const { type } = block;
  const rule = BLOCK_RULES.get(type);
  const own = FIELDS.get(type);
  if (role !== 'assistant' && (rule !== undefined || own !== undefined)) {
    return unknownFields(block, ['type', ...Object.keys({ ...rule?.needed, ...rule?.optional }), ...(own ?? [])]);
  }
  const isLitter = (name: string): boolean =>
    isLeftInReplies(name) || (name === 'cache_control' && UNMARKED.includes(type));
  return isKnown(type) ? fieldsIn(block, isLitter).map((name) => ({ name, isLitter: true })) : [];
}

/** The names of the fields of a block that the API is known to refuse. */
export function litterIn(block: Block, role: Role): string[] {
  return extraFields(block, role).flatMap(({ name, isLitter }) => (isLitter ? [name] : []));
}

/** What Claude writes and programs may not mark for the cache. */
const UNMARKED = words('thinking redacted_thinking fallback mcp_tool_listing');

function isKnown(type: string): boolean {
  const others = BLOCK_RULES.has(type) || FIELDS.has(type) || type === 'compaction';
  return others || UNMARKED.includes(type) || textsOf(type).length > 0;
}

/** The fields of a message that the API would refuse. Of a reply it takes the content alone. */
export function extraMessageFields(message: Fields, role: Role): ExtraField[] {
  const extra = unknownFields(message, role === 'system' ? SYSTEM_FIELDS : MESSAGE_FIELDS);
  return role === 'assistant' ? extra.map(({ name }) => ({ name, isLitter: true })) : extra;
}

const MESSAGE_FIELDS = words('role content');
const SYSTEM_FIELDS = [...MESSAGE_FIELDS, ...words('clear_at output_config')];

function unknownFields(fields: Fields, known: readonly string[]): ExtraField[] {
  return fieldsIn(fields, (name) => !known.includes(name)).map((name) => ({ name, isLitter: isLeftByPrograms(name) }));
}

function fieldsIn(fields: Fields, isMeant: (name: string) => boolean): string[] {
  return Object.keys(fields).filter((name) => isMeant(name) && isSent(fields[name]));
}

function isLeftInReplies(name: string): boolean {
  return name.startsWith('_') || LEFT_IN_REPLIES.includes(name);
}

/** The API's own names have no capitals and do not begin with `_`. */
function isLeftByPrograms(name: string): boolean {
  return /^_|[A-Z]/.test(name) || LEFT_BY_PROGRAMS.includes(name);
}

/** A field that is missing or holds something else than it should, and what the API says of it. */
export interface WrongField {
  readonly name: string;
  readonly words: string;
}

/** The fields without which a block means nothing. */
export function wrongFields(block: Block): WrongField[] {
  return [
    ...textsOf(block.type).flatMap((name) => (typeof block[name] === 'string' ? [] : [wrong(block, name, 'string')])),
    ...(OBJECTS.get(block.type) ?? []).flatMap((name) =>
      isJsonObject(block[name]) ? [] : [wrong(block, name, 'dictionary')],
    ),
  ];
}

/** The fields that a block must have, and that hold text. */
const TEXTS = byType({
  text: 'text',
  thinking: 'thinking',
  redacted_thinking: 'data',
  tool_use: 'id name',
  server_tool_use: 'id name',
  mcp_tool_use: 'id',
});

/** The fields that a block must have, and that hold an object. */
const OBJECTS = byType({ image: 'source', document: 'source' });

function textsOf(type: string): readonly string[] {
  return type.endsWith('tool_result') ? ['tool_use_id'] : (TEXTS.get(type) ?? []);
}

function wrong(block: Block, name: string, kind: string): WrongField {
  return { name, words: block[name] === undefined ? 'Field required' : `Input should be a valid ${kind}` };
}
