import type { HistoryDefect } from '../errors/HistoryDefect.js';
import type { HistoryChange } from '../events/HistoryChange.js';
import type { ToolEntry } from '../tools/Tool.js';
import type { Fields } from '../rules/blocks.js';
import { changedPrefixes } from './changedPrefixes.js';
import { checkHistory } from './checkHistory.js';
import { toolDefinitions } from './checkTools.js';
import { toMessage, type Draft, type Report } from './Draft.js';
import { draftHistory } from './draftHistory.js';
import { dropCacheMarks } from './dropCacheMarks.js';
import { dropEmpty } from './dropEmpty.js';
import type { HistoryMessage } from './HistoryMessage.js';
import { mendIds } from './mendIds.js';
import { mendPairs } from './mendPairs.js';
import { mendServerTools } from './mendServerTools.js';

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
  const defects = checkHistory(messages, tools);
  const changes: HistoryChange[] = [];
  const drafts =
    defects.length === 0 ? [] : mendDrafts(messages, toolDefinitions(tools), (change) => changes.push(change));
  if (changes.length === 0) return { messages, changes, unmended: defects };
  const mended = drafts.map(toMessage) as unknown[] as Message[];
  const unmended = [...checkHistory(mended, tools), ...changedPrefixes(drafts)];
  return { messages: mended, changes: changes.sort(byPlace), unmended };
}

/**
 * Each step leaves the history right for those behind it, so one run is enough: with blocks that are right in themselves
 * and messages that say something, it is certain what stands behind a call; with ids of their own, what belongs to it; and
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
