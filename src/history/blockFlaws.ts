import type { HistoryDefect, HistoryDefectCode } from '../errors/HistoryDefect.js';
import { isJsonObject } from '../json/isJsonObject.js';
import {
  innerBlocks,
  isCited,
  isEmptyText,
  isProgrammatic,
  isUnsigned,
  type Block,
  type Role,
} from '../rules/blocks.js';
import { wrongFields } from '../rules/fields.js';
import { BLOCK_RULES, isForToolset, isInner, isMarkedEmpty, isTextBlock } from '../rules/results.js';
import { toText } from '../tools/result/toText.js';
import { isObject } from '../values/isObject.js';
import { blockDefect, EXTRA, extraBlockFields, pathOf } from './defects.js';

/** Something in a block that the API refuses, whatever the history around it. */
export interface Flaw {
  readonly code: HistoryDefectCode;
  /** Where it is in the block, such as `.text.index`; empty for the block as a whole. */
  readonly field: string;
  /** What the API says of it. */
  readonly words: string;
  /** What the API's words begin with: the path of the block, that of the message, or nothing. @default 'block' */
  readonly names?: 'block' | 'message' | 'nothing';
}

/** A flaw, and where its block is. */
export function flawDefect({ code, field, words, names }: Flaw, message: number, block: number): HistoryDefect {
  const defect = blockDefect(code, message, block, words, field);
  if (names === 'message') return { ...defect, wording: `${pathOf(message)}: ${words}` };
  return names === 'nothing' ? { ...defect, wording: words } : defect;
}

/** Everything in a block that the API refuses, whatever the history around it. */
export function blockFlaws(block: Block, role: Role): Flaw[] {
  return [
    ...wrongFields(block).map((name) => wrongFlaw('malformed_block', block, name, '')),
    ...extraBlockFields(block, role).map((field) => flaw('extra_field', field, EXTRA)),
    ...(RULES.get(block.type)?.(block, role) ?? []),
  ];
}

/** A field that is missing or holds something else. @param path The path of a block in the content of a result. */
function wrongFlaw(code: HistoryDefectCode, block: Block, name: string, path: string): Flaw {
  const kind = name === 'source' ? 'dictionary' : 'string';
  const words = block[name] === undefined ? 'Field required' : `Input should be a valid ${kind}`;
  return flaw(code, `${path}.${block.type}.${name}`, words);
}

/** The characters that the id of a call may have. */
const CALL_ID = /^[a-zA-Z0-9_-]+$/;
/** The same, for tools that the server runs. */
const SERVER_CALL_ID = /^srvtoolu_[a-zA-Z0-9_]+$/;

const RULES: ReadonlyMap<string, (block: Block, role: Role) => Flaw[]> = new Map([
  ['text', textFlaws],
  ['document', documentFlaws],
  ['thinking', thinkingFlaws],
  ['tool_use', callFlaws],
  ['server_tool_use', serverCallFlaws],
  ['mcp_tool_use', inputFlaws],
  ['tool_result', resultFlaws],
]);

function flaw(code: Flaw['code'], field: string, words: string, names?: Flaw['names']): Flaw {
  return { code, field, words, ...(names && { names }) };
}

const MARKED = 'cache_control cannot be set for empty text blocks';

function textFlaws(block: Block, role: Role): Flaw[] {
  return [
    ...(isEmptyText(block)
      ? [flaw('empty_text', '', 'messages: text content blocks must be non-empty', 'nothing')]
      : []),
    ...(isMarkedEmpty(block) ? [flaw('cache_mark_on_empty_text', '.text', MARKED)] : []),
    ...(role === 'user' && isCited(block)
      ? [flaw('citations_from_user', '', 'citations cannot be in a user message')]
      : []),
  ];
}

function documentFlaws(_: Block, role: Role): Flaw[] {
  if (role !== 'assistant') return [];
  return [flaw('document_from_assistant', '', 'a document cannot be in an assistant message')];
}

function thinkingFlaws(block: Block): Flaw[] {
  const { signature } = block;
  if (!isUnsigned(block)) return [];
  if (signature === '') return [flaw('unsigned_thinking', '', 'Invalid `signature` in `thinking` block')];
  const words = signature === undefined ? 'Field required' : 'Input should be a valid string';
  return [flaw('unsigned_thinking', '.thinking.signature', words)];
}

/** What is wrong with a call of a tool that the program runs. */
function callFlaws(block: Block, role: Role): Flaw[] {
  return [
    ...(role === 'assistant'
      ? []
      : [flaw('tool_use_not_from_assistant', '', '`tool_use` blocks can only be in `assistant` messages', 'message')]),
    ...idFlaws(block, 'id', CALL_ID),
    ...inputFlaws(block),
  ];
}

function serverCallFlaws(block: Block): Flaw[] {
  return [...idFlaws(block, 'id', SERVER_CALL_ID), ...inputFlaws(block)];
}

/** An id with characters that the API refuses. One that is not text at all is a wrong field. */
function idFlaws(block: Block, field: string, pattern: RegExp): Flaw[] {
  const id = block[field];
  if (typeof id !== 'string' || pattern.test(id)) return [];
  const words = `String should match pattern '${pattern.source}'`;
  return [flaw('invalid_tool_use_id', `.${block.type}.${field}`, words)];
}

function inputFlaws({ type, input }: Block): Flaw[] {
  if (isJsonObject(input)) return [];
  const words = input === undefined ? 'Field required' : 'Input should be a valid dictionary';
  return [flaw('tool_input_not_object', `.${type}.input`, words)];
}

/** What is wrong with a `tool_result`, whatever it answers. */
function resultFlaws(block: Block, role: Role): Flaw[] {
  return [
    ...(role === 'user'
      ? []
      : [flaw('tool_result_not_from_user', '', '`tool_result` blocks can only be in `user` messages', 'message')]),
    ...idFlaws(block, 'tool_use_id', CALL_ID),
    ...contentFlaws(block),
    ...errorFlaws(block),
  ];
}

function errorFlaws(block: Block): Flaw[] {
  const { is_error } = block;
  if (is_error === undefined || is_error === false) return [];
  if (is_error !== true) return [flaw('malformed_block', '.tool_result.is_error', 'Input should be a valid boolean')];
  if (innerBlocks(block).every(isTextBlock)) return [];
  return [flaw('non_text_in_error_result', '.tool_result', 'all content must be type `text` if `is_error` is true')];
}

/** What is wrong with the content of a `tool_result`, whatever it answers. */
function contentFlaws({ content }: Block): Flaw[] {
  if (content === undefined || typeof content === 'string') return [];
  if (Array.isArray(content)) return Array.from(content, innerFlaws).flat();
  return [flaw('invalid_result_content', '.tool_result.content', 'Input should be a valid list')];
}

const TAGS = [...BLOCK_RULES.keys()].map((tag) => `'${String(tag)}'`).join(', ');

function innerFlaws(inner: unknown, at: number): Flaw[] {
  const field = `.tool_result.content.${String(at)}`;
  if (!isInner(inner)) {
    const tag = toText(isObject(inner) ? inner['type'] : undefined);
    const words = `Input tag '${tag}' found using 'type' does not match any of the expected tags: ${TAGS}`;
    return [flaw('invalid_result_content', field, words)];
  }
  const own = `${field}.${inner.type}`;
  return [
    ...wrongFields(inner).map((name) => wrongFlaw('invalid_result_content', inner, name, field)),
    ...(isMarkedEmpty(inner) ? [flaw('cache_mark_on_empty_text', own, MARKED)] : []),
  ];
}

/** What is wrong with a `tool_result` as the answer to its call. The API's own words for these are not recorded. */
export function answerFlaws(call: Block, result: Block): Flaw[] {
  const toolset = call['toolset_name'] ?? undefined;
  const inner = innerBlocks(result);
  return [
    ...((result['toolset_name'] ?? undefined) === toolset
      ? []
      : [flaw('toolset_name_not_echoed', '.tool_result.toolset_name', 'must be that of its tool_use')]),
    ...(toolset === undefined || inner.every(isForToolset)
      ? []
      : [flaw('invalid_toolset_result', '.tool_result', 'results of toolset members hold only text and images')]),
    ...(!isProgrammatic(call) || inner.every(isTextBlock)
      ? []
      : [flaw('non_text_in_programmatic_result', '.tool_result', 'results of programmatic tool calls hold only text')]),
  ];
}
