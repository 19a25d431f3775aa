import { isObject, places } from './view.js';
import type { JsonObject, Rule } from './view.js';

const customKeys = new Set([
  ...['type', 'name', 'description', 'input_schema', 'strict', 'cache_control', 'input_examples'],
  ...['eager_input_streaming', 'defer_loading', 'allowed_callers'],
]);

/** What a library may keep beside a tool's definition, and must not send. */
const leftovers = new Set([
  ...['run', 'parse', 'decode', 'input', 'codec', 'schema', 'execute', 'handler', 'output'],
  ...['idempotent', 'timeout', 'concurrency', 'retry', 'key', 'approve', 'maxResultChars'],
]);

const isCustom = ({ type }: JsonObject): boolean => type === undefined || type === null || type === 'custom';

/** Each tool of the client's own: its name, its schema, and API fields only. */
export const toolEntries: Rule = function* ({ tools }) {
  for (const [n, tool] of tools.entries()) {
    const path = `tools.${String(n)}.${isCustom(tool) ? 'custom' : String(tool.type)}`;
    for (const key of Object.keys(tool)) {
      if (isCustom(tool) ? !customKeys.has(key) : leftovers.has(key)) {
        yield `${path}.${key}: Extra inputs are not permitted`;
      }
    }
    if (!isCustom(tool)) continue;
    yield* toolName(tool.name, path);
    yield* inputSchema(tool.input_schema, `${path}.input_schema`);
  }
};

function* toolName(name: unknown, path: string): Iterable<string> {
  if (typeof name !== 'string') yield `${path}.name: Field required`;
  else if (name.length > 128) yield `${path}.name: String should have at most 128 characters`;
  else if (!/^[a-zA-Z0-9_-]{1,128}$/.test(name)) {
    yield `${path}.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'`;
  }
}

function* inputSchema(schema: unknown, path: string): Iterable<string> {
  if (!isObject(schema)) {
    yield `${path}: Field required`;
    return;
  }
  if (['oneOf', 'allOf', 'anyOf'].some((word) => word in schema)) {
    yield `${path}: input_schema does not support oneOf, allOf, or anyOf at the top level`;
  }
  if (schema.type === undefined) yield `${path}.type: Field required`;
  else if (schema.type !== 'object') yield `${path}.type: Input should be 'object'`;
  const keys = isObject(schema.properties) ? Object.keys(schema.properties) : [];
  if (!keys.every((key) => /^[a-zA-Z0-9_.-]{1,64}$/.test(key))) {
    yield `${path}.properties: Property keys should match pattern '^[a-zA-Z0-9_.-]{1,64}$'`;
  }
}

/** The tools as a whole, and whether there are any where the history speaks of tools. */
export const toolList: Rule = function* (view) {
  const { tools } = view;
  const names = tools.map(({ name }) => name).filter((name) => name !== undefined);
  if (new Set(names).size < names.length) yield 'tools: Tool names must be unique.';
  if (tools.length > 0 && tools.every((tool) => tool.defer_loading === true)) {
    yield 'At least one tool must have defer_loading=false. All tools cannot be deferred.';
  }
  const speaksOfTools = places(view).some(({ block: { type } }) => type === 'tool_use' || type === 'tool_result');
  if (tools.length === 0 && speaksOfTools) {
    yield 'Requests which include `tool_use` or `tool_result` blocks must define tools.';
  }
};
