import type { MessageParam } from '@anthropic-ai/sdk/resources/messages/messages';
import { historyError } from '../errors/failures.js';
import type { HistoryDefect } from '../errors/HistoryDefect.js';
import type { HistoryChange } from '../events/HistoryChange.js';
import type { RoundRequest } from '../events/RoundRequest.js';
import { cacheMarks, dropCacheMarks } from './cacheMarks.js';
import { toolDefinitions } from './checkTools.js';
import { extraDefects } from './createCheck.js';
import { toMessage, type Draft, type Report } from './Draft.js';
import { draftHistory } from './draftHistory.js';
import type { AdmittedRequest, HistoryPolicy } from './HistoryPolicy.js';
import { mendHistory, type MendedHistory } from './mendHistory.js';
import { mendPairs } from './mendPairs.js';
import { createOwnIds, samePrefix } from './ownIds.js';
import { readMessage } from './readMessage.js';

/** What is left to the API: a field may be newer than this library, and older models take thinking after a change. */
const LEFT_TO_THE_API: readonly HistoryDefect['code'][] = ['extra_field', 'malformed_tool', 'thinking_prefix_changed'];

/**
 * Mends what the API would refuse. What `converse` does unless it is given another policy.
 *
 * Before the first request it mends the whole history by the rules of {@link mendHistory}. From then on, Claude's replies go
 * back as they came, except for an id that the history has already, and only the results of tools are mended. `round_start`
 * tells the changes in `mended`, and in `unmended` what is left to the API.
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
    const giveOwnIds = createOwnIds();
    /** The messages as they were admitted last; `undefined` before the first request. */
    let last: readonly MessageParam[] | undefined;

    const mendGiven = (messages: readonly MessageParam[]): MendedHistory<MessageParam> => {
      const mended = mendHistory(messages, tools);
      const refused = mended.unmended.filter(({ code }) => !LEFT_TO_THE_API.includes(code));
      const defects = [...refused, ...defectsAtTheDoor(messages, mended.messages)];
      if (defects.length > 0) throw historyError(defects);
      // No id is in it twice: this takes note of those that there are.
      giveOwnIds(mended.messages, ignore);
      return mended;
    };
    const mendNew = (
      messages: readonly MessageParam[],
      before: readonly MessageParam[],
    ): MendedHistory<MessageParam> => {
      const changes: HistoryChange[] = [];
      const report: Report = (change) => changes.push(change);
      return { ...mendAnswers(giveOwnIds(messages, report), samePrefix(before, messages), tools, report), changes };
    };

    return {
      admit(request) {
        const { messages } = request;
        const mended = last === undefined ? mendGiven(messages) : mendNew(messages, last);
        last = mended.messages;
        return toAdmitted(request, mended);
      },
      leave(messages) {
        if (last === undefined) return mendHistory(messages, tools).messages;
        const named = giveOwnIds(messages, ignore);
        const { messages: mended, changes } = mendHistory(named, tools);
        return changes.every(isOfOwnWords) ? named : mended;
      },
    };
  };
}

/** Whether a change concerns what Claude may write: it alone is no reason to change the history that a conversation leaves. */
function isOfOwnWords({ code }: HistoryChange): boolean {
  return code === 'field_removed' || code === 'thinking_removed';
}

function toAdmitted(
  request: RoundRequest,
  { messages, changes, unmended }: MendedHistory<MessageParam>,
): AdmittedRequest {
  return {
    request: messages === request.messages ? request : { ...request, messages },
    ...(changes.length > 0 && { mended: changes }),
    ...(unmended.length > 0 && { unmended }),
  };
}

/** Mends what came after Claude's words from an index on, which stay as they are. */
function mendAnswers(
  messages: readonly MessageParam[],
  from: number,
  tools: RoundRequest['tools'],
  report: Report,
): Omit<MendedHistory<MessageParam>, 'changes'> {
  // The calls that the first of them may answer.
  const start = messages[from - 1]?.role === 'assistant' ? from - 1 : from;
  const drafts = mendPairs(
    draftHistory(messages.slice(start), report, start, (role) => role === 'assistant'),
    report,
  );
  const answers = drafts.map(toMessage) as unknown[] as MessageParam[];
  const isSame = answers.length === messages.length - start && answers.every((one, at) => one === messages[start + at]);
  const mended = isSame ? messages : [...messages.slice(0, start), ...answers];
  const unmended = answers.flatMap((message, at) =>
    message.role === 'assistant' ? [] : extraDefects(readMessage(message, start + at)),
  );
  return {
    messages: drafts.some(hasCacheMarks) ? withFewerMarks(mended, tools, report) : mended,
    unmended,
  };
}

function hasCacheMarks({ cells }: Draft): boolean {
  return cells.some(({ block }) => cacheMarks(block) > 0);
}

function withFewerMarks(
  messages: readonly MessageParam[],
  tools: RoundRequest['tools'],
  report: Report,
): readonly MessageParam[] {
  const drafts = draftHistory(messages, report, 0, () => true);
  return dropCacheMarks(drafts, toolDefinitions(tools) ?? [], report).map(toMessage) as unknown[] as MessageParam[];
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
