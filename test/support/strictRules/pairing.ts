import { blocksOf, contentPath, places } from './view.js';
import type { Block, Rule, View, WireMessage } from './view.js';

const isCall = ({ type }: Block): boolean => type === 'tool_use';
const isResult = ({ type }: Block): boolean => type === 'tool_result';

/** Calls belong to the assistant and results to the user. */
export const owners: Rule = function* ({ messages }) {
  for (const [n, message] of messages.entries()) {
    const blocks = blocksOf(message);
    if (message.role !== 'user' && blocks.some(isResult)) {
      yield `messages.${String(n)}: \`tool_result\` blocks can only be in \`user\` messages`;
    }
    if (message.role !== 'assistant' && blocks.some(isCall)) {
      yield `messages.${String(n)}: \`tool_use\` blocks can only be in \`assistant\` messages`;
    }
  }
};

/** An id names one call, in the whole conversation. */
export const uniqueIds: Rule = function* (view) {
  const seen = new Set<unknown>();
  for (const { block, path } of places(view)) {
    if (block.type !== 'tool_use' && block.type !== 'server_tool_use') continue;
    if (seen.has(block.id)) yield `${path}: \`tool_use\` ids must be unique`;
    seen.add(block.id);
  }
};

/** Every call has one result, at the beginning of the very next message, and every result has its call. */
export const pairing: Rule = function* (view) {
  for (const n of view.messages.keys()) {
    yield* repeatedResults(view, n);
    yield* orphanResults(view, n);
    yield* missingResults(view, n);
  }
};

function* repeatedResults({ messages }: View, n: number): Iterable<string> {
  const seen = new Set<unknown>();
  for (const [m, block] of blocksAt(messages, n).entries()) {
    if (!isResult(block)) continue;
    const id = block.tool_use_id;
    if (seen.has(id)) {
      yield `${contentPath(n, m)}: each tool_use must have a single result. Found multiple \`tool_result\` blocks with id: ${String(id)}`;
    }
    seen.add(id);
  }
}

function* orphanResults({ messages }: View, n: number): Iterable<string> {
  const before = blocksAt(messages, n - 1).filter(isCall);
  for (const [m, block] of blocksAt(messages, n).entries()) {
    if (isResult(block) && !before.some(({ id }) => id === block.tool_use_id)) {
      yield (
        `${contentPath(n, m)}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${String(block.tool_use_id)}. ` +
        'Each `tool_result` block must have a corresponding `tool_use` block in the previous message.'
      );
    }
  }
}

function* missingResults({ messages }: View, n: number): Iterable<string> {
  const calls = blocksAt(messages, n).filter(isCall);
  const answered = new Set(leadingResults(messages[n + 1]).map(({ tool_use_id: id }) => id));
  const open = calls.map(({ id }) => String(id)).filter((id) => !answered.has(id));
  if (open.length > 0) {
    yield (
      `messages.${String(n)}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${open.join(', ')}. ` +
      'Each `tool_use` block must have a corresponding `tool_result` block in the next message.'
    );
  }
}

const blocksAt = (messages: readonly WireMessage[], n: number): readonly Block[] => {
  const message = messages[n];
  return message ? blocksOf(message) : [];
};

/** Results that come after another block do not count. */
function leadingResults(message: WireMessage | undefined): readonly Block[] {
  if (message?.role !== 'user') return [];
  const blocks = blocksOf(message);
  const end = blocks.findIndex((block) => !isResult(block));
  return end < 0 ? blocks : blocks.slice(0, end);
}

/** A member of a toolset is answered with the name of its toolset, in text and images. */
export const toolsetResults: Rule = function* (view) {
  const calls = new Map(places(view).map(({ block }) => [block.id, block]));
  for (const { block, path } of places(view)) {
    if (!isResult(block)) continue;
    const expected = calls.get(block.tool_use_id)?.toolset_name ?? undefined;
    if ((block.toolset_name ?? undefined) !== expected) {
      yield `strictServer: ${path}.tool_result.toolset_name: must be that of its tool_use (${JSON.stringify(expected)})`;
    }
    const inner = Array.isArray(block.content) ? (block.content as readonly Block[]) : [];
    if (expected !== undefined && !inner.every(({ type }) => ['text', 'image', 'browser_state'].includes(type))) {
      yield `strictServer: ${path}.tool_result: results of toolset members hold only text and images`;
    }
  }
};
