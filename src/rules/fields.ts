import { isJsonObject } from '../json/isJsonObject.js';
import { isSent, type Block, type Fields, type Role } from './blocks.js';
import { BLOCK_RULES } from './results.js';

/** Words by type, in a map: a type may be `__proto__`. */
const byType = (fields: Record<string, string>): ReadonlyMap<string, readonly string[]> =>
  new Map(Object.entries(fields).map(([type, words]) => [type, words.split(' ')]));

/** What SDKs add to the blocks of a reply. Claude did not write it, and the API refuses it (`Extra inputs are not permitted`). */
const LEFT_IN_REPLIES = /^(_.*|index|parsed_output|partial_json)$/;

/** What programs add to the blocks and messages that they make. The API's own names have no capitals. */
const LEFT_BY_PROGRAMS =
  /[A-Z]|^(annotations|cache_control|created_at|error|id|key|metadata|model|name|status|stop_reason|stop_sequence|timestamp|tool_call_id|tool_calls|type|updated_at|usage)$/;

/** Blocks that the API does not let a program mark for the cache. */
const UNMARKED = /^(thinking|redacted_thinking|fallback|mcp_tool_listing)$/;

/** All that the API takes in the blocks that programs make, apart from their type. */
const KNOWN = new Map<unknown, readonly string[]>(
  [...BLOCK_RULES].map(([type, { needed, optional }]) => [type, Object.keys({ ...needed, ...optional })]),
);
for (const [type, fields] of byType({
  text: 'citations',
  image: 'transformations',
  tool_result: 'tool_use_id content is_error cache_control toolset_name',
  container_upload: 'file_id cache_control',
  tool_addition: 'tool cache_control',
  tool_removal: 'tool cache_control',
})) {
  KNOWN.set(type, [...(KNOWN.get(type) ?? []), ...fields]);
}

/** The fields that a block must have: a `source` is an object, all others are text. */
const NEEDED = byType({
  text: 'text',
  image: 'source',
  document: 'source',
  thinking: 'thinking',
  redacted_thinking: 'data',
  tool_use: 'id name',
  server_tool_use: 'id name',
  mcp_tool_use: 'id',
});
const NEEDED_IN_RESULTS = ['tool_use_id'];

function neededIn(type: string): readonly string[] | undefined {
  return type.endsWith('tool_result') ? NEEDED_IN_RESULTS : NEEDED.get(type);
}

/** The fields that a block must have and that are missing or hold something else. */
export function wrongFields(block: Block): readonly string[] {
  const needed = neededIn(block.type) ?? [];
  return needed.filter((name) => (name === 'source' ? !isJsonObject(block[name]) : typeof block[name] !== 'string'));
}

/**
 * The fields of a block that the API would refuse: in what Claude wrote, only those that SDKs are known to add; in other
 * blocks, all that are not known. A block of an unknown type may have any fields.
 */
export function extraFields(block: Block, role: Role): string[] {
  const { type } = block;
  const known = KNOWN.get(type);
  if (role !== 'assistant' && known !== undefined)
    return fieldsIn(block, (name) => name !== 'type' && !known.includes(name));
  const isUnmarked = UNMARKED.test(type);
  if (known === undefined && neededIn(type) === undefined && !isUnmarked && type !== 'compaction') return [];
  return fieldsIn(block, (name) => LEFT_IN_REPLIES.test(name) || (name === 'cache_control' && isUnmarked));
}

/** The fields of a message that the API would refuse. Of Claude's messages it takes only role and content. */
export function extraMessageFields(message: Fields, role: Role): string[] {
  return fieldsIn(message, (name) => !(role === 'system' ? SYSTEM_FIELDS : MESSAGE_FIELDS).test(name));
}

const MESSAGE_FIELDS = /^(role|content)$/;
const SYSTEM_FIELDS = /^(role|content|clear_at|output_config)$/;

function fieldsIn(fields: Fields, isMeant: (name: string) => boolean): string[] {
  return Object.keys(fields).filter((name) => isMeant(name) && isSent(fields[name]));
}

/** The extra fields that the API is known to refuse. In what Claude did not write, others may be newer than this library. */
export function litterOf(extra: readonly string[], role: Role): readonly string[] {
  return role === 'assistant'
    ? extra
    : extra.filter((name) => LEFT_IN_REPLIES.test(name) || LEFT_BY_PROGRAMS.test(name));
}
