import type { MessageParam } from '@anthropic-ai/sdk/resources/messages/messages';
import type { HistoryChange } from '../events/HistoryChange.js';
import { callerOf, isBlock, isServerCall, type Block, type Fields } from '../rules/blocks.js';
import { blockPath } from './defects.js';
import type { HistoryPolicy } from './HistoryPolicy.js';

/** Gives each call of a conversation an id of its own, and changes nothing else. */
export const ownIds: HistoryPolicy = () => {
  const giveOwnIds = createOwnIds();

  return {
    admit(request) {
      const mended: HistoryChange[] = [];
      const messages = giveOwnIds(request.messages, (change) => mended.push(change));
      return mended.length === 0 ? { request } : { request: { ...request, messages }, mended };
    },
    leave: (messages) => giveOwnIds(messages, () => undefined),
  };
};

/** How many messages at the beginning are the same objects in both. */
export function samePrefix(before: readonly MessageParam[], after: readonly MessageParam[]): number {
  const end = before.findIndex((message, index) => message !== after[index]);
  return end === -1 ? before.length : end;
}

/**
 * The history with new ids where it uses one again, in calls, results and callers alike; the same array where it does not.
 * Every change is reported.
 */
type GiveOwnIds = (
  messages: readonly MessageParam[],
  report: (change: HistoryChange) => void,
) => readonly MessageParam[];

/**
 * Makes a renamer for a history that grows. Some gateways give out the same ids in every reply, and the API takes none twice
 * (`tool_use` ids must be unique).
 */
export function createOwnIds(): GiveOwnIds {
  let last: readonly MessageParam[] = [];
  const used = new Set<unknown>();
  /** The new id of the latest call that came with an id. */
  const latest = new Map<unknown, string>();

  const nameCall = (id: string): string => {
    let own = id;
    for (let count = 2; used.has(own); count++) own = `${id}_${String(count)}`;
    used.add(own);
    latest.set(id, own);
    return own;
  };
  /** @param here The ids of the calls before it in its message. */
  const named = (block: Block, here: Set<unknown>): Block => {
    const { type, id, tool_use_id, caller } = block;
    const code = callerOf(block);
    const madeBy = latest.get(code) ?? code;
    const changes: Record<string, unknown> = {};
    if (madeBy !== code) changes['caller'] = { ...(caller as object), tool_id: madeBy };
    if (type !== 'tool_use' && !isServerCall(block)) changes['tool_use_id'] = latest.get(tool_use_id) ?? tool_use_id;
    // The results of two calls with one id in one message cannot be told apart.
    else if (typeof id === 'string' && !here.has(id)) changes['id'] = nameCall(id);
    if (type === 'tool_use') here.add(id);
    return withChanges(block, changes);
  };

  return (messages, report) => {
    const from = samePrefix(last, messages) === last.length ? last.length : 0;
    if (from === 0) used.clear();
    const after = messages.slice(from).map((message, offset): MessageParam => {
      const content: unknown = (message as MessageParam | null)?.content;
      if (!Array.isArray(content)) return message;
      const here = new Set<unknown>();
      const blocks = content.map((block: unknown, at) => {
        const renamed = isBlock(block) ? named(block, here) : block;
        if (renamed !== block) report(changeAt(from + offset, at));
        return renamed;
      });
      return blocks.some((block, at) => block !== content[at])
        ? ({ ...message, content: blocks } as MessageParam)
        : message;
    });
    const isSame = after.every((message, at) => message === messages[from + at]);
    last = isSame ? messages : [...messages.slice(0, from), ...after];
    return last;
  };
}

/** The block with other values of some fields; the same block when they are the same. */
function withChanges(block: Block, changes: Fields): Block {
  return Object.keys(changes).some((field) => changes[field] !== block[field]) ? { ...block, ...changes } : block;
}

function changeAt(message: number, block: number): HistoryChange {
  const path = blockPath(message, block);
  return { code: 'id_renamed', path, message, block, text: 'Replaced an id that was used before.' };
}
