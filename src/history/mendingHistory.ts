import type { MessageParam } from '@anthropic-ai/sdk/resources/messages/messages';
import { historyError } from '../errors/failures.js';
import type { HistoryDefect } from '../errors/HistoryDefect.js';
import type { HistoryChange } from '../events/HistoryChange.js';
import type { Fields } from '../rules/blocks.js';
import { toolDefinitions } from './checkTools.js';
import { cacheMarks } from './createCacheMarks.js';
import { toMessage, type Report } from './Draft.js';
import { draftHistory } from './draftHistory.js';
import { dropCacheMarks } from './dropCacheMarks.js';
import type { AdmittedRequest, HistoryPolicy } from './HistoryPolicy.js';
import { mendHistory } from './mendHistory.js';
import { mendPairs } from './mendPairs.js';
import { createOwnIds, samePrefix } from './ownIds.js';

/** What is left to the API: it may take it, or a setting of the request may make it do so. */
const LEFT_TO_THE_API: readonly HistoryDefect['code'][] = ['thinking_prefix_changed'];

/**
 * Mends what the API would refuse. What `converse` does when it is told nothing else.
 *
 * Before the first request the whole history is mended by the rules of {@link mendHistory}. After that, Claude's replies go
 * back as they came, but for an id that the history has already; the results of tools are mended. `round_start` tells the
 * changes in `mended`, and what is left to the API in `unmended`.
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
  return (tools = []) => {
    const definitions = toolDefinitions(tools) ?? [];
    const giveOwnIds = createOwnIds();
    /** The messages as they were admitted last; `undefined` before the first request. */
    let last: readonly MessageParam[] | undefined;

    const mendNew = (messages: readonly MessageParam[], before: readonly MessageParam[], report: Report) => {
      const from = samePrefix(before, messages);
      return mendAnswers(giveOwnIds(messages, report), from, definitions, report);
    };
    const admitted = (
      before: AdmittedRequest['request'],
      messages: readonly MessageParam[],
      mended: readonly HistoryChange[],
      unmended: readonly HistoryDefect[],
    ): AdmittedRequest => {
      last = messages;
      return {
        request: messages === before.messages ? before : { ...before, messages },
        ...(mended.length > 0 && { mended }),
        ...(unmended.length > 0 && { unmended }),
      };
    };

    return {
      admit(request) {
        if (last !== undefined) {
          const changes: HistoryChange[] = [];
          const messages = mendNew(request.messages, last, (change) => changes.push(change));
          return admitted(request, messages, changes, []);
        }
        const { messages, changes, unmended } = mendHistory(request.messages, tools);
        const refused = unmended.filter(({ code }) => !LEFT_TO_THE_API.includes(code));
        const defects = [...refused, ...defectsAtTheDoor(request.messages, messages)];
        if (defects.length > 0) throw historyError(defects);
        // A mended history has no id twice: this takes note of those that there are.
        giveOwnIds(messages, ignore);
        return admitted(request, messages, changes, unmended);
      },
      leave: (messages) =>
        last === undefined ? mendHistory(messages, tools).messages : mendNew(messages, last, ignore),
    };
  };
}

/** Mends what came after Claude's words from an index on, which stay as they are. */
function mendAnswers(
  messages: readonly MessageParam[],
  from: number,
  definitions: readonly Fields[],
  report: Report,
): readonly MessageParam[] {
  // The calls that the first of them may answer.
  const start = messages[from - 1]?.role === 'assistant' ? from - 1 : from;
  const drafts = mendPairs(
    draftHistory(messages.slice(start), report, start, (role) => role === 'assistant'),
    report,
  );
  const answered = [...messages.slice(0, start), ...(drafts.map(toMessage) as unknown[] as MessageParam[])];
  const isSame = answered.length === messages.length && answered.every((message, at) => message === messages[at]);
  const mended = isSame ? messages : answered;
  if (!drafts.some(({ cells }) => cells.some(({ block }) => cacheMarks(block) > 0))) return mended;
  const marked = draftHistory(mended, report, 0, () => true);
  return dropCacheMarks(marked, definitions, report).map(toMessage) as unknown[] as MessageParam[];
}

/** What the API refuses of a request whose history is right in itself: to mend it may have left nothing to answer. */
function defectsAtTheDoor(before: readonly MessageParam[], after: readonly MessageParam[]): HistoryDefect[] {
  const last = after.at(-1);
  if (last === undefined) return [{ code: 'empty_history', path: 'messages', wording: EMPTY }];
  if (last.role !== 'assistant' || before.at(-1)?.role === 'assistant') return [];
  return [{ code: 'assistant_prefill', path: `messages.${String(after.length - 1)}`, wording: PREFILL }];
}

const EMPTY = 'messages: at least one message is required';
const PREFILL = 'This model does not support assistant message prefill. The conversation must end with a user message.';

function ignore(): void {
  // No event tells of it.
}
