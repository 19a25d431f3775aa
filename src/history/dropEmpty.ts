import { isBlank, isThinking } from '../rules/blocks.js';
import { reportBlock, reportMessage, withCells, type Draft, type Report } from './Draft.js';

/**
 * Drops messages that say nothing, and thinking at the end of a turn of Claude's.
 *
 * It goes from the last message to the first, for what is dropped may show the end of the turn before it.
 */
export function dropEmpty(drafts: readonly Draft[], report: Report): Draft[] {
  const kept: Draft[] = [];
  let turnGoesOn = false;
  for (const draft of [...drafts].reverse()) {
    const ended = turnGoesOn ? draft : withoutFinalThinking(draft, report);
    if (saysNothing(ended)) {
      if (ended.original !== undefined)
        reportMessage(report, ended.original.index, 'message_removed', 'A message that says nothing was removed.');
      continue;
    }
    if (ended.role !== 'assistant') turnGoesOn = false;
    else if (ended.cells.length > 0) turnGoesOn = true;
    kept.push(ended);
  }
  return kept.reverse();
}

function withoutFinalThinking(draft: Draft, report: Report): Draft {
  if (draft.role !== 'assistant') return draft;
  const end = draft.cells.findLastIndex(({ block }) => !isThinking(block)) + 1;
  for (const cell of draft.cells.slice(end)) {
    reportBlock(report, cell, 'thinking_removed', 'Thinking at the end of a turn was removed.');
  }
  return withCells(draft, draft.cells.slice(0, end));
}

/** Claude may say nothing at all, as long as that is how it was. */
function saysNothing({ role, cells, original }: Draft): boolean {
  if (isBlank(cells.map(({ block }) => block))) return true;
  if (role === 'user') return cells.every(({ block }) => block['text'] === '');
  return cells.length === 0 && original?.cells.length !== 0;
}
