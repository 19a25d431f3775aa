import type { MessageParam } from '@anthropic-ai/sdk/resources/messages/messages';
import { HistoryError, type HistoryDefect } from '../errors/HistoryError.js';
import type { HistoryChange } from '../events/HistoryChange.js';
import type { RoundRequest } from '../events/RoundRequest.js';
import { deepFreeze } from '../values/deepFreeze.js';
import { createOwnIds } from './createOwnIds.js';
import { createHistoryCheck } from '../history/createHistoryCheck.js';
import { mendHistory } from '../history/mendHistory.js';

/** What is done with a history that the API would refuse: mend it, fail with it, or send it all the same. */
export type InvalidHistory = (typeof INVALID_HISTORY)[number];

export const INVALID_HISTORY = ['mend', 'error', 'ignore'] as const;

/** A request that may be sent. */
export interface Admitted {
  readonly request: RoundRequest;
  /** What was changed in its history. */
  readonly mended?: readonly HistoryChange[];
  /** What could not be mended safely, and is left to the API. */
  readonly unmended?: readonly HistoryDefect[];
}

/** Stands before the requests of one conversation. */
export interface HistoryGuard {
  /**
   * Looks at what is new in the history of a request.
   *
   * @throws HistoryError when the API would refuse it and it is not to be mended, or cannot be.
   */
  admit(request: RoundRequest): Admitted;
  /** The history that is left at the end, as the API accepts it. */
  leave(messages: readonly MessageParam[]): MessageParam[];
}

/**
 * What is no defect in Claude's own words, which are sent back as they came: a field that is newer than this library, a
 * thought behind a pause or a call, and a call of a tool that nobody gave.
 */
const OWN_WORDS: readonly HistoryDefect['code'][] = ['extra_field', 'final_thinking', 'missing_tools'];

/** Makes the guard of one conversation, whose history only grows and whose tools stay the same. */
export function createHistoryGuard(invalidHistory: InvalidHistory, tools: RoundRequest['tools'] = []): HistoryGuard {
  const ids = createOwnIds();
  let check = createHistoryCheck(tools);
  let seen = 0;
  /** Whether what comes now are Claude's own words. */
  let begun = false;

  const defectsOf = (messages: readonly MessageParam[]): HistoryDefect[] => {
    const defects = [...check.add(messages.slice(seen)), ...check.end()];
    seen = messages.length;
    return begun ? defects.filter(({ code }) => !OWN_WORDS.includes(code)) : defects;
  };
  const defectsOfAll = (messages: readonly MessageParam[]): HistoryDefect[] => {
    check = createHistoryCheck(tools);
    seen = 0;
    return defectsOf(messages);
  };
  const refuse = (defects: readonly HistoryDefect[]): void => {
    if (defects.length > 0) throw new HistoryError(defects);
  };

  return {
    admit(request) {
      if (invalidHistory === 'ignore') return { request };
      const changes: HistoryChange[] = [];
      const report = (change: HistoryChange): void => {
        changes.push(change);
      };
      const own = begun && invalidHistory === 'mend' ? ids.rename(request.messages, seen, report) : request.messages;
      const defects = defectsOf(own);
      if (invalidHistory === 'error') refuse(defects);
      const mended = defects.length === 0 ? { messages: own, changes: [], unmended: [] } : mendHistory(own, tools);
      if (defects.length > 0) refuse(defectsOfAll(mended.messages));
      refuse(defectsAtTheDoor(own, mended.messages));
      if (!begun) ids.rename(mended.messages, 0, report);
      begun = true;
      changes.push(...mended.changes);
      if (changes.length === 0) return { request };
      const { unmended } = mended;
      return {
        request: { ...request, messages: deepFreeze(mended.messages) },
        mended: changes,
        ...(unmended.length > 0 && { unmended }),
      };
    },
    leave(messages) {
      if (invalidHistory === 'ignore') return [...messages];
      const own = ids.rename(messages, Math.min(seen, messages.length), ignore);
      return [...deepFreeze(defectsOfAll(own).length === 0 ? own : mendHistory(own, tools).messages)];
    },
  };
}

/** What the API refuses of a request whose history is right in itself: to mend it may have left nothing to answer. */
function defectsAtTheDoor(before: readonly MessageParam[], after: readonly MessageParam[]): HistoryDefect[] {
  const last = after.at(-1);
  if (last === undefined) return [toDefect('empty_history', 'messages', EMPTY)];
  if (last.role !== 'assistant' || before.at(-1)?.role === 'assistant') return [];
  return [toDefect('assistant_prefill', `messages.${String(after.length - 1)}`, PREFILL)];
}

const EMPTY = 'messages: at least one message is required';
const PREFILL = 'This model does not support assistant message prefill. The conversation must end with a user message.';

function toDefect(code: HistoryDefect['code'], path: string, wording: string): HistoryDefect {
  return { code, path, message: undefined, block: undefined, wording };
}

function ignore(): void {
  // Whoever goes on with the history sees the ids in it.
}
