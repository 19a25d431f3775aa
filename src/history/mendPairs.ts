import { isJsonObject } from '../json/isJsonObject.js';
import { readInput, withObjectInput, type Block } from '../rules/blocks.js';
import { reportBlock, withCells, type Cell, type Draft, type Report } from './Draft.js';
import { mendAnswer } from './mendBlock.js';

/** The result of each call that has one, by the id of the call. */
type Results = ReadonlyMap<unknown, Cell>;

/**
 * Puts a result for each call at the beginning of the next message: the one that stands anywhere behind the call, or an
 * error where there is none. Calls that broke off while they were written are dropped, and so are results without a call.
 * Every call must have an id of its own.
 */
export function mendPairs(drafts: readonly Draft[], report: Report): Draft[] {
  const results = pairUp(drafts, report);
  const mended: Draft[] = [];
  let calls: readonly Cell[] = [];
  for (const draft of drafts.map((one) => withWholeCalls(one, results, report))) {
    const answered = draft.role === 'user' ? draft : NO_ANSWER;
    if (calls.length > 0) mended.push(withAnswers(answered, calls, results, report));
    if (calls.length === 0 || answered === NO_ANSWER) mended.push(withoutResults(draft));
    calls = draft.role === 'assistant' ? draft.cells.filter(isCall) : [];
  }
  return calls.length === 0 ? mended : [...mended, withAnswers(NO_ANSWER, calls, results, report)];
}

const NO_ANSWER: Draft = { role: 'user', cells: [], original: undefined };

function isCall({ block }: Cell): boolean {
  return block.type === 'tool_use';
}

function isResult({ block }: Cell): boolean {
  return block.type === 'tool_result';
}

/** Finds the result of each call: the first one behind it. */
function pairUp(drafts: readonly Draft[], report: Report): Results {
  const calls = new Set<unknown>();
  const results = new Map<unknown, Cell>();
  for (const cell of drafts.flatMap(({ cells }) => cells)) {
    const id = cell.block['tool_use_id'];
    if (isCall(cell)) calls.add(cell.block['id']);
    else if (!isResult(cell)) continue;
    else if (results.has(id)) reportBlock(report, cell, 'result_removed', 'Removed a second result of one call.');
    else if (calls.has(id)) results.set(id, cell);
    else reportBlock(report, cell, 'result_removed', 'Removed a result without a call.');
  }
  return results;
}

/** The message without calls that broke off at its end, and with an object for every other input. */
function withWholeCalls(draft: Draft, results: Results, report: Report): Draft {
  const isWhole = ({ block }: Cell): boolean =>
    block.type !== 'tool_use' || results.has(block['id']) || readInput(block) !== undefined;
  const end = draft.cells.findLastIndex(isWhole) + 1;
  for (const cell of draft.cells.slice(end)) {
    reportBlock(report, cell, 'call_removed', 'Removed a call that broke off while it was written.');
  }
  const cells = draft.cells.slice(0, end).map((cell) => {
    if (!isCall(cell) || isJsonObject(cell.block['input'])) return cell;
    reportBlock(report, cell, 'input_changed', 'Made an object of an input that was none.');
    return { ...cell, block: withObjectInput(cell.block), isChanged: true };
  });
  return withCells(draft, cells);
}

function withoutResults(draft: Draft): Draft {
  return withCells(
    draft,
    draft.cells.filter((cell) => !isResult(cell)),
  );
}

/** The message behind the calls, with their results first: those that it has, then those from elsewhere. */
function withAnswers(draft: Draft, calls: readonly Cell[], results: Results, report: Report): Draft {
  const wanted = new Map(calls.map((call) => [call.block['id'], call]));
  const isHere = (cell: Cell): boolean =>
    results.get(cell.block['tool_use_id']) === cell && wanted.has(cell.block['tool_use_id']);
  const rest = draft.cells.findIndex((cell) => !isResult(cell));
  const here = draft.cells.filter(isHere);
  for (const cell of rest === -1 ? [] : draft.cells.slice(rest).filter(isHere)) reportMoved(cell, report);

  const answered = new Set(here.map((cell) => cell.block['tool_use_id']));
  const others = calls
    .filter(({ block }) => !answered.has(block['id']))
    .map((call) => {
      const result = results.get(call.block['id']);
      if (result === undefined) return noResult(call, report);
      reportMoved(result, report);
      return result;
    });
  const answers = [...here, ...others].flatMap((cell) => {
    const call = wanted.get(cell.block['tool_use_id']);
    return call === undefined ? [] : (mendAnswer(cell, call.block, report) ?? []);
  });
  return withCells(draft, [...answers, ...withoutResults(draft).cells]);
}

function reportMoved(cell: Cell, report: Report): void {
  reportBlock(report, cell, 'result_moved', 'Moved a result to the beginning of the message after its call.');
}

function noResult(call: Cell, report: Report): Cell {
  reportBlock(report, call, 'call_answered', 'Answered a call without a result with an error that says so.');
  const { id, toolset_name } = call.block;
  const block: Block = {
    type: 'tool_result',
    tool_use_id: id,
    ...(toolset_name != null && { toolset_name }),
    content: 'No result was recorded for this call; whether it ran is not known.',
    is_error: true,
  };
  return { block, origin: undefined, isChanged: true };
}
