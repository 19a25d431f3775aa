import { isJsonObject } from '../json/isJsonObject.js';
import { isSent, type Block, type Fields, type Role } from '../rules/blocks.js';

const RESULT = 'tool_use_id content cache_control caller';

/**
 * The fields of each type of block, as the SDK's types for requests name them, stable and beta. The API refuses any other.
 * What the SDK does not know may be newer than it, so a type that is not here may have any fields.
 */
const FIELDS: Readonly<Record<string, string>> = {
  text: 'text cache_control citations',
  image: 'source cache_control transformations',
  document: 'source cache_control citations context title',
  search_result: 'content source title cache_control citations',
  tool_reference: 'tool_name cache_control',
  browser_state: 'tabs cache_control state_changes',
  thinking: 'thinking signature',
  redacted_thinking: 'data',
  tool_use: 'id name input cache_control caller toolset_name',
  tool_result: 'tool_use_id content is_error cache_control toolset_name',
  server_tool_use: 'id name input cache_control caller',
  web_search_tool_result: RESULT,
  web_fetch_tool_result: RESULT,
  advisor_tool_result: RESULT,
  code_execution_tool_result: RESULT,
  bash_code_execution_tool_result: RESULT,
  text_editor_code_execution_tool_result: RESULT,
  tool_search_tool_result: RESULT,
  mcp_tool_use: 'id name server_name input cache_control',
  mcp_tool_result: `${RESULT} is_error`,
  mcp_tool_listing: 'mcp_server_name tools',
  container_upload: 'file_id cache_control',
  compaction: 'content encrypted_content signature tool_changes cache_control',
  fallback: 'from to trigger',
  tool_addition: 'tool cache_control',
  tool_removal: 'tool cache_control',
};

const KNOWN: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries(FIELDS).map(([type, fields]) => [type, new Set(['type', ...fields.split(' ')])]),
);

/** The fields that a block must have, and that hold text. */
const TEXTS: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ['text', ['text']],
  ['thinking', ['thinking']],
  ['redacted_thinking', ['data']],
  ['tool_use', ['id', 'name']],
  ['server_tool_use', ['id', 'name']],
  ['mcp_tool_use', ['id']],
  ...Object.keys(FIELDS)
    .filter((type) => type.endsWith('tool_result'))
    .map((type) => [type, ['tool_use_id']] as const),
]);

/** The fields that a block must have, and that hold an object. */
const OBJECTS: ReadonlyMap<string, readonly string[]> = new Map([
  ['image', ['source']],
  ['document', ['source']],
]);

/** A field that is missing or holds something else than it should, and what the API says of it. */
export interface WrongField {
  readonly field: string;
  readonly words: string;
}

/** The fields of a block that the API does not know. */
export function extraFields(block: Block): string[] {
  const known = KNOWN.get(block.type);
  return known === undefined ? [] : Object.keys(block).filter((field) => !known.has(field) && isSent(block[field]));
}

/** The fields without which a block means nothing. */
export function wrongFields(block: Block): WrongField[] {
  const texts = TEXTS.get(block.type)?.filter((field) => typeof block[field] !== 'string') ?? [];
  const objects = OBJECTS.get(block.type)?.filter((field) => !isJsonObject(block[field])) ?? [];
  if (texts.length === 0 && objects.length === 0) return [];
  return [
    ...texts.map((field) => wrong(block, field, 'string')),
    ...objects.map((field) => wrong(block, field, 'dictionary')),
  ];
}

function wrong(block: Block, field: string, kind: string): WrongField {
  return { field, words: block[field] === undefined ? 'Field required' : `Input should be a valid ${kind}` };
}

const MESSAGE_FIELDS: Readonly<Record<Role, readonly string[]>> = {
  user: ['role', 'content'],
  assistant: ['role', 'content'],
  system: ['role', 'content', 'clear_at', 'output_config'],
};

/** The fields of a message that the API does not know. */
export function extraMessageFields(message: Fields, role: Role): string[] {
  return Object.keys(message).filter((field) => !MESSAGE_FIELDS[role].includes(field) && isSent(message[field]));
}
