import type { MessageParam } from '@anthropic-ai/sdk/resources/messages/messages';
import { historyError } from '../errors/failures.js';
import type { HistoryDefect } from '../errors/HistoryDefect.js';
import type { HistoryChange } from '../events/HistoryChange.js';
import type { Fields, Role } from '../rules/blocks.js';
import { isSameList } from '../values/isSameList.js';
import { samePrefix } from '../values/samePrefix.js';
import { cacheMarks, dropCacheMarks } from './cacheMarks.js';
import { extraDefects, pathOf } from './defects.js';
import { reportTo, seenDraft, toMessage, type Draft, type Report } from './Draft.js';
import { draftHistory } from './draftHistory.js';
import type { HistoryPolicy } from './HistoryPolicy.js';
import { mend, type MendedHistory } from './mend.js';
import { mendPairs } from './mendPairs.js';
import { createOwnIds } from './ownIds.js';

/** What is left to the API: a field may be newer than this library, and older models take thinking after a change. */
const LEFT_TO_THE_API: readonly HistoryDefect['code'][] = ['extra_field', 'malformed_tool', 'thinking_prefix_changed'];

/**
 * Mends what the API would refuse. The default of `converse`.
 *
 * Before the first request it mends the whole history by the rules of {@link mendHistory}. From then on, Claude's replies go
 * back as they came, except for an id that the history has already, and only the results of tools are mended. `round_start`
 * has the changes in `mended`, and in `unmended` what is left to the API.
 *
 * @returns A policy for the `history` of `converse` or `resumeConversation`. It throws a `HistoryError` when the API
 * would refuse what cannot be mended, such as a tool without a name, or when nothing is left to answer.
 * @example
 * ```ts
 * import { resumeConversation } from 'rxclaude';
 * import { mendingHistory } from 'rxclaude/history';
 * import type { Round } from 'rxclaude';
 *
 * declare const round: Round;
 *
 * const operator = resumeConversation(round, { history: mendingHistory() });
 * ```
 * @see {@link strictHistory}, {@link asIs}
 */
export function mendingHistory(): HistoryPolicy {
  return (tools) => {
    const definitions = (tools ?? []) as unknown as readonly Fields[];
    const giveOwnIds = createOwnIds();
    /** The messages as they were admitted last; `undefined` before the first request. */
    let last: readonly MessageParam[] | undefined;

    const mendGiven = (messages: readonly MessageParam[]): Mended => {
      const mended = mend(messages, definitions);
      const refused = mended.unmended.filter(({ code }) => !LEFT_TO_THE_API.includes(code));
      const defects = [...refused, ...defectsAtTheDoor(messages, mended.messages)];
      if (defects.length > 0) throw historyError(defects);
      // Each id is there once: this only takes note of them.
      giveOwnIds(mended.messages);
      return mended;
    };
    const mendNew = (messages: readonly MessageParam[], before: readonly MessageParam[]): Mended => {
      const changes: HistoryChange[] = [];
      const report = reportTo(changes);
      const named = giveOwnIds(messages, changes);
      const from = samePrefix(before, messages);
      // The first new message may answer calls of the one before it.
      const start = messages[from - 1]?.role === 'assistant' ? from - 1 : from;
      const added = named.slice(start);
      const drafts = mendPairs(draftHistory(added, report, start, isClaude), report);
      const paired: readonly unknown[] = drafts.map(toMessage);
      const mended = isSameList(paired, added) ? named : [...named.slice(0, start), ...(paired as MessageParam[])];
      return {
        messages: drafts.some(isMarked) ? withFewerMarks(mended, report) : mended,
        changes,
        unmended: drafts.flatMap((draft, at) =>
          isClaude(draft.role) ? [] : extraDefects(seenDraft(draft, start + at)),
        ),
      };
    };
    const withFewerMarks = (messages: readonly MessageParam[], report: Report): readonly MessageParam[] => {
      const drafts = draftHistory(messages, report, 0, () => true);
      return dropCacheMarks(drafts, definitions, report).map(toMessage) as unknown[] as MessageParam[];
    };

    return {
      admit(request) {
        const { messages } = request;
        const mended = last === undefined ? mendGiven(messages) : mendNew(messages, last);
        last = mended.messages;
        return { request: { ...request, messages: last }, mended: mended.changes, unmended: mended.unmended };
      },
      leave(messages) {
        if (last === undefined) return mend(messages, definitions).messages;
        const named = giveOwnIds(messages);
        const { messages: mended, changes } = mend(named, definitions);
        return changes.every(isOfOwnWords) ? named : mended;
      },
    };
  };
}

type Mended = MendedHistory<MessageParam>;

/** Whether a change is about what Claude itself may write. Alone, it is no reason to change what a conversation leaves. */
function isOfOwnWords({ code }: HistoryChange): boolean {
  return code === 'field_removed' || code === 'thinking_removed';
}

function isClaude(role: Role): boolean {
  return role === 'assistant';
}

function isMarked({ cells }: Draft): boolean {
  return cells.some(({ block }) => cacheMarks(block) > 0);
}

/** What the API refuses of a request whose history is right in itself: to mend it may have left nothing to answer. */
function defectsAtTheDoor(before: readonly MessageParam[], after: readonly MessageParam[]): HistoryDefect[] {
  const last = after.at(-1);
  if (last === undefined) return [{ code: 'empty_history', path: 'messages', wording: EMPTY }];
  if (last.role !== 'assistant' || before.at(-1)?.role === 'assistant') return [];
  return [{ code: 'assistant_prefill', path: pathOf(after.length - 1), wording: PREFILL }];
}

const EMPTY = 'messages: at least one message is required';
const PREFILL = 'This model does not support assistant message prefill. The conversation must end with a user message.';
