import type { HistoryDefect } from '../errors/HistoryDefect.js';
import type { HistoryChange } from '../events/HistoryChange.js';
import { isBlank, isEmptyText, isThinking, type Block, type Fields } from '../rules/blocks.js';
import { dropCacheMarks, markedTools } from './cacheMarks.js';
import { checkTools, createToolNeed } from './checkTools.js';
import { createRenamer } from './createRenamer.js';
import { createSystems } from './createSystems.js';
import { blockDefect, extraDefects } from './defects.js';
import { mapCells, reportTo, seenDraft, toMessage, withBlock, type Draft, type Report } from './Draft.js';
import { draftHistory } from './draftHistory.js';
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
 * Mends a history whose values can be read without an error.
 *
 * @param definitions The tools that are sent; `undefined` when they are not known.
 */
export function mend<Message>(
  messages: readonly Message[],
  definitions: readonly Fields[] | undefined,
): MendedHistory<Message> {
  const changes: HistoryChange[] = [];
  const drafts = mendDrafts(messages, definitions, reportTo(changes));
  const unmended = unmendedIn(drafts, definitions);
  if (changes.length === 0) return { messages, changes, unmended };
  unmended.push(...changedPrefixes(drafts));
  return { messages: drafts.map(toMessage) as unknown[] as Message[], changes: changes.sort(byPlace), unmended };
}

/**
 * Each step relies on those before it, so one run is enough. With valid blocks and no empty messages, it is certain what
 * follows a call; with ids of their own, what belongs to it; and with the server's tools settled, which calls need a
 * result. What these steps leave empty is dropped at the end, and nothing else depends on it.
 */
function mendDrafts(
  messages: readonly unknown[],
  definitions: readonly Fields[] | undefined,
  report: Report,
): readonly Draft[] {
  const whole = dropEmpty(draftHistory(messages, report), report);
  const settled = mendServerTools(mendIds(whole, report), definitions, report);
  const paired = dropEmpty(mendPairs(settled, report), report);
  return dropCacheMarks(paired, definitions ?? [], report);
}

function byPlace(one: HistoryChange, other: HistoryChange): number {
  return one.message - other.message || (one.block ?? -1) - (other.block ?? -1);
}

/**
 * Drops messages that say nothing, and thinking at the end of Claude's turns.
 *
 * It goes from the last message to the first: a message that is dropped may leave thinking at the end of a turn before it.
 */
function dropEmpty(drafts: readonly Draft[], report: Report): Draft[] {
  const kept: Draft[] = [];
  let turnGoesOn = false;
  for (const draft of [...drafts].reverse()) {
    const ended: Draft = turnGoesOn ? draft : withoutFinalThinking(draft, report);
    if (saysNothing(ended)) {
      report('message_removed', ended.origin);
      continue;
    }
    turnGoesOn = ended.role === 'assistant' && (turnGoesOn || ended.cells.length > 0);
    kept.push(ended);
  }
  return kept.reverse();
}

function withoutFinalThinking(draft: Draft, report: Report): Draft {
  if (draft.role !== 'assistant') return draft;
  const end = draft.cells.findLastIndex(({ block }) => !isThinking(block));
  return mapCells(draft, report, (cell, index) => (index > end ? 'thinking_removed' : cell));
}

/** An empty message of Claude's may stay if it was empty before. */
function saysNothing({ role, cells, before }: Draft): boolean {
  const blocks = cells.map(({ block }) => block);
  if (isBlank(blocks)) return true;
  if (role === 'user') return blocks.every(isEmptyText);
  return cells.length === 0 && before.length > 0;
}

/**
 * Gives each call an id of its own, of the characters that the API takes, and its results the same. The second of two
 * calls with one id in one message is dropped. A new id is not used anywhere in the history.
 */
function mendIds(drafts: readonly Draft[], report: Report): Draft[] {
  const taken = drafts.flatMap(({ cells }) => cells.flatMap(({ block }) => [block['id'], block['tool_use_id']]));
  const rename = createRenamer(validId, new Set(taken));
  return drafts.map((draft) => {
    const here = new Set<string>();
    return mapCells(draft, report, (cell) => {
      const block = rename(cell.block, here);
      return block === undefined ? 'call_removed' : withBlock(cell, block, 'id_renamed', report);
    });
  });
}

/** The id in characters that the API takes. Those of calls to MCP servers are not known. */
function validId(id: string, { type }: Block): string {
  if (type === 'tool_use') return id.replace(/[^\w-]/g, '_') || 'toolu';
  return type === 'mcp_tool_use' ? id : `srvtoolu_${id.replace(/^srvtoolu_/, '').replace(/\W/g, '_') || 'call'}`;
}

/**
 * The thinking after a change. It is bound to the messages before it, so newer models refuse or drop it. It is left as it
 * is.
 */
function changedPrefixes(drafts: readonly Draft[]): HistoryDefect[] {
  const found: HistoryDefect[] = [];
  let order = 0;
  let isChanged = false;
  for (const [message, { cells }] of drafts.entries()) {
    for (const [at, { block, origin, isChanged: isNew }] of cells.entries()) {
      // Blocks before this one were dropped, added or moved.
      if (origin?.[2] !== order++) isChanged = true;
      if (isChanged && isThinking(block))
        found.push(blockDefect('thinking_prefix_changed', message, at, boundElsewhere(block.type)));
      if (isNew) isChanged = true;
    }
  }
  return found;
}

function boundElsewhere(type: string): string {
  return (
    `Invalid \`signature\` in \`${type}\` block. The block is bound to a different conversation. ` +
    'Remove the block, or set `thinking.block_binding.prefix_mismatch_behavior` to "drop_block".'
  );
}

/** What is wrong and never mended: tools, the place of system messages, and fields that may be newer than this library. */
function unmendedIn(drafts: readonly Draft[], definitions: readonly Fields[] | undefined): HistoryDefect[] {
  const found = checkTools(definitions ?? []);
  const followers = [createToolNeed(definitions), createSystems()];
  for (const [index, draft] of drafts.entries()) {
    const message = seenDraft(draft, index);
    found.push(...extraDefects(message), ...followers.flatMap((follower) => follower.take(message)));
  }
  return [...found, ...markedTools(definitions ?? [])];
}
