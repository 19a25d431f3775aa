import type { HistoryDefect } from '../errors/HistoryDefect.js';
import { isServerResult, isThinking, type Block } from '../rules/blocks.js';
import { flawDefect, messageDefect } from './Flaw.js';
import type { Follower } from './Follower.js';
import type { SeenMessage } from './readMessage.js';

/** A block that may turn out to be the last of its turn. */
interface LastBlock {
  readonly message: number;
  readonly at: number;
  readonly block: Block;
}

/** System messages stand only where they may, and a turn of Claude's does not end with thinking. */
export function createTurns(): Follower {
  let mayPrecedeSystem = false;
  let systems: number[] = [];
  let last: LastBlock | undefined;

  const placeSystem = ({ index }: SeenMessage): HistoryDefect[] => {
    systems.push(index);
    return mayPrecedeSystem ? [] : [messageDefect('misplaced_system', index, MUST_FOLLOW)];
  };
  const closeSystems = ({ role, blocks }: SeenMessage): HistoryDefect[] => {
    const misplaced = role === 'assistant' ? [] : systems;
    systems = [];
    mayPrecedeSystem = role === 'user' || isServerResult(blocks.at(-1) ?? { type: '' });
    return misplaced.map((index) => messageDefect('misplaced_system', index, MUST_PRECEDE));
  };

  return {
    see(message) {
      if (message.role === undefined) return [];
      // Consecutive messages of Claude's are one turn.
      const thoughts = message.role === 'assistant' ? [] : finalThinking(last);
      last = lastBlock(message, last);
      return [...thoughts, ...(message.role === 'system' ? placeSystem(message) : closeSystems(message))];
    },
    end: () => finalThinking(last),
  };
}

const MUST_FOLLOW =
  "role 'system' must follow a 'user' message or an 'assistant' message ending in a server tool result";
const MUST_PRECEDE = "role 'system' must precede an 'assistant' message or end the array";

/** The last block of the turn that is going on; `undefined` when it is not Claude's. */
function lastBlock({ index, role, blocks }: SeenMessage, before: LastBlock | undefined): LastBlock | undefined {
  if (role !== 'assistant') return undefined;
  const block = blocks.at(-1);
  return block === undefined ? before : { message: index, at: blocks.length - 1, block };
}

function finalThinking(last: LastBlock | undefined): HistoryDefect[] {
  if (last === undefined || !isThinking(last.block)) return [];
  const words = `The final block in an assistant message cannot be \`${last.block.type}\`.`;
  return [flawDefect({ code: 'final_thinking', field: '', words, names: 'message' }, last.message, last.at)];
}
