import type { HistoryDefect } from '../errors/HistoryDefect.js';
import { answerFlaws } from './answerFlaws.js';
import { isServerCall, type Block } from '../rules/blocks.js';
import { flawDefect, messageDefect, type Flaw } from './Flaw.js';
import type { Follower } from './Follower.js';
import type { SeenMessage } from './readMessage.js';

/**
 * Every call has one result, at the beginning of the very next message, and every result has its call; an id names one
 * call in the whole history. The API joins messages of one role that follow each other, but has been seen to refuse
 * results that are split over them.
 */
export function createCallPairs(): Follower {
  const ids = new Set<string>();
  let calls: ReadonlyMap<string, Block> = new Map();
  let last = 0;

  return {
    see(message) {
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

/** The ids that the beginning of a message answers. A result behind anything else does not count. */
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
