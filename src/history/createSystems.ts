import { isServerResult } from '../rules/blocks.js';
import { messageDefect } from './defects.js';
import type { Follower } from './readMessage.js';

/** System messages stand only where they may. */
export function createSystems(): Follower {
  let mayPrecedeSystem = false;
  let systems: number[] = [];

  return {
    take({ index, role, blocks }) {
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
  };
}

const MUST_FOLLOW =
  "role 'system' must follow a 'user' message or an 'assistant' message ending in a server tool result";
const MUST_PRECEDE = "role 'system' must precede an 'assistant' message or end the array";
