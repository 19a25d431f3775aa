import type { MessageParam } from '@anthropic-ai/sdk/resources/messages/messages';
import type { HistoryChange } from '../events/HistoryChange.js';
import { isBlock } from '../rules/blocks.js';
import { isSameList } from '../values/isSameList.js';
import { samePrefix } from '../values/samePrefix.js';
import { createRenamer, RENAMED } from './createRenamer.js';
import { pathOf } from './defects.js';
import type { HistoryPolicy } from './HistoryPolicy.js';

/** Gives each call of a conversation an id of its own, and changes nothing else. */
export const ownIds: HistoryPolicy = () => {
  const giveOwnIds = createOwnIds();

  return {
    admit(request) {
      const mended: HistoryChange[] = [];
      return { request: { ...request, messages: giveOwnIds(request.messages, mended) }, mended };
    },
    leave: (messages) => giveOwnIds(messages),
  };
};

/**
 * The history with new ids where it uses one again, in calls, results and callers alike; the same array where it does not.
 * Every change is added to `changes`.
 */
type GiveOwnIds = (messages: readonly MessageParam[], changes?: HistoryChange[]) => readonly MessageParam[];

/**
 * Makes a renamer for a history that grows. Some gateways give out the same ids in every reply, and the API takes none twice
 * (`tool_use` ids must be unique).
 */
export function createOwnIds(): GiveOwnIds {
  let last: readonly MessageParam[] = [];
  let rename = createRenamer();

  return (messages, changes = []) => {
    const same = samePrefix(last, messages);
    const from = same < last.length ? 0 : same;
    if (from === 0) rename = createRenamer();
    const added = messages.slice(from);
    const named = added.map((value, offset) => {
      const content: unknown = (value as MessageParam | null)?.content;
      if (!Array.isArray(content)) return value;
      const message = from + offset;
      const here = new Set<string>();
      const blocks = content.map((was: unknown, block) => {
        const own = isBlock(was) ? (rename(was, here) ?? was) : was;
        if (own !== was)
          changes.push({ code: 'id_renamed', path: pathOf(message, block), message, block, text: RENAMED });
        return own;
      });
      return isSameList(blocks, content) ? value : ({ ...value, content: blocks } as MessageParam);
    });
    last = isSameList(named, added) ? messages : [...messages.slice(0, from), ...named];
    return last;
  };
}
