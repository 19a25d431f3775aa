import type { Fields } from '../rules/blocks.js';
import { toolsDefect } from './Flaw.js';
import type { Follower } from './Follower.js';

/**
 * A history that speaks of tools is sent with some.
 *
 * @param definitions The tools that are sent; `undefined` when they are not known.
 */
export function createToolNeed(definitions: readonly Fields[] | undefined): Follower {
  let isMet = definitions === undefined || definitions.length > 0;

  return {
    see({ blocks }) {
      if (isMet || !blocks.some(({ type }) => NEEDY.has(type))) return [];
      isMet = true;
      // What brings a tool of its own is no call.
      return blocks.some(({ type }) => type === 'tool_addition') ? [] : [MISSING];
    },
    end: () => [],
  };
}

/** Blocks after which the question of tools is settled. */
const NEEDY: ReadonlySet<string> = new Set(['tool_use', 'tool_result', 'tool_addition']);

const MISSING = toolsDefect(
  'missing_tools',
  'tools',
  'Requests which include `tool_use` or `tool_result` blocks must define tools.',
);
