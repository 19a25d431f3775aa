import type { MessageParam } from '@anthropic-ai/sdk/resources/messages/messages';
import { historyError } from '../errors/failures.js';
import type { HistoryDefect } from '../errors/HistoryDefect.js';
import { createHistoryCheck } from './checkHistory.js';
import type { HistoryPolicy } from './HistoryPolicy.js';
import { samePrefix } from '../values/samePrefix.js';
import { mendingHistory } from './mendingHistory.js';

/**
 * Fails with a `HistoryError` before anything is sent that the API would refuse, and changes nothing in a request.
 *
 * Claude's replies go back as they came: a field that is newer than this library, a thought at the end of a reply that
 * goes on, and a call of an unknown tool are not defects in them. The history that a conversation leaves is mended,
 * so that it can be sent again.
 *
 * @returns A policy for the `history` of `converse` or `resumeConversation`.
 * @example
 * ```ts
 * import { converse } from 'rxclaude';
 * import { strictHistory } from 'rxclaude/history';
 * import type { ClaudeClient, ClaudeRequest } from 'rxclaude';
 *
 * declare const client: ClaudeClient;
 * declare const request: ClaudeRequest;
 *
 * converse(client, request, { history: strictHistory() }).subscribe();
 * ```
 * @see {@link mendingHistory}, {@link asIs}
 */
export function strictHistory(): HistoryPolicy {
  return (tools = []) => {
    const mending = mendingHistory()(tools);
    let check = createHistoryCheck(tools);
    let last: readonly MessageParam[] | undefined;

    /** What is wrong with a history that begins with the messages seen last, or with another one. */
    const defectsOf = (messages: readonly MessageParam[]): HistoryDefect[] => {
      const before = last ?? [];
      const isLonger = samePrefix(before, messages) === before.length;
      if (!isLonger) check = createHistoryCheck(tools);
      const defects = [...check.take(messages.slice(isLonger ? before.length : 0)), ...check.end()];
      return last === undefined ? defects : defects.filter(({ code }) => !OWN_WORDS.includes(code));
    };

    return {
      admit(request) {
        const defects = defectsOf(request.messages);
        if (defects.length > 0) throw historyError(defects);
        last = request.messages;
        return mending.admit(request);
      },
      leave: (messages) => mending.leave(messages),
    };
  };
}

/** What is not a defect in Claude's own words. */
const OWN_WORDS: readonly HistoryDefect['code'][] = ['extra_field', 'final_thinking', 'missing_tools'];
