import type { HistoryDefect } from '../errors/HistoryDefect.js';
import type { ToolEntry } from '../tools/Tool.js';
import { createHistoryCheck } from './createHistoryCheck.js';
import type { HistoryMessage } from './HistoryMessage.js';

/**
 * Everything in a history that the API would refuse: where it is, a code for the rule, and the API's own words.
 *
 * ```text
 * in   messages, as a request has them; and the tools that go with them
 * out  [] when they can be sent, else one defect for each broken rule
 * ```
 *
 * It judges the messages as they are, whoever speaks last: with a message of Claude's at the end, a history is whole,
 * though most models want a user's next. An empty history has no defects. Never throws, whatever the messages hold.
 *
 * **Gotcha:** Some refusals cannot be seen from the messages: a missing container for calls that code makes, the settings
 * of `thinking` and `tool_choice`, cache marks in the system prompt, and thinking that was edited, or signed for a history
 * that was another one.
 *
 * @param tools The tools of the request. Without them, the rules that need them are left out; `[]` says that there are none.
 * @returns The defects, from the first message on; what only the end of the history shows comes last.
 * @example
 * ```ts
 * import { checkHistory } from 'rxclaude/history';
 *
 * const defects = checkHistory([
 *   { role: 'user', content: 'What is the weather?' },
 *   { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'weather', input: {} }] },
 *   { role: 'user', content: 'Never mind.' },
 * ]);
 * for (const { code, path, wording } of defects) console.log(code, path, wording);
 * // tool_use_without_result messages.1 messages.1: `tool_use` ids were found without `tool_result` blocks ...
 * ```
 * @see {@link mendHistory}
 */
export function checkHistory(messages: readonly HistoryMessage[], tools?: readonly ToolEntry[]): HistoryDefect[] {
  const check = createHistoryCheck(tools);
  return [...check.add(messages), ...check.end()];
}
