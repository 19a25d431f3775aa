import type { MessageParam } from '@anthropic-ai/sdk/resources/messages/messages';
import { HistoryError, type HistoryDefect } from '../errors/HistoryError.js';
import type { HistoryChange } from '../events/HistoryChange.js';
import type { RoundRequest } from '../events/RoundRequest.js';
import { createHistoryCheck } from './history/createHistoryCheck.js';
import { mendHistory } from './history/mendHistory.js';

/** What is done with a history that the API would refuse: mend it, fail with it, or send it all the same. */
export type InvalidHistory = 'mend' | 'error' | 'ignore';

/** Stands before the requests of one conversation. */
export interface HistoryGuard {
  /**
   * The request as it may be sent. Only what is new in its history is looked at.
   *
   * @throws HistoryError when the API would refuse it and it is not to be mended, or cannot be.
   */
  admit(request: RoundRequest): { readonly request: RoundRequest; readonly mended?: readonly HistoryChange[] };
  /** The history that is left at the end, as the API accepts it. */
  leave(messages: readonly MessageParam[]): MessageParam[];
}

/**
 * What is left alone in Claude's own words, which are sent back as they came: a field that is newer than this library, and
 * an id that Claude used before. The API gives none twice; the fakes of tests do.
 */
const OWN_WORDS: readonly HistoryDefect['code'][] = ['extra_field', 'duplicate_tool_use_id'];

/** Makes the guard of one conversation, whose history only grows. */
export function createHistoryGuard(invalidHistory: InvalidHistory): HistoryGuard {
  let check = createHistoryCheck();
  let seen = 0;
  /** Whether the history that the conversation began with has been looked at. */
  let begun = false;

  const defectsOf = (messages: readonly MessageParam[]): HistoryDefect[] => {
    const defects = [...check.add(messages.slice(seen)), ...check.end()];
    seen = messages.length;
    return begun ? defects.filter(({ code }) => !OWN_WORDS.includes(code)) : defects;
  };
  const startAnew = (): void => {
    check = createHistoryCheck();
    seen = 0;
  };
  const refuse = (defects: readonly HistoryDefect[]): void => {
    if (defects.length > 0) throw new HistoryError(defects);
  };

  return {
    admit(request) {
      if (invalidHistory === 'ignore') return { request };
      const defects = defectsOf(request.messages);
      begun = true;
      if (defects.length === 0) return { request };
      if (invalidHistory === 'error') refuse(defects);
      const { messages, changes } = mendHistory(request.messages, request.tools);
      startAnew();
      refuse(defectsOf(messages));
      return { request: { ...request, messages: Object.freeze(messages) }, mended: changes };
    },
    leave(messages) {
      if (invalidHistory === 'ignore') return [...messages];
      startAnew();
      return [...(defectsOf(messages).length === 0 ? messages : mendHistory(messages).messages)];
    },
  };
}
