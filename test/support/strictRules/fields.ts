import { innerBlocks, isObject, places } from './view.js';
import type { Block, Rule } from './view.js';

/** The documented fields of the block types that a client writes or echoes. Types that are not here are not checked. */
const fieldsOf: Readonly<Record<string, readonly string[]>> = {
  text: ['text', 'cache_control', 'citations'],
  image: ['source', 'cache_control', 'transformations'],
  document: ['source', 'cache_control', 'citations', 'context', 'title'],
  search_result: ['content', 'source', 'title', 'cache_control', 'citations'],
  tool_reference: ['tool_name', 'cache_control'],
  thinking: ['thinking', 'signature'],
  redacted_thinking: ['data'],
  tool_use: ['id', 'name', 'input', 'cache_control', 'caller', 'toolset_name'],
  server_tool_use: ['id', 'name', 'input', 'cache_control', 'caller'],
  mcp_tool_use: ['id', 'name', 'server_name', 'input', 'cache_control'],
  tool_result: ['tool_use_id', 'content', 'is_error', 'cache_control', 'toolset_name'],
};

const requiredOf: Readonly<Record<string, readonly string[]>> = {
  text: ['text'],
  thinking: ['thinking', 'signature'],
  redacted_thinking: ['data'],
  tool_use: ['id', 'name', 'input'],
  server_tool_use: ['id', 'name', 'input'],
  tool_result: ['tool_use_id'],
};

/** No field too many, none missing: in messages, in blocks, and in the blocks of a tool_result. */
export const extraFields: Rule = function* (view) {
  for (const [n, message] of view.messages.entries()) {
    for (const key of Object.keys(message)) {
      if (key !== 'role' && key !== 'content') yield `messages.${String(n)}.${key}: Extra inputs are not permitted`;
    }
  }
  for (const { block, path } of places(view)) {
    yield* fieldsOfBlock(block, path);
    for (const [k, inner] of innerBlocks(block).entries()) {
      if (block.type === 'tool_result') yield* fieldsOfBlock(inner, `${path}.tool_result.content.${String(k)}`);
    }
  }
};

function* fieldsOfBlock(block: Block, path: string): Iterable<string> {
  const known = fieldsOf[block.type];
  for (const key of Object.keys(block)) {
    if (known && key !== 'type' && !known.includes(key)) {
      yield `${path}.${block.type}.${key}: Extra inputs are not permitted`;
    }
  }
  for (const key of requiredOf[block.type] ?? []) {
    if (block[key] === undefined) yield `${path}.${block.type}.${key}: Field required`;
  }
}

const idFields: Readonly<Record<string, readonly [field: string, pattern: RegExp]>> = {
  tool_use: ['id', /^[a-zA-Z0-9_-]+$/],
  tool_result: ['tool_use_id', /^[a-zA-Z0-9_-]+$/],
  server_tool_use: ['id', /^srvtoolu_[a-zA-Z0-9_]+$/],
};

/** Ids of the right characters, inputs that are objects. */
export const callFields: Rule = function* (view) {
  for (const { block, path } of places(view)) {
    const [field, pattern] = idFields[block.type] ?? [];
    const id = field === undefined ? undefined : block[field];
    if (pattern && !(typeof id === 'string' && pattern.test(id))) {
      yield `${path}.${block.type}.${field ?? ''}: String should match pattern '${pattern.source}'`;
    }
    if (['tool_use', 'server_tool_use', 'mcp_tool_use'].includes(block.type) && !isObject(block.input)) {
      yield `${path}.${block.type}.input: Input should be a valid dictionary`;
    }
  }
};

const resultTypes = ['text', 'image', 'document', 'search_result', 'tool_reference', 'browser_state'];

/** What a tool_result may hold. */
export const resultFields: Rule = function* (view) {
  for (const { block, path } of places(view)) {
    if (block.type !== 'tool_result') continue;
    const { content, is_error: isError } = block;
    if (content !== undefined && typeof content !== 'string') yield* resultContent(content, `${path}.tool_result`);
    if (isError !== undefined && typeof isError !== 'boolean') {
      yield `${path}.tool_result.is_error: Input should be a valid boolean`;
    }
    if (isError === true && innerBlocks(block).some(({ type }) => type !== 'text')) {
      yield `${path}.tool_result: all content must be type \`text\` if \`is_error\` is true`;
    }
  }
};

function* resultContent(content: unknown, path: string): Iterable<string> {
  if (!Array.isArray(content)) {
    yield `${path}.content: Input should be a valid list`;
    return;
  }
  for (const [k, inner] of content.entries()) {
    const type = isObject(inner) ? inner.type : undefined;
    if (typeof type !== 'string' || !resultTypes.includes(type)) {
      const expected = resultTypes.map((tag) => `'${tag}'`).join(', ');
      yield `${path}.content.${String(k)}: Input tag '${String(type)}' found using 'type' does not match any of the expected tags: ${expected}`;
    }
  }
}
