import type { HistoryDefect } from '../errors/HistoryDefect.js';
import { isJsonObject } from '../json/isJsonObject.js';
import { OPTIONAL_TOOL_FIELDS, PROPERTY_NAME, schemaProblems, TOOL_NAME } from '../rules/tools.js';
import type { ToolEntry } from '../tools/Tool.js';
import { toToolDefinition } from '../tools/toToolDefinition.js';
import { isSent, type Fields } from '../rules/blocks.js';
import { defect, EXTRA } from './defects.js';
import type { Follower } from './readMessage.js';

/** What goes on the wire for the tools; `undefined` when they are not known. What is not a tool has no fields. */
export function toolDefinitions(tools: unknown): readonly Fields[] | undefined {
  return Array.isArray(tools) ? Array.from(tools, toDefinition) : undefined;
}

function toDefinition(tool: unknown): Fields {
  try {
    const definition: unknown = toToolDefinition(tool as ToolEntry);
    return isJsonObject(definition) ? { ...definition } : {};
  } catch {
    return {};
  }
}

/** Everything in the tools that the API refuses. */
export function checkTools(definitions: readonly Fields[]): HistoryDefect[] {
  const found = definitions.flatMap(checkTool);
  const names = definitions.flatMap(({ name }) => (name === undefined ? [] : [name]));
  if (new Set(names).size < names.length) found.push(REPEATED);
  if (definitions.length > 0 && definitions.every(({ defer_loading }) => defer_loading === true)) found.push(DEFERRED);
  return found;
}

const REPEATED = defect('duplicate_tool_name', 'tools', 'Tool names must be unique.');
const DEFERRED: HistoryDefect = {
  code: 'all_tools_deferred',
  path: 'tools',
  wording: 'At least one tool must have defer_loading=false. All tools cannot be deferred.',
};

/** The fields of a tool that the program defines. Those of the API's own tools are left to it. */
const FIELDS: readonly string[] = ['type', 'name', 'description', 'input_schema', ...OPTIONAL_TOOL_FIELDS];

function checkTool(tool: Fields, index: number): HistoryDefect[] {
  const { type, name, input_schema: schema } = tool;
  if (type != null && type !== 'custom') return [];
  const path = `tools.${String(index)}.custom`;
  const found = Object.keys(tool)
    .filter((field) => !FIELDS.includes(field) && isSent(tool[field]))
    .map((field) => defect('malformed_tool', `${path}.${field}`, EXTRA));
  const wrongName = nameProblem(name);
  if (wrongName !== undefined) found.push(defect('invalid_tool_name', `${path}.name`, wrongName));
  const problems = isJsonObject(schema) ? schemaProblems(schema) : [{ field: '', found: undefined }];
  for (const problem of problems) {
    const words = problem.found === undefined ? REQUIRED : SCHEMA_WORDS[problem.field];
    found.push(defect('invalid_tool_schema', `${path}.input_schema${problem.field}`, words));
  }
  return found;
}

const REQUIRED = 'Field required';
const SCHEMA_WORDS = {
  '': 'input_schema does not support oneOf, allOf, or anyOf at the top level',
  '.type': "Input should be 'object'",
  '.properties': `Property keys should match pattern '${PROPERTY_NAME.source}'`,
};

function nameProblem(name: unknown): string | undefined {
  if (typeof name !== 'string') return REQUIRED;
  if (name.length > 128) return 'String should have at most 128 characters';
  return TOOL_NAME.test(name) ? undefined : `String should match pattern '${TOOL_NAME.source}'`;
}

/**
 * A history with calls is sent with tools.
 *
 * @param definitions The tools that are sent; `undefined` when they are not known.
 */
export function createToolNeed(definitions: readonly Fields[] | undefined): Follower {
  let isMet = definitions === undefined || definitions.length > 0;

  return {
    take({ blocks }) {
      if (isMet || !blocks.some(({ type }) => NEEDY.has(type))) return [];
      isMet = true;
      // A message that brings its own tool needs no other.
      return blocks.some(({ type }) => type === 'tool_addition') ? [] : [MISSING];
    },
  };
}

/** Blocks after which the question of tools is settled. */
const NEEDY: ReadonlySet<string> = new Set(['tool_use', 'tool_result', 'tool_addition']);

const MISSING: HistoryDefect = {
  code: 'missing_tools',
  path: 'tools',
  wording: 'Requests which include `tool_use` or `tool_result` blocks must define tools.',
};
