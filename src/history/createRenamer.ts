import { callerOf, isServerCall, type Block } from '../rules/blocks.js';

/**
 * Renames the next block of a history; `undefined` for a second call with the same id in one message: their results could
 * not be told apart.
 *
 * @param here The ids of the calls before it in its message.
 */
type Rename = (block: Block, here: Set<string>) => Block | undefined;

/**
 * Makes a renamer for the blocks of a history. It gives each call an id of its own, and the same to the results of the call
 * and to the calls that its code makes. A block that keeps its ids comes back as the same object.
 *
 * @param idFor The id that a call gets if it is free. Default: the one that it has.
 * @param taken Ids that no call may get as a new one, beside those of the calls before it. Default: none.
 */
export function createRenamer(idFor?: (id: string, call: Block) => string, taken?: ReadonlySet<unknown>): Rename {
  const used = new Set<string>();
  /** How often an id was wanted. */
  const counts = new Map<string, number>();
  /** The ids of the latest calls by those that they came with. The tools of the server are another kind. */
  const names = new Map<unknown, string>();
  const serverNames = new Map<unknown, string>();

  const nameCall = (call: Block, id: string): string => {
    const wanted = idFor?.(id, call) ?? id;
    let own = wanted;
    let count = counts.get(wanted) ?? 1;
    while (used.has(own) || (own !== id && taken?.has(own))) own = `${wanted}_${String(++count)}`;
    counts.set(wanted, count);
    used.add(own);
    return own;
  };

  return (block, here) => {
    const { type, id, tool_use_id, caller } = block;
    const known = type === 'tool_use' || type === 'tool_result' ? names : serverNames;
    let renamed = block;
    const set = (field: string, value: unknown): void => {
      if (value !== block[field]) renamed = { ...renamed, [field]: value };
    };

    const code = callerOf(block);
    const madeBy = serverNames.get(code) ?? code;
    if (madeBy !== code) set('caller', { ...(caller as object), tool_id: madeBy });
    if (type !== 'tool_use' && !isServerCall(block)) set('tool_use_id', known.get(tool_use_id) ?? tool_use_id);
    else if (typeof id === 'string') {
      if (type === 'tool_use') {
        if (here.has(id)) return undefined;
        here.add(id);
      }
      const own = nameCall(block, id);
      known.set(id, own);
      set('id', own);
    }
    return renamed;
  };
}

/** What is told of a block with another id. */
export const RENAMED = 'Replaced an id that the API would refuse.';
