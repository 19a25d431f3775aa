import type { BetaMessageParam } from '@anthropic-ai/sdk/resources/beta/messages/messages';
import type { MessageParam } from '@anthropic-ai/sdk/resources/messages/messages';
import type { HistoryDefect } from '../errors/HistoryDefect.js';
import { isBlank, isEmptyText, isServerCall, isThinking, type Block, type Fields } from '../rules/blocks.js';
import type { ToolEntry } from '../tools/Tool.js';
import { answerFlaws, blockFlaws, flawDefect, type Flaw } from './blockFlaws.js';
import { createCacheMarks } from './cacheMarks.js';
import { checkTools, createToolNeed, toolDefinitions } from './checkTools.js';
import { createSystems } from './createSystems.js';
import { extraMessageDefects, messageDefect } from './defects.js';
import { isRole, NO_BLOCK, NO_LIST, readable, readMessage, type Follower, type SeenMessage } from './readMessage.js';
import { createServerTools, type ServerCall } from './serverTools.js';

/** A message of a history, as the SDK's requests take it, stable or beta. */
export type HistoryMessage = MessageParam | BetaMessageParam;

/**
 * Everything in a history that the API would refuse: where it is, a code for the rule, and the API's own words.
 *
 * ```text
 * in   messages, as a request has them; and the tools that go with them
 * out  [] when they can be sent, else one defect for each broken rule
 * ```
 *
 * It judges the messages as they are, no matter who speaks last: with a message of Claude's at the end, a history is whole,
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
  return [...check.take(messages), ...check.end()];
}

/** Checks a history that grows: each message is looked at once, when it is added. */
interface HistoryCheck {
  /** Takes the messages after those seen before. @returns The defects that they make certain. */
  take(messages: readonly unknown[]): HistoryDefect[];
  /** What is wrong if the history ends here, such as calls without a result. Changes nothing. */
  end(): HistoryDefect[];
}

/**
 * Makes a check that has seen nothing yet. It keeps the ids of all calls and what is open, and no message.
 *
 * @param tools The tools that go with the history; without them, the rules that need them are left out.
 */
export function createHistoryCheck(tools?: readonly ToolEntry[]): HistoryCheck {
  const definitions = toolDefinitions(tools);
  const followers = [
    createToolNeed(definitions),
    createCallPairs(),
    createServerPairs(definitions),
    createTurns(),
    createSystems(),
    createCacheMarks(definitions),
  ];
  let ofTools = checkTools(definitions ?? []);
  let count = 0;

  return {
    take(messages) {
      const found = ofTools;
      ofTools = [];
      if (!Array.isArray(messages)) return [...found, NO_LIST];
      for (const value of readable(messages)) {
        const message = readMessage(value, count++);
        for (const defect of ownDefects(message)) found.push(defect);
        for (const follower of followers) for (const defect of follower.take(message)) found.push(defect);
      }
      return found;
    },
    end: () => followers.flatMap((follower) => follower.end?.() ?? []),
  };
}

/** What is wrong with a message, whatever stands around it. */
function ownDefects(message: SeenMessage): HistoryDefect[] {
  const { index, role, blocks, isString } = message;
  if (role === undefined) return [noMessage(message)];
  const found = [...extraMessageDefects(message), ...noBlocks(message), ...emptiness(message)];
  if (isString) return found;
  for (const [at, block] of blocks.entries()) {
    if (block === NO_BLOCK) continue;
    for (const flaw of blockFlaws(block, role)) found.push(flawDefect(flaw, index, at));
  }
  return found;
}

function noMessage({ index, message }: SeenMessage): HistoryDefect {
  const { role, content } = message;
  if (Object.keys(message).length === 0) return messageDefect('malformed_message', index, 'Input should be an object');
  if (!isRole(role)) return messageDefect('malformed_message', index, NO_ROLE, '.role');
  const words = content === undefined ? 'Field required' : 'Input should be a valid list';
  return messageDefect('malformed_message', index, words, '.content');
}

const NO_ROLE = "Input should be 'user', 'assistant' or 'system'";

function noBlocks({ index, blocks }: SeenMessage): HistoryDefect[] {
  if (!blocks.includes(NO_BLOCK)) return [];
  return blocks.flatMap((one, block) => {
    const path = `.content.${String(block)}.type`;
    return one === NO_BLOCK ? [{ ...messageDefect('malformed_block', index, 'Field required', path), block }] : [];
  });
}

function emptiness({ index, role, blocks, isString }: SeenMessage): HistoryDefect[] {
  if (isBlank(blocks)) {
    const path = `messages.${String(index)}`;
    return [{ code: 'blank_text', path, message: index, wording: BLANK }];
  }
  const isEmpty = blocks.length === 0 || (isString && blocks.every(isEmptyText));
  if (role !== 'user' || !isEmpty) return [];
  return [messageDefect('empty_message', index, 'user messages must have non-empty content')];
}

const BLANK = 'messages: text content blocks must contain non-whitespace text';

/**
 * Every call has one result, at the beginning of the very next message, and every result has its call; an id names one
 * call in the whole history. The API joins messages of one role that follow each other, but has been seen to refuse
 * results that are split over them.
 */
function createCallPairs(): Follower {
  const ids = new Set<string>();
  let calls: ReadonlyMap<string, Block> = new Map();
  let last = 0;

  return {
    take(message) {
      const found = [...unanswered(calls, last, message), ...wrongResults(message, calls), ...usedIds(message, ids)];
      calls = callsOf(message);
      last = message.index;
      return found;
    },
    end: () => unanswered(calls, last),
  };
}

/** The calls that a message of Claude's makes, by id. */
function callsOf({ role, blocks }: SeenMessage): ReadonlyMap<string, Block> {
  const calls = new Map<string, Block>();
  if (role !== 'assistant') return calls;
  for (const block of blocks) {
    if (block.type === 'tool_use' && typeof block['id'] === 'string') calls.set(block['id'], block);
  }
  return calls;
}

function unanswered(calls: ReadonlyMap<string, Block>, index: number, next?: SeenMessage): HistoryDefect[] {
  if (calls.size === 0) return [];
  const answered = new Set(next === undefined ? [] : leadingResults(next));
  const open = [...calls.keys()].filter((id) => !answered.has(id));
  if (open.length === 0) return [];
  const words =
    `\`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${open.join(', ')}. ` +
    'Each `tool_use` block must have a corresponding `tool_result` block in the next message.';
  return [messageDefect('tool_use_without_result', index, words)];
}

/** The ids that the beginning of a message answers. A result after anything else does not count. */
function leadingResults({ role, blocks }: SeenMessage): unknown[] {
  if (role !== 'user') return [];
  const end = blocks.findIndex(({ type }) => type !== 'tool_result');
  return blocks.slice(0, end === -1 ? blocks.length : end).map((block) => block['tool_use_id']);
}

function wrongResults({ index, role, blocks }: SeenMessage, calls: ReadonlyMap<string, Block>): HistoryDefect[] {
  if (role !== 'user') return [];
  const answered = new Set<string>();
  return blocks.flatMap((block, at) => {
    const id = block['tool_use_id'];
    if (block.type !== 'tool_result' || typeof id !== 'string') return [];
    const call = calls.get(id);
    const flaws = answered.has(id) ? [repeated(id)] : call === undefined ? [orphan(id)] : answerFlaws(call, block);
    answered.add(id);
    return flaws.map((flaw) => flawDefect(flaw, index, at));
  });
}

function repeated(id: string): Flaw {
  const words = `each tool_use must have a single result. Found multiple \`tool_result\` blocks with id: ${id}`;
  return { code: 'duplicate_tool_result', field: '', words };
}

function orphan(id: string): Flaw {
  const words =
    `unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${id}. ` +
    'Each `tool_result` block must have a corresponding `tool_use` block in the previous message.';
  return { code: 'unexpected_tool_result', field: '', words };
}

const USED: Flaw = { code: 'duplicate_tool_use_id', field: '', words: '`tool_use` ids must be unique' };

function usedIds({ index, blocks }: SeenMessage, ids: Set<string>): HistoryDefect[] {
  const found: HistoryDefect[] = [];
  for (const [at, block] of blocks.entries()) {
    const { type, id } = block;
    if ((type !== 'tool_use' && !isServerCall(block)) || typeof id !== 'string') continue;
    if (ids.has(id)) found.push(flawDefect(USED, index, at));
    ids.add(id);
  }
  return found;
}

/**
 * Every result of a server tool has its call before it, and no user speaks while such a tool waits for its result.
 *
 * @param definitions The tools that are sent; `undefined` when they are not known.
 */
function createServerPairs(definitions: readonly Fields[] | undefined): Follower {
  const tools = createServerTools(definitions);

  return {
    take(message) {
      const { stuck, orphans } = tools.take(message);
      return [...stuck.map((call) => openDefect(call)), ...orphans.map((at) => orphanDefect(message, at))];
    },
    end: () => tools.abandoned().map((call) => openDefect(call, ` but no \`${nameOf(call.call)}\` tool was provided`)),
  };
}

function openDefect({ message, block, id, call }: ServerCall, more = ''): HistoryDefect {
  const words = `\`${nameOf(call)}\` tool use with id \`${id}\` was found without a corresponding \`${resultOf(call)}\` block`;
  return flawDefect({ code: 'open_server_tool', field: '', words: words + more, names: 'nothing' }, message, block);
}

function nameOf({ type, name }: Block): string {
  return type === 'mcp_tool_use' ? 'mcp' : typeof name === 'string' ? name : '';
}

function resultOf(call: Block): string {
  const name = nameOf(call);
  return name.startsWith('tool_search_tool') ? 'tool_search_tool_result' : `${name}_tool_result`;
}

function orphanDefect({ index, blocks }: SeenMessage, at: number): HistoryDefect {
  const { type, tool_use_id } = blocks[at] ?? { type: '' };
  const call = type === 'mcp_tool_result' ? 'mcp_tool_use' : 'server_tool_use';
  const words =
    `unexpected \`tool_use_id\` found in \`${type}\` blocks: ${String(tool_use_id)}. ` +
    `Each \`${type}\` block must have a corresponding \`${call}\` block before it.`;
  return flawDefect({ code: 'unexpected_server_result', field: '', words, names: 'nothing' }, index, at);
}

/** A block that may turn out to be the last of its turn. */
interface LastBlock {
  readonly message: number;
  readonly at: number;
  readonly block: Block;
}

/** A turn of Claude's does not end with thinking. Consecutive messages of Claude's are one turn. */
function createTurns(): Follower {
  let last: LastBlock | undefined;

  return {
    take({ index, role, blocks }) {
      if (role === undefined) return [];
      const thoughts = role === 'assistant' ? [] : finalThinking(last);
      const block = blocks.at(-1);
      if (role !== 'assistant') last = undefined;
      else if (block !== undefined) last = { message: index, at: blocks.length - 1, block };
      return thoughts;
    },
    end: () => finalThinking(last),
  };
}

function finalThinking(last: LastBlock | undefined): HistoryDefect[] {
  if (last === undefined || !isThinking(last.block)) return [];
  const words = `The final block in an assistant message cannot be \`${last.block.type}\`.`;
  return [flawDefect({ code: 'final_thinking', field: '', words, names: 'message' }, last.message, last.at)];
}
