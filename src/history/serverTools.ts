import type { HistoryChangeCode } from '../events/HistoryChange.js';
import { isMadeBy, isServerCall, isServerResult, withoutFields, type Block, type Fields } from '../rules/blocks.js';
import { reportBlock, withCells, type Cell, type Draft, type Report } from './Draft.js';
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
  see(message: Pick<SeenMessage, 'index' | 'role' | 'blocks'>): ServerToolNews;
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

  const seeBlock = (block: Block, index: number, at: number): boolean => {
    const id = isServerCall(block) ? block['id'] : isServerResult(block) ? block['tool_use_id'] : undefined;
    if (typeof id !== 'string') return false;
    if (isServerResult(block)) {
      open.delete(id);
      return !called.has(id);
    }
    called.add(id);
    open.set(id, { message: index, block: at, id, call: block });
    return false;
  };

  return {
    see(message) {
      const { index, blocks } = message;
      const orphans = [...blocks.keys()].filter((at) => seeBlock(blocks[at] ?? { type: '' }, index, at));
      const stuck = saysMore(message) ? [...open.values()].filter((call) => call.message < index) : [];
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

/** Whether somebody else than Claude says more than the results of calls. */
function saysMore({ role, blocks }: Pick<SeenMessage, 'role' | 'blocks'>): boolean {
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
 * Drops the tools of the server that can get no result any more, with the open calls that their code made; and results of
 * the server's without a call. A call of such code that has a result was made, and stays, as a call of Claude's own: it
 * must not be made again.
 */
export function mendServerTools(
  drafts: readonly Draft[],
  definitions: readonly Fields[] | undefined,
  report: Report,
): Draft[] {
  const tools = createServerTools(definitions);
  const gone = new Set<string>();
  const orphans = new Set<Cell>();
  for (const [index, { role, cells }] of drafts.entries()) {
    const news = tools.see({ index, role, blocks: cells.map(({ block }) => block) });
    for (const { id } of news.stuck) gone.add(id);
    for (const at of news.orphans) orphans.add(cells[at] as Cell);
  }
  for (const { id } of tools.abandoned()) gone.add(id);
  if (gone.size === 0 && orphans.size === 0) return [...drafts];
  const kept = addOpenCalls(drafts, gone);
  return drafts.map((draft) =>
    withCells(
      draft,
      draft.cells.flatMap((cell) => {
        const reason = orphans.has(cell) ? ORPHAN : whyGone(cell.block, gone);
        if (reason !== undefined) reportBlock(report, cell, ...reason);
        if (reason !== undefined) return [];
        return kept.has(cell) ? [withoutCaller(cell, report)] : [cell];
      }),
    ),
  );
}

/** Adds the open calls that came from code which a server tool runs, and returns those that have a result. */
function addOpenCalls(drafts: readonly Draft[], gone: Set<string>): ReadonlySet<Cell> {
  const cells = drafts.flatMap((draft) => draft.cells);
  const answered = new Set(cells.flatMap(({ block }) => (block.type === 'tool_result' ? [block['tool_use_id']] : [])));
  const made = cells.filter(({ block }) => isMadeBy(block, gone));
  const kept = made.filter(({ block }) => answered.has(block['id']));
  for (const cell of made) if (!kept.includes(cell)) gone.add(String(cell.block['id']));
  return new Set(kept);
}

function withoutCaller(cell: Cell, report: Report): Cell {
  reportBlock(
    report,
    cell,
    'caller_removed',
    'Kept a call that has a result, without the server tool whose code made it.',
  );
  return { ...cell, block: withoutFields(cell.block, (field) => field === 'caller'), isChanged: true };
}

type Reason = readonly [code: HistoryChangeCode, text: string];

const ORPHAN: Reason = ['result_removed', 'Removed a result of a server tool without a call.'];
const OPEN: Reason = ['server_tool_removed', 'Removed a server tool that can no longer get a result.'];
const CALL: Reason = ['call_removed', 'Removed a call with the server tool whose code made it.'];
const RESULT: Reason = ['result_removed', 'Removed a result with its call.'];

function whyGone(block: Block, gone: ReadonlySet<string>): Reason | undefined {
  const { type, id, tool_use_id } = block;
  if (typeof id === 'string' && gone.has(id)) {
    if (isServerCall(block)) return OPEN;
    if (type === 'tool_use') return CALL;
  }
  const isResult = type === 'tool_result' || isServerResult(block);
  return isResult && typeof tool_use_id === 'string' && gone.has(tool_use_id) ? RESULT : undefined;
}
