import { CALL_ID, callerOf, isServerCall, isServerResult, SERVER_CALL_ID } from '../rules/blocks.js';
import { reportBlock, withCells, type Cell, type Draft, type Report } from './Draft.js';

/** What the id of a call to an MCP server may look like is not known. */
const ANY_ID = /^/;

/** The new names of calls by their old ones, as far as the history has been read: the last call of a name has it. */
interface Names {
  readonly calls: Map<string, string>;
  readonly serverCalls: Map<string, string>;
}

/**
 * Gives each call an id of its own, of the characters that the API takes, and its results the same. The second of two
 * calls with one id in one message is dropped: their results could not be told apart.
 */
export function mendIds(drafts: readonly Draft[], report: Report): Draft[] {
  const newName = createNewNames(drafts);
  const used = new Set<string>();
  const names: Names = { calls: new Map(), serverCalls: new Map() };

  const nameCall = (cell: Cell, known: Map<string, string>, pattern: RegExp): Cell => {
    const id = String(cell.block['id']);
    const name = pattern.test(id) && !used.has(id) ? id : newName(id, pattern);
    used.add(name);
    known.set(id, name);
    return renamed(cell, 'id', name, report);
  };
  const nameCell = (cell: Cell, here: Set<unknown>): Cell[] => {
    const { block } = cell;
    const called = withCaller(cell, names, report);
    if (isServerCall(block)) {
      return [nameCall(called, names.serverCalls, block.type === 'mcp_tool_use' ? ANY_ID : SERVER_CALL_ID)];
    }
    if (block.type !== 'tool_use') return [withResultName(called, names, report)];
    if (here.has(block['id'])) {
      reportBlock(report, cell, 'call_removed', 'Removed the second of two calls with one id.');
      return [];
    }
    here.add(block['id']);
    return [nameCall(called, names.calls, CALL_ID)];
  };

  return drafts.map((draft) => {
    const here = new Set<unknown>();
    return withCells(
      draft,
      draft.cells.flatMap((cell) => nameCell(cell, here)),
    );
  });
}

function withResultName(cell: Cell, { calls, serverCalls }: Names, report: Report): Cell {
  const { block } = cell;
  const id = block['tool_use_id'];
  const known = block.type === 'tool_result' ? calls : isServerResult(block) ? serverCalls : undefined;
  const name = typeof id === 'string' ? known?.get(id) : undefined;
  return name === undefined ? cell : renamed(cell, 'tool_use_id', name, report);
}

/** The code that made a call may have got a new name. */
function withCaller(cell: Cell, { serverCalls }: Names, report: Report): Cell {
  const { block } = cell;
  const id = callerOf(block);
  const name = id === undefined ? undefined : serverCalls.get(id);
  if (name === undefined || name === id) return cell;
  reportBlock(report, cell, 'id_renamed', 'Replaced the id of the code that made a call.');
  return { ...cell, block: { ...block, caller: { ...(block['caller'] as object), tool_id: name } }, isChanged: true };
}

function renamed(cell: Cell, field: string, name: string, report: Report): Cell {
  if (cell.block[field] === name) return cell;
  reportBlock(report, cell, 'id_renamed', `Replaced an id by ${name}.`);
  return { ...cell, block: { ...cell.block, [field]: name }, isChanged: true };
}

/** Makes names that no call in the history has or is given. */
function createNewNames(drafts: readonly Draft[]): (id: string, pattern: RegExp) => string {
  const taken = new Set(
    drafts.flatMap(({ cells }) => cells.flatMap(({ block }) => [block['id'], block['tool_use_id']])),
  );
  const counts = new Map<string, number>();
  return (id, pattern) => {
    const base = pattern === SERVER_CALL_ID ? serverName(id) : id.replace(/[^a-zA-Z0-9_-]/g, '_') || 'toolu';
    let name = base;
    for (let count = counts.get(base) ?? 2; taken.has(name); count++) {
      name = `${base}_${String(count)}`;
      counts.set(base, count + 1);
    }
    taken.add(name);
    return name;
  };
}

function serverName(id: string): string {
  const own = id.replace(/^srvtoolu_/, '').replace(/[^a-zA-Z0-9_]/g, '_');
  return `srvtoolu_${own === '' ? 'call' : own}`;
}
