import type { HistoryDefect } from '../errors/HistoryDefect.js';
import type { HistoryChange } from '../events/HistoryChange.js';
import { isBlank, isEmptyText, isThinking, type Fields } from '../rules/blocks.js';
import type { ToolEntry } from '../tools/Tool.js';
import { dropCacheMarks } from './cacheMarks.js';
import type { HistoryMessage } from './checkHistory.js';
import { toolDefinitions } from './checkTools.js';
import { createUnmendedCheck } from './createCheck.js';
import { reportBlock, reportMessage, toMessage, withCells, type Draft, type Report } from './Draft.js';
import { draftHistory } from './draftHistory.js';
import { flawDefect } from './defects.js';
import { mendIds } from './mendIds.js';
import { mendPairs } from './mendPairs.js';
import { mendServerTools } from './serverTools.js';

/** What became of a history. */
export interface MendedHistory<Message> {
  /** The history to send: the very array that was given, when nothing had to be changed. */
  readonly messages: readonly Message[];
  /** What was done, in the order of the history as it was before. */
  readonly changes: readonly HistoryChange[];
  /** What is not safe to mend and was left as it is, with its place in the mended history. */
  readonly unmended: readonly HistoryDefect[];
}

/**
 * A history that the API accepts, made from one that it would refuse, and what was done to it.
 *
 * ```text
 * in   messages, from wherever they were kept; and the tools that go with them
 * out  messages that pass checkHistory, the changes, and what could not be mended
 * ```
 *
 * - A call without a result is answered with an error, which says that no result is known; one that broke off while it was
 *   written is removed.
 * - A result is moved to the beginning of the message behind its call; one without a call, and a second one, is removed.
 * - Ids that two calls share, or that have odd characters, are replaced, in call and result alike.
 * - Empty texts, messages that say nothing, unsigned thinking, fields that the API does not know and cache marks beyond
 *   the fourth are removed, and so is whatever is no message or no block.
 * - A server tool that can get no result any more is removed, with the calls that its code made. One that waits at the end
 *   stays: the server goes on with it.
 *
 * Nothing that was given is changed. Messages that need no mending are the same objects, a history that needs none is the
 * same array, and to mend a mended history changes nothing.
 *
 * **Gotcha:** Tools and misplaced system messages are never mended, only reported in `unmended`. So is signed thinking
 * behind a change (`thinking_prefix_changed`): newer models bind it to all that is before it. It is left as it is, for
 * older models take it; for newer ones, send `thinking.block_binding` or begin anew.
 *
 * @param tools The tools of the request; `[]` says that there are none.
 * @example
 * ```ts
 * import { converse } from 'rxclaude';
 * import { mendHistory } from 'rxclaude/history';
 * import type { ClaudeClient, ClaudeRequest } from 'rxclaude';
 *
 * declare const client: ClaudeClient;
 * declare const stored: ClaudeRequest;
 *
 * const { messages, changes, unmended } = mendHistory(stored.messages, stored.tools);
 * for (const { path, text } of changes) console.warn(path, text);
 * if (unmended.length === 0) converse(client, { ...stored, messages }).subscribe();
 * ```
 * @see {@link checkHistory}
 */
export function mendHistory<Message extends HistoryMessage>(
  messages: readonly Message[],
  tools?: readonly ToolEntry[],
): MendedHistory<Message> {
  const definitions = toolDefinitions(tools);
  const changes: HistoryChange[] = [];
  const drafts = mendDrafts(messages, definitions, (change) => changes.push(change));
  const mended = changes.length === 0 ? messages : (drafts.map(toMessage) as unknown[] as Message[]);
  const check = createUnmendedCheck(definitions);
  const unmended = [...check.add(mended), ...check.end(), ...changedPrefixes(drafts)];
  return { messages: mended, changes: changes.sort(byPlace), unmended };
}

/**
 * Each step leaves the history right for those after it, so one run is enough: with blocks that are right in themselves
 * and messages that say something, it is certain what follows a call; with ids of their own, what belongs to it; and
 * with the server's tools settled, which calls want a result. What they leave empty is dropped in the end, and with it
 * nothing that belongs to anything else.
 */
function mendDrafts(messages: unknown, definitions: readonly Fields[] | undefined, report: Report): readonly Draft[] {
  if (!Array.isArray(messages)) return [];
  const whole = dropEmpty(draftHistory(messages, report), report);
  const settled = mendServerTools(mendIds(whole, report), definitions, report);
  const paired = dropEmpty(mendPairs(settled, report), report);
  return dropCacheMarks(paired, definitions ?? [], report);
}

function byPlace(one: HistoryChange, other: HistoryChange): number {
  return one.message - other.message || (one.block ?? -1) - (other.block ?? -1);
}

/**
 * Drops messages that say nothing, and thinking at the end of a turn of Claude's.
 *
 * It goes from the last message to the first, for what is dropped may show the end of the turn before it.
 */
function dropEmpty(drafts: readonly Draft[], report: Report): Draft[] {
  const kept: Draft[] = [];
  let turnGoesOn = false;
  for (const draft of [...drafts].reverse()) {
    const ended = turnGoesOn ? draft : withoutFinalThinking(draft, report);
    if (saysNothing(ended)) {
      if (ended.original !== undefined)
        reportMessage(report, ended.original.index, 'message_removed', 'Removed a message that says nothing.');
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
    reportBlock(report, cell, 'thinking_removed', 'Removed thinking at the end of a turn.');
  }
  return withCells(draft, draft.cells.slice(0, end));
}

/** Claude may say nothing at all, as long as that is how it was. */
function saysNothing({ role, cells, original }: Draft): boolean {
  if (isBlank(cells.map(({ block }) => block))) return true;
  if (role === 'user') return cells.every(({ block }) => isEmptyText(block));
  return cells.length === 0 && original?.cells.length !== 0;
}

/**
 * The thinking that stands behind a change. It is bound to the very messages before it, so newer models refuse it there,
 * or drop it; it is left as it is.
 */
function changedPrefixes(drafts: readonly Draft[]): HistoryDefect[] {
  const found: HistoryDefect[] = [];
  let order = 0;
  let isChanged = false;
  for (const [message, { cells }] of drafts.entries()) {
    for (const [at, { block, origin, isChanged: isNew }] of cells.entries()) {
      // Blocks before this one were dropped, added or moved.
      if (origin?.order !== order++) isChanged = true;
      if (isChanged && isThinking(block)) found.push(changedPrefix(block.type, message, at));
      if (isNew) isChanged = true;
    }
  }
  return found;
}

function changedPrefix(type: string, message: number, block: number): HistoryDefect {
  const words =
    `Invalid \`signature\` in \`${type}\` block. The block is bound to a different conversation. ` +
    'Remove the block, or set `thinking.block_binding.prefix_mismatch_behavior` to "drop_block".';
  return flawDefect({ code: 'thinking_prefix_changed', field: '', words }, message, block);
}
