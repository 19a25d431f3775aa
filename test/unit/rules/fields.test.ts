import type {
  BetaContentBlockParam,
  BetaToolResultBlockParam,
} from '@anthropic-ai/sdk/resources/beta/messages/messages';
import * as rules from '../../../src/rules/fields.js';
import type { Block as AnyBlock, Fields, Role } from '../../../src/rules/blocks.js';

type Block = BetaContentBlockParam | Exclude<NonNullable<BetaToolResultBlockParam['content']>, string>[number];

/** The extra fields of a block or a message, and which of them the API is known to refuse. */
const told = (names: readonly string[], role: Role) =>
  names.map((name) => ({ name, isLitter: rules.litterOf(names, role).includes(name) }));
const extraFields = (block: AnyBlock, role: Role) => told(rules.extraFields(block, role), role);
const extraMessageFields = (message: Fields, role: Role) => told(rules.extraMessageFields(message, role), role);

/** Every field that the SDK's types know. A field that a newer SDK adds does not compile until it is here. */
const fields: { [Type in Block['type']]: Record<keyof Extract<Block, { type: Type }>, true> } = {
  text: { type: true, text: true, cache_control: true, citations: true },
  image: { type: true, source: true, cache_control: true, transformations: true },
  document: { type: true, source: true, cache_control: true, citations: true, context: true, title: true },
  search_result: { type: true, content: true, source: true, title: true, cache_control: true, citations: true },
  tool_reference: { type: true, tool_name: true, cache_control: true },
  browser_state: { type: true, tabs: true, cache_control: true, state_changes: true },
  thinking: { type: true, thinking: true, signature: true },
  redacted_thinking: { type: true, data: true },
  tool_use: { type: true, id: true, name: true, input: true, cache_control: true, caller: true, toolset_name: true },
  tool_result: {
    type: true,
    tool_use_id: true,
    content: true,
    is_error: true,
    cache_control: true,
    toolset_name: true,
  },
  server_tool_use: { type: true, id: true, name: true, input: true, cache_control: true, caller: true },
  web_search_tool_result: { type: true, tool_use_id: true, content: true, cache_control: true, caller: true },
  web_fetch_tool_result: { type: true, tool_use_id: true, content: true, cache_control: true, caller: true },
  advisor_tool_result: { type: true, tool_use_id: true, content: true, cache_control: true },
  code_execution_tool_result: { type: true, tool_use_id: true, content: true, cache_control: true },
  bash_code_execution_tool_result: { type: true, tool_use_id: true, content: true, cache_control: true },
  text_editor_code_execution_tool_result: { type: true, tool_use_id: true, content: true, cache_control: true },
  tool_search_tool_result: { type: true, tool_use_id: true, content: true, cache_control: true },
  mcp_tool_use: { type: true, id: true, name: true, server_name: true, input: true, cache_control: true },
  mcp_tool_result: { type: true, tool_use_id: true, content: true, cache_control: true, is_error: true },
  mcp_tool_listing: { type: true, mcp_server_name: true, tools: true },
  container_upload: { type: true, file_id: true, cache_control: true },
  compaction: {
    type: true,
    content: true,
    encrypted_content: true,
    signature: true,
    tool_changes: true,
    cache_control: true,
  },
  fallback: { type: true, from: true, to: true, trigger: true },
  tool_addition: { type: true, tool: true, cache_control: true },
  tool_removal: { type: true, tool: true, cache_control: true },
};

/** The types of blocks that programs make. All others come from Claude or the API. */
const ofPrograms = [
  ...['text', 'image', 'document', 'search_result', 'tool_reference', 'browser_state', 'tool_result'],
  ...['container_upload', 'tool_addition', 'tool_removal'],
];
const left = { index: 0, parsed_output: null, partial_json: '{', _id: 1 };
const leftNames = Object.keys(left);

describe.each(Object.entries(fields))('a block of type %s', (type, known) => {
  const block = { ...known, type };
  const { cache_control: _, ...reply } = { cache_control: true, ...block };

  it('may have every field that the SDK knows', () => {
    for (const role of ['user', 'assistant', 'system'] as const) expect(extraFields(block, role)).toEqual([]);
  });

  it('that Claude wrote may have any other field, but for what others are known to leave in it', () => {
    expect(extraFields({ ...reply, wish: 1, constructor: 1, thoughtSignature: 'x' }, 'assistant')).toEqual([]);
    const found = extraFields({ ...reply, ...left }, 'assistant');
    expect(found).toEqual(leftNames.map((name) => ({ name, isLitter: true })));
  });

  it('that a program made may have no other field, and what programs leave in it is known', () => {
    const names = (isLitter: boolean, ...list: string[]) => list.map((name) => ({ name, isLitter }));
    const found = extraFields({ ...block, wish: 1, constructor: 1, createdAt: 1, key: 'x' }, 'user');
    const all = [...names(false, 'wish', 'constructor'), ...names(true, 'createdAt', 'key')];
    expect(found).toEqual(ofPrograms.includes(type) ? all : []);
  });
});

it.each(['user', 'assistant', 'system'] as const)('an unknown type may have any field (%s)', (role) => {
  for (const type of ['news', '__proto__', 'constructor']) {
    expect(extraFields({ type, ...left, wish: 1, cache_control: {} }, role)).toEqual([]);
  }
});

it('what Claude thought cannot be marked for the cache', () => {
  for (const type of ['thinking', 'redacted_thinking']) {
    const found = extraFields({ type, cache_control: { type: 'ephemeral' } }, 'assistant');
    expect(found).toEqual([{ name: 'cache_control', isLitter: true }]);
  }
});

it('fields that JSON leaves out are none', () => {
  expect(extraFields({ type: 'text', text: 'a', index: undefined, key: () => 1 }, 'user')).toEqual([]);
});

describe('a message', () => {
  const content = 'x';

  it('of Claude’s goes back as its content alone, whatever the reply had beside it', () => {
    const reply = { role: 'assistant', content, id: 'msg_1', stop_details: null, wish: 1 };
    expect(extraMessageFields(reply, 'assistant')).toEqual(
      ['id', 'stop_details', 'wish'].map((name) => ({ name, isLitter: true })),
    );
  });

  it('of others may have no other field; what programs leave in it is known', () => {
    const message = { role: 'user', content, id: 1, created_at: 1, updatedAt: 1, wish: 1 };
    expect(extraMessageFields(message, 'user')).toEqual([
      ...['id', 'created_at', 'updatedAt'].map((name) => ({ name, isLitter: true })),
      { name: 'wish', isLitter: false },
    ]);
  });

  it('of the system may have settings', () => {
    const message = { role: 'system', content, clear_at: 'never', output_config: {} };
    expect(extraMessageFields(message, 'system')).toEqual([]);
    expect(extraMessageFields({ ...message, role: 'user' }, 'user')).toEqual(
      ['clear_at', 'output_config'].map((name) => ({ name, isLitter: false })),
    );
  });
});
