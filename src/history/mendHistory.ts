import type { ToolEntry } from '../tools/Tool.js';
import type { HistoryMessage } from './checkHistory.js';
import { toolDefinitions } from './checkTools.js';
import { mend, type MendedHistory } from './mend.js';
import { NO_LIST, readable } from './readMessage.js';

/**
 * A history that the API accepts, made from one that it would refuse, and what was done to it.
 *
 * ```text
 * in   messages, from wherever they were kept; and the tools that go with them
 * out  messages that pass checkHistory, the changes, and what could not be mended
 * ```
 *
 * - A call without a result is answered with an error, which says that no result is known; one that broke off while it was
 *   written is removed.
 * - A result is moved to the beginning of the message after its call; one without a call, and a second one, is removed.
 * - Ids that two calls share, or that have odd characters, are replaced, in call and result alike.
 * - Empty texts, messages that say nothing, unsigned thinking, fields that SDKs and programs are known to add, and cache
 *   marks beyond the fourth are removed, and so are values that are not messages or blocks.
 * - A server tool that can no longer get a result is removed, with the calls that its code made. One that waits at the end
 *   stays: the server goes on with it.
 *
 * A field that is not known stays where it is: the API may be newer than this library. In what Claude wrote it is no
 * defect; elsewhere it is reported in `unmended`.
 *
 * Nothing that was given is changed. Messages that need no mending are the same objects, a history that needs none is the
 * same array, and to mend a mended history changes nothing.
 *
 * **Gotcha:** Tools and misplaced system messages are never mended, only reported in `unmended`. So is signed thinking
 * after a change (`thinking_prefix_changed`): newer models bind it to all that is before it. It is left as it is, for older
 * models take it; for newer ones, send `thinking.block_binding` or start a new conversation.
 *
 * @param tools The tools of the request; `[]` says that there are none.
 * @example
 * ```ts
 * import { converse } from 'rxclaude';
 * import { mendHistory } from 'rxclaude/history';
 * import type { ClaudeClient, ClaudeRequest } from 'rxclaude';
 *
 * declare const client: ClaudeClient;
 * declare const stored: ClaudeRequest;
 *
 * const { messages, changes, unmended } = mendHistory(stored.messages, stored.tools);
 * for (const { path, text } of changes) console.warn(path, text);
 * if (unmended.length === 0) converse(client, { ...stored, messages }).subscribe();
 * ```
 * @see {@link checkHistory}
 */
export function mendHistory<Message extends HistoryMessage>(
  messages: readonly Message[],
  tools?: readonly ToolEntry[],
): MendedHistory<Message> {
  const isList = Array.isArray(messages);
  const mended = mend(isList ? (readable(messages) as Message[]) : [], toolDefinitions(tools));
  if (!isList) return { messages, changes: [], unmended: [...mended.unmended, NO_LIST] };
  return mended.changes.length === 0 ? { ...mended, messages } : mended;
}
