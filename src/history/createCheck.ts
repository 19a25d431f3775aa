import type { HistoryDefect } from '../errors/HistoryDefect.js';
import { isServerResult, type Fields } from '../rules/blocks.js';
import { createCacheMarks } from './cacheMarks.js';
import { checkTools, createToolNeed } from './checkTools.js';
import { extraFlaws, extraMessageDefects, flawDefect, messageDefect } from './defects.js';
import { NO_BLOCK, readMessage, type Follower, type SeenMessage } from './readMessage.js';

/** Checks a history that grows: each message is looked at once, when it is added. */
export interface HistoryCheck {
  /** Takes the messages after those seen before. @returns The defects that they make certain. */
  add(messages: readonly unknown[]): HistoryDefect[];
  /** What is wrong if the history ends here, such as calls without a result. Changes nothing. */
  end(): HistoryDefect[];
}

/**
 * Makes a check that has seen nothing yet.
 *
 * @param definitions The tools that are sent; `undefined` when they are not known, and their rules are left out.
 * @param defectsOf What is wrong with a message, whatever stands around it.
 */
export function createCheck(
  definitions: readonly Fields[] | undefined,
  defectsOf: (message: SeenMessage) => readonly HistoryDefect[],
  followers: readonly Follower[],
): HistoryCheck {
  let ofTools = definitions === undefined ? [] : checkTools(definitions);
  let index = 0;

  return {
    add(messages) {
      const found = Array.isArray(messages) ? ofTools : [...ofTools, NO_LIST];
      ofTools = [];
      for (const value of Array.isArray(messages) ? messages : []) {
        const message = readMessage(value, index++);
        for (const defect of defectsOf(message)) found.push(defect);
        for (const follower of followers) for (const defect of follower.see(message)) found.push(defect);
      }
      return found;
    },
    end: () => followers.flatMap((follower) => follower.end()),
  };
}

const NO_LIST: HistoryDefect = {
  code: 'malformed_message',
  path: 'messages',
  wording: 'messages: Input should be a valid list',
};

/** Makes a check of what is not mended: the tools, system messages, and fields that may be newer than this library. */
export function createUnmendedCheck(definitions: readonly Fields[] | undefined): HistoryCheck {
  return createCheck(definitions, extraDefects, [
    createToolNeed(definitions),
    createSystems(),
    createCacheMarks(definitions),
  ]);
}

/** The fields of a message and its blocks that the API does not take. */
export function extraDefects(message: SeenMessage): HistoryDefect[] {
  const { index, role, blocks } = message;
  if (role === undefined) return [];
  return [
    ...extraMessageDefects(message),
    ...blocks.flatMap((block, at) =>
      block === NO_BLOCK ? [] : extraFlaws(block, role).map((flaw) => flawDefect(flaw, index, at)),
    ),
  ];
}

/** System messages stand only where they may. */
export function createSystems(): Follower {
  let mayPrecedeSystem = false;
  let systems: number[] = [];

  return {
    see({ index, role, blocks }) {
      if (role === undefined) return [];
      if (role === 'system') {
        systems.push(index);
        return mayPrecedeSystem ? [] : [messageDefect('misplaced_system', index, MUST_FOLLOW)];
      }
      const misplaced = role === 'assistant' ? [] : systems;
      systems = [];
      mayPrecedeSystem = role === 'user' || isServerResult(blocks.at(-1) ?? { type: '' });
      return misplaced.map((one) => messageDefect('misplaced_system', one, MUST_PRECEDE));
    },
    end: () => [],
  };
}

const MUST_FOLLOW =
  "role 'system' must follow a 'user' message or an 'assistant' message ending in a server tool result";
const MUST_PRECEDE = "role 'system' must precede an 'assistant' message or end the array";
