import type { HistoryDefect } from '../errors/HistoryDefect.js';
import type { ToolEntry } from '../tools/Tool.js';
import { blockFlaws } from './blockFlaws.js';
import { checkTools, toolDefinitions } from './checkTools.js';
import { createCacheMarks } from './createCacheMarks.js';
import { createCallPairs } from './createCallPairs.js';
import { createServerPairs } from './createServerPairs.js';
import { createToolNeed } from './createToolNeed.js';
import { createTurns } from './createTurns.js';
import { flawDefect, messageDefect, toolsDefect } from './Flaw.js';
import type { Follower } from './Follower.js';
import type { HistoryMessage } from './HistoryMessage.js';
import { isBlank } from '../rules/blocks.js';
import { NO_BLOCK, readMessage, type SeenMessage } from './readMessage.js';

/** Checks a history that grows: each message is looked at once, when it is added. */
export interface HistoryCheck {
  /** Takes the messages behind those seen before. @returns The defects that they make certain. */
  add(messages: readonly HistoryMessage[]): HistoryDefect[];
  /** What is wrong if the history ends here, such as calls without a result. Changes nothing. */
  end(): HistoryDefect[];
}

/**
 * Makes a check that has seen nothing yet. It keeps the ids of all calls and what is open, and no message.
 *
 * @param tools The tools that go with the history; without them, the rules that need them are left out.
 */
export function createHistoryCheck(tools?: readonly ToolEntry[]): HistoryCheck {
  const definitions = toolDefinitions(tools);
  const followers: readonly Follower[] = [
    createToolNeed(definitions),
    createCallPairs(),
    createServerPairs(definitions),
    createTurns(),
    createCacheMarks(definitions),
  ];
  let ofTools = definitions === undefined ? [] : checkTools(definitions);
  let index = 0;

  return {
    add(messages) {
      const found = isList(messages) ? ofTools : [...ofTools, NO_LIST];
      ofTools = [];
      for (const value of isList(messages) ? messages : []) {
        const message = readMessage(value, index++);
        for (const defect of ownDefects(message)) found.push(defect);
        for (const follower of followers) for (const defect of follower.see(message)) found.push(defect);
      }
      return found;
    },
    end: () => followers.flatMap((follower) => follower.end()),
  };
}

const NO_LIST = toolsDefect('malformed_message', 'messages', 'messages: Input should be a valid list');

function isList(value: unknown): boolean {
  return Array.isArray(value);
}

/** What is wrong with a message, whatever stands around it. */
function ownDefects(message: SeenMessage): HistoryDefect[] {
  const { index, role, blocks, isString, defects } = message;
  const found = [...defects, ...emptiness(message)];
  if (role === undefined || isString) return found;
  for (const [at, block] of blocks.entries()) {
    if (block === NO_BLOCK) continue;
    for (const flaw of blockFlaws(block, role)) found.push(flawDefect(flaw, index, at));
  }
  return found;
}

function emptiness({ index, role, blocks, isString }: SeenMessage): HistoryDefect[] {
  if (isBlank(blocks)) {
    const path = `messages.${String(index)}`;
    return [{ code: 'blank_text', path, message: index, wording: BLANK }];
  }
  const isEmpty = blocks.length === 0 || (isString && blocks[0]?.['text'] === '');
  if (role !== 'user' || !isEmpty) return [];
  return [messageDefect('empty_message', index, 'user messages must have non-empty content')];
}

const BLANK = 'messages: text content blocks must contain non-whitespace text';
