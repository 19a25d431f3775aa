import { blocksOf, isObject } from './view.js';
import type { Block, Exchange, Rule, View, WireMessage } from './view.js';
import { refusesPrefill } from './models.js';
import { leavesServerToolOpen } from './serverTools.js';

/** A `system` message has its places, and is never the first. */
export const systemPlaces: Rule = function* ({ messages }) {
  for (const [n, { role }] of messages.entries()) {
    if (role !== 'system') continue;
    const before = messages.slice(0, n).findLast((message) => message.role !== 'system');
    if (!before || !mayPrecedeSystem(before)) {
      yield `messages.${String(n)}: role 'system' must follow a 'user' message or an 'assistant' message ending in a server tool result`;
    }
    const after = messages.slice(n).find((message) => message.role !== 'system');
    if (after && after.role !== 'assistant') {
      yield `messages.${String(n)}: role 'system' must precede an 'assistant' message or end the array`;
    }
  }
};

function mayPrecedeSystem(message: WireMessage): boolean {
  const last = blocksOf(message).at(-1);
  return message.role === 'user' || last?.type.endsWith('_tool_result') === true;
}

/** A last message of the assistant is a prefill, unless the API itself paused there. */
export const prefill: Rule = function* (view, previous) {
  const last = view.messages.at(-1);
  if (last?.role !== 'assistant' || isResume(view, last, previous)) return;
  if (refusesPrefill(view.body.model)) {
    yield 'This model does not support assistant message prefill. The conversation must end with a user message.';
  }
  const end = blocksOf(last).at(-1);
  if (end?.type === 'text' && /\s$/.test(String(end.text))) {
    yield 'messages: final assistant content cannot end with trailing whitespace';
  }
};

function isResume(view: View, last: WireMessage, previous: Exchange | undefined): boolean {
  const paused = previous?.served.stopReason === 'pause_turn' || previous?.served.stopReason === 'compaction';
  const echoes = view.messages.length === (previous?.request.messages.length ?? 0) + 1;
  return leavesServerToolOpen(last) || (paused && echoes);
}

const isThinking = ({ type }: Block): boolean => type === 'thinking' || type === 'redacted_thinking';

/** With manual thinking, the first reply of the tool loop that goes on now must begin with what was thought. */
export const manualThinking: Rule = function* ({ body, messages }) {
  if (!isObject(body.thinking) || body.thinking.type !== 'enabled' || !endsInResults(messages)) return;
  const start = messages.findLastIndex((message) => message.role === 'user' && !holdsResults(message)) + 1;
  const n = messages.findIndex((message, at) => at >= start && message.role === 'assistant');
  const first = messages[n] && blocksOf(messages[n])[0];
  if (first && !isThinking(first)) {
    yield (
      `messages.${String(n)}.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found \`${first.type}\`. ` +
      'When `thinking` is enabled, a final `assistant` message must start with a thinking block ' +
      '(preceeding the lastmost set of `tool_use` and `tool_result` blocks). To avoid this requirement, disable `thinking`.'
    );
  }
};

const holdsResults = (message: WireMessage): boolean => blocksOf(message).some(({ type }) => type === 'tool_result');

function endsInResults(messages: readonly WireMessage[]): boolean {
  const last = messages.at(-1);
  return last?.role === 'user' && holdsResults(last);
}
