import type {
  BetaContentBlockParam,
  BetaToolResultBlockParam,
} from '@anthropic-ai/sdk/resources/beta/messages/messages';
import { extraFields } from '../../../src/history/blockFields.js';

type Block = BetaContentBlockParam | Exclude<NonNullable<BetaToolResultBlockParam['content']>, string>[number];

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

it.each(Object.entries(fields))('%s may have every field that the SDK knows, and no other', (type, known) => {
  expect(extraFields({ ...known, type })).toEqual([]);
  expect(extraFields({ ...known, type, index: 0, __proto__: null })).toEqual(['index']);
});

it('a type that nobody knows may have any', () => {
  expect(extraFields({ type: 'news', index: 0 })).toEqual([]);
});
