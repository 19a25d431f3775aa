import type { HistoryChangeCode } from '../events/HistoryChange.js';
import { isMadeBy, isServerCall, isServerResult, withoutFields, type Block, type Fields } from '../rules/blocks.js';
import { createServerTools } from './createServerTools.js';
import { reportBlock, withCells, type Cell, type Draft, type Report } from './Draft.js';

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
    'A call that has a result stays, without the server tool whose code made it.',
  );
  return { ...cell, block: withoutFields(cell.block, (field) => field === 'caller'), isChanged: true };
}

type Reason = readonly [code: HistoryChangeCode, text: string];

const ORPHAN: Reason = ['result_removed', 'A result of a server tool without a call was removed.'];
const OPEN: Reason = ['server_tool_removed', 'A server tool that can get no result any more was removed.'];
const CALL: Reason = ['call_removed', 'A call was removed with the server tool whose code made it.'];
const RESULT: Reason = ['result_removed', 'A result was removed with its call.'];

function whyGone(block: Block, gone: ReadonlySet<string>): Reason | undefined {
  const { type, id, tool_use_id } = block;
  if (typeof id === 'string' && gone.has(id)) {
    if (isServerCall(block)) return OPEN;
    if (type === 'tool_use') return CALL;
  }
  const isResult = type === 'tool_result' || isServerResult(block);
  return isResult && typeof tool_use_id === 'string' && gone.has(tool_use_id) ? RESULT : undefined;
}
