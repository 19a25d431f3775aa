import type { HistoryDefectCode } from '../../../src/errors/HistoryDefect.js';
import type { HistoryChangeCode } from '../../../src/events/HistoryChange.js';

/** A history that the API refuses: what is said of it, and what becomes of it. */
export interface BadHistory {
  readonly rule: string;
  readonly messages: readonly unknown[];
  readonly tools?: readonly unknown[];
  readonly defects: readonly (readonly [code: HistoryDefectCode, path: string, wording: string])[];
  readonly changes: readonly HistoryChangeCode[];
  /** The history that comes of it; left out where nothing may be changed. */
  readonly mended?: readonly unknown[];
}

/** What is said of a history: code, path, wording. */
export const missing = (n: number, ids: string): readonly ['tool_use_without_result', string, string] => [
  'tool_use_without_result',
  `messages.${String(n)}`,
  `messages.${String(n)}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${ids}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`,
];
export const orphan = (path: string, id: string): readonly ['unexpected_tool_result', string, string] => [
  'unexpected_tool_result',
  path,
  `${path}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${id}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`,
];
export const repeated = (path: string, id: string): readonly ['duplicate_tool_result', string, string] => [
  'duplicate_tool_result',
  path,
  `${path}: each tool_use must have a single result. Found multiple \`tool_result\` blocks with id: ${id}`,
];
export const sameId = (path: string): readonly ['duplicate_tool_use_id', string, string] => [
  'duplicate_tool_use_id',
  path,
  `${path}: \`tool_use\` ids must be unique`,
];
export const charset = (
  path: string,
  pattern = '^[a-zA-Z0-9_-]+$',
): readonly ['invalid_tool_use_id', string, string] => [
  'invalid_tool_use_id',
  path,
  `${path}: String should match pattern '${pattern}'`,
];
export const at = <Code extends HistoryDefectCode>(
  code: Code,
  path: string,
  words: string,
): readonly [Code, string, string] => [code, path, `${path}: ${words}`];
export const extra = (path: string): readonly ['extra_field', string, string] =>
  at('extra_field', path, 'Extra inputs are not permitted');
export const empty = (path: string): readonly ['empty_text', string, string] => [
  'empty_text',
  path,
  'messages: text content blocks must be non-empty',
];
export const blank = (path: string): readonly ['blank_text', string, string] => [
  'blank_text',
  path,
  'messages: text content blocks must contain non-whitespace text',
];
export const emptyUser = (path: string): readonly ['empty_message', string, string] =>
  at('empty_message', path, 'user messages must have non-empty content');
export const openSearch = (path: string, more = ''): readonly ['open_server_tool', string, string] => [
  'open_server_tool',
  path,
  `\`web_search\` tool use with id \`srvtoolu_1\` was found without a corresponding \`web_search_tool_result\` block${more}`,
];
