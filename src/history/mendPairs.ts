import { readInput, withObjectInput, type Block } from '../rules/blocks.js';
import { mapCells, withBlock, withCells, type Cell, type Draft, type Report } from './Draft.js';
import { mendAnswer } from './mendBlock.js';

/** All calls by their ids, with the result of each that has one. */
type Results = ReadonlyMap<unknown, Cell | undefined>;

/**
 * Puts the result of each call at the beginning of the next message, wherever it was after the call; an error where there
 * is no result. Calls that broke off while they were written are dropped, and so are results without a call. Every call
 * must have an id of its own.
 */
export function mendPairs(drafts: readonly Draft[], report: Report): Draft[] {
  const results = pairUp(drafts, report);
  const mended: Draft[] = [];
  let calls: readonly Cell[] = [];
  const answer = (draft: Draft): void => {
    mended.push(withAnswers(draft, calls, results, report));
    calls = [];
  };
  for (const draft of drafts) {
    if (calls.length > 0 && draft.role !== 'user') answer(NO_ANSWER);
    const whole = withWholeCalls(draft, results, report);
    answer(whole);
    if (draft.role === 'assistant') calls = whole.cells.filter(isCall);
  }
  if (calls.length > 0) answer(NO_ANSWER);
  return mended;
}

const NO_ANSWER: Draft = { role: 'user', cells: [], origin: undefined, message: { role: 'user' }, before: [] };

function isCall({ block }: Cell): boolean {
  return block.type === 'tool_use';
}

function isResult({ block }: Cell): boolean {
  return block.type === 'tool_result';
}

/** Finds the result of each call: the first one after it. */
function pairUp(drafts: readonly Draft[], report: Report): Results {
  const results = new Map<unknown, Cell | undefined>();
  for (const { cells } of drafts) {
    for (const cell of cells) {
      const { id, tool_use_id } = cell.block;
      if (isCall(cell)) results.set(id, undefined);
      else if (!isResult(cell)) continue;
      else if (results.has(tool_use_id) && results.get(tool_use_id) === undefined) results.set(tool_use_id, cell);
      else report('result_removed', cell.origin);
    }
  }
  return results;
}

/** The message without calls that broke off at its end; the inputs of all others are objects. */
function withWholeCalls(draft: Draft, results: Results, report: Report): Draft {
  const end = draft.cells.findLastIndex(
    (cell) => !isCall(cell) || results.get(cell.block['id']) !== undefined || readInput(cell.block) !== undefined,
  );
  return mapCells(draft, report, (cell, index) => {
    if (index > end) return 'call_removed';
    return isCall(cell) ? withBlock(cell, withObjectInput(cell.block), 'input_changed', report) : cell;
  });
}

/** The message after the calls, with their results first, those that it has before those from elsewhere, and no others. */
function withAnswers(draft: Draft, calls: readonly Cell[], results: Results, report: Report): Draft {
  const open = new Map(calls.map((call) => [call.block['id'], call]));
  const answers: Cell[] = [];
  const others: Cell[] = [];
  const answer = (id: unknown, { block }: Cell, result: Cell): void => {
    open.delete(id);
    answers.push(mendAnswer(result, block, report));
  };

  for (const cell of draft.cells) {
    const id = cell.block['tool_use_id'];
    const call = open.get(id);
    if (!isResult(cell)) others.push(cell);
    else if (call !== undefined && results.get(id) === cell) {
      if (others.length > 0) report('result_moved', cell.origin);
      answer(id, call, cell);
    }
  }
  for (const [id, call] of open) {
    const result = results.get(id);
    report(result ? 'result_moved' : 'call_answered', (result ?? call).origin);
    answer(id, call, result ?? noResult(call.block));
  }
  return withCells(draft, [...answers, ...others]);
}

function noResult({ id, toolset_name }: Block): Cell {
  const block: Block = {
    type: 'tool_result',
    tool_use_id: id,
    ...(toolset_name != null && { toolset_name }),
    content: 'No result was recorded for this call; whether it ran is not known.',
    is_error: true,
  };
  return { block, origin: undefined, isChanged: true };
}
