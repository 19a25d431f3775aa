import type { ContentBlockParam, MessageParam } from '@anthropic-ai/sdk/resources/messages/messages';
import type { HistoryChange } from '../events/HistoryChange.js';

/** Gives each call of a history that grows an id of its own. */
export interface OwnIds {
  /**
   * The history with new ids where the messages from an index on use one again, in calls and their results alike; the same
   * array where they do not. Every change is reported.
   */
  rename(
    messages: readonly MessageParam[],
    from: number,
    report: (change: HistoryChange) => void,
  ): readonly MessageParam[];
}

/** Makes a renamer that has seen no id yet. Some gateways give out the same ids in every reply, and the API takes none twice. */
export function createOwnIds(): OwnIds {
  const used = new Set<string>();

  const ownName = (id: string): string => {
    let name = id;
    for (let count = 2; used.has(name); count++) name = `${id}_${String(count)}`;
    used.add(name);
    return name;
  };

  return {
    rename(messages, from, report) {
      /** The names of the calls that are new, by the ids that they came with. */
      const names = new Map<string, string>();
      const renamed = messages.slice(from).map((message, offset): MessageParam => {
        if (typeof message.content === 'string') return message;
        const content = message.content.map((block, at) => {
          if (block.type === 'tool_use') names.set(block.id, ownName(block.id));
          const mended = withName(block, names);
          if (mended !== block) report(changeAt(from + offset, at));
          return mended;
        });
        return content.some((block, at) => block !== message.content[at])
          ? ({ ...message, content } as MessageParam)
          : message;
      });
      return renamed.some((message, at) => message !== messages[from + at])
        ? [...messages.slice(0, from), ...renamed]
        : messages;
    },
  };
}

function withName(block: ContentBlockParam, names: ReadonlyMap<string, string>): ContentBlockParam {
  if (block.type !== 'tool_use' && block.type !== 'tool_result') return block;
  const id = block.type === 'tool_use' ? block.id : block.tool_use_id;
  const name = names.get(id) ?? id;
  if (name === id) return block;
  return block.type === 'tool_use' ? { ...block, id: name } : { ...block, tool_use_id: name };
}

function changeAt(message: number, block: number): HistoryChange {
  const path = `messages.${String(message)}.content.${String(block)}`;
  return { code: 'id_renamed', path, message, block, text: 'An id that was used before was replaced.' };
}
