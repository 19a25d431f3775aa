import { isMadeBy, isServerCall, isServerResult, withoutFields, type Block, type Fields } from '../rules/blocks.js';
import { mapCells, seenDraft, withBlock, type Cell, type Draft, type Report } from './Draft.js';
import type { SeenMessage } from './readMessage.js';

/** A call of a tool that the server runs, and where it is. */
export interface ServerCall {
  readonly message: number;
  readonly block: number;
  readonly id: string;
  readonly call: Block;
}

/** What a message means for the tools that the server runs. */
interface ServerToolNews {
  /** Calls that this message comes too early for: they have no result yet, and the API takes nothing but results. */
  readonly stuck: readonly ServerCall[];
  /** The indexes of results without a call before them. */
  readonly orphans: readonly number[];
}

/** Follows the tools that the server runs. */
export interface ServerTools {
  take(message: SeenMessage): ServerToolNews;
  /** The calls that wait for a result, and whose tool is not among those that are sent. */
  abandoned(): ServerCall[];
}

/**
 * Makes an observer of a history that has just begun.
 *
 * A call may be answered later in its own message or in a later one of Claude's. Until then a user may answer Claude's
 * other calls, and say nothing else. A call that waits at the end is fine: the server goes on with it.
 *
 * @param definitions The tools that are sent; `undefined` when they are not known.
 */
export function createServerTools(definitions: readonly Fields[] | undefined): ServerTools {
  const called = new Set<string>();
  const open = new Map<string, ServerCall>();
  let known = definitions;

  return {
    take(message) {
      const { index, blocks } = message;
      const orphans: number[] = [];
      for (const [at, block] of blocks.entries()) {
        const { id, tool_use_id } = block;
        if (isServerCall(block) && typeof id === 'string') {
          called.add(id);
          open.set(id, { message: index, block: at, id, call: block });
        }
        if (isServerResult(block) && typeof tool_use_id === 'string') {
          open.delete(tool_use_id);
          if (!called.has(tool_use_id)) orphans.push(at);
        }
      }
      const stuck = open.size > 0 && saysMore(message) ? [...open.values()].filter((call) => call.message < index) : [];
      for (const { id } of stuck) open.delete(id);
      // A system message may bring tools of its own.
      if (blocks.some(({ type }) => type === 'tool_addition')) known = undefined;
      return { stuck, orphans };
    },
    abandoned() {
      const tools = known;
      return tools === undefined ? [] : [...open.values()].filter(({ call }) => !isOffered(tools, call));
    },
  };
}

/** Whether a message that is not Claude's says more than the results of calls. */
function saysMore({ role, blocks }: SeenMessage): boolean {
  return role === 'system' || (role === 'user' && !blocks.every(({ type }) => type === 'tool_result'));
}

/**
 * Whether the tool of a call is among those that are sent. `web_search_20250305` offers `web_search`; code execution
 * offers its shell and its editor too, and the newer tools for the web bring it along. MCP servers are no tools.
 */
function isOffered(definitions: readonly Fields[], { type, name }: Block): boolean {
  if (type === 'mcp_tool_use' || typeof name !== 'string') return true;
  return definitions.some((tool) => {
    const kind = typeof tool['type'] === 'string' ? tool['type'] : '';
    if (tool['name'] === name || kind.startsWith(name)) return true;
    return name.endsWith('code_execution') && /^(web_|code_execution)/.test(kind);
  });
}

/**
 * Drops the tools of the server that can no longer get a result, with the open calls that their code made; and results of
 * the server without a call. A call of such code that has a result was made, and stays, as a call of Claude's own: it
 * must not be made again.
 */
export function mendServerTools(
  drafts: readonly Draft[],
  definitions: readonly Fields[] | undefined,
  report: Report,
): readonly Draft[] {
  const tools = createServerTools(definitions);
  const gone = new Set<unknown>();
  const orphans = new Set<Cell>();
  for (const [index, draft] of drafts.entries()) {
    const news = tools.take(seenDraft(draft, index));
    for (const { id } of news.stuck) gone.add(id);
    for (const at of news.orphans) orphans.add(draft.cells[at] as Cell);
  }
  for (const { id } of tools.abandoned()) gone.add(id);
  if (gone.size === 0 && orphans.size === 0) return drafts;

  const blocks = drafts.flatMap(({ cells }) => cells.map(({ block }) => block));
  const answered = new Set(blocks.map((block) => block.type === 'tool_result' && block['tool_use_id']));
  for (const block of blocks) if (isMadeBy(block, gone) && !answered.has(block.id)) gone.add(block.id);
  return drafts.map((draft) =>
    mapCells(draft, report, (cell) => {
      const { block } = cell;
      if (orphans.has(cell) || gone.has(block['tool_use_id'])) return 'result_removed';
      if (gone.has(block['id'])) return isServerCall(block) ? 'server_tool_removed' : 'call_removed';
      return isMadeBy(block, gone) ? withBlock(cell, withoutFields(block, ['caller']), 'caller_removed', report) : cell;
    }),
  );
}
