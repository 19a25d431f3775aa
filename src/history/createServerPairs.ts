import type { HistoryDefect } from '../errors/HistoryDefect.js';
import type { Block, Fields } from '../rules/blocks.js';
import { createServerTools, type ServerCall } from './createServerTools.js';
import { flawDefect } from './Flaw.js';
import type { Follower } from './Follower.js';
import type { SeenMessage } from './readMessage.js';

/**
 * Every result of a server tool has its call before it, and nobody speaks while such a tool waits for its result.
 *
 * @param definitions The tools that are sent; `undefined` when they are not known.
 */
export function createServerPairs(definitions: readonly Fields[] | undefined): Follower {
  const tools = createServerTools(definitions);

  return {
    see(message) {
      const { stuck, orphans } = tools.see(message);
      return [...stuck.map((call) => openDefect(call)), ...orphans.map((at) => orphanDefect(message, at))];
    },
    end: () => tools.abandoned().map((call) => openDefect(call, ` but no \`${nameOf(call.call)}\` tool was provided`)),
  };
}

function openDefect({ message, block, id, call }: ServerCall, more = ''): HistoryDefect {
  const words = `\`${nameOf(call)}\` tool use with id \`${id}\` was found without a corresponding \`${resultOf(call)}\` block`;
  return flawDefect({ code: 'open_server_tool', field: '', words: words + more, names: 'nothing' }, message, block);
}

function nameOf({ type, name }: Block): string {
  return type === 'mcp_tool_use' ? 'mcp' : typeof name === 'string' ? name : '';
}

function resultOf(call: Block): string {
  const name = nameOf(call);
  return name.startsWith('tool_search_tool') ? 'tool_search_tool_result' : `${name}_tool_result`;
}

function orphanDefect({ index, blocks }: SeenMessage, at: number): HistoryDefect {
  const { type, tool_use_id } = blocks[at] ?? { type: '' };
  const call = type === 'mcp_tool_result' ? 'mcp_tool_use' : 'server_tool_use';
  const words =
    `unexpected \`tool_use_id\` found in \`${type}\` blocks: ${String(tool_use_id)}. ` +
    `Each \`${type}\` block must have a corresponding \`${call}\` block before it.`;
  return flawDefect({ code: 'unexpected_server_result', field: '', words, names: 'nothing' }, index, at);
}
