import { reply, serverToolUse, text, thinking, toolUse, whole } from '../../support/replies.js';
import type { BlockSpec, CallSpec, ReplySpec } from '../../support/replies.js';
import { createChance } from './chance.js';
import type { Chance } from './chance.js';
import { toolNamesOf } from './tools.js';

/** Which reply is to be written. */
export interface ReplyOf {
  readonly seed: number;
  /** Counted from 1. */
  readonly round: number;
  /** Which request of the round it answers, counted from 1. */
  readonly attempt: number;
  /** The ids of server tools that the last reply left open, whose results come first. */
  readonly open: readonly string[];
  /** Whether Claude may not call a tool. */
  readonly noTools: boolean;
}

/** What a reply is written with. */
interface Pen {
  readonly chance: Chance;
  /** Part of every id. */
  readonly tag: string;
  /** The tools that Claude knows of. */
  readonly tools: readonly string[];
}

/** The events of a reply. Another attempt gets the same one, the same one with other ids, or another one. */
export function writeReply({ seed, round, attempt, open, noTools }: ReplyOf): object[] {
  const again = attempt === 1 ? 'other' : createChance(seed, 2, round, attempt).pick(['same', 'other ids', 'other']);
  const chance = createChance(seed, 3, round, again === 'other' ? attempt : 1);
  const tag = [seed, round, again === 'same' ? 1 : attempt].join('_');
  const results = open.map((id) => whole({ type: 'web_search_tool_result', tool_use_id: id, content: [] }));
  if (noTools) return reply({ content: [...results, text(['So ', 'far.'])], stop_reason: 'end_turn' });
  const rounds = createChance(seed, 1).int(1, 5);
  const spec = anyReply({ chance, tag, tools: toolNamesOf(seed) }, round >= rounds);
  return reply({ ...spec, content: [...results, ...spec.content] });
}

function anyReply(pen: Pen, isLast: boolean): ReplySpec {
  if (isLast) return lastReply(pen);
  if (pen.chance.is(0.85)) return { content: [...opening(pen), ...calls(pen)] };
  return { content: [...opening(pen, false), text('Let me see.'), openSearch(pen)], stop_reason: 'pause_turn' };
}

function lastReply(pen: Pen): ReplySpec {
  const { chance, tag } = pen;
  const stop_reason = chance.pick(['end_turn', 'end_turn', 'end_turn', 'max_tokens', 'refusal', 'stop_sequence']);
  const isDone = stop_reason === 'end_turn' || stop_reason === 'stop_sequence';
  if (isDone) return { content: opening(pen, false), stop_reason };
  const cutCall = toolUse({ id: `toolu_${tag}_cut`, name: 'look_quick', input: '{"n": 1, "of"' });
  return { content: [...opening(pen), ...calls(pen), ...(chance.is(0.5) ? [cutCall] : [])], stop_reason };
}

/** What Claude says before it calls tools; now and then nothing. */
function opening(pen: Pen, mayWait = true): BlockSpec[] {
  const { chance } = pen;
  const blocks: BlockSpec[] = [];
  if (chance.is(0.4)) blocks.push(thinking(chance.pick(['', ['Hm. ', 'So\u{1F600}']])));
  if (chance.is(0.7)) blocks.push(text(Array.from({ length: chance.int(0, 6) }, () => 'é\u{1F600} word ')));
  if (chance.is(0.1)) blocks.push(...wholeSearch(pen));
  if (mayWait && chance.is(0.06)) blocks.push(openSearch(pen));
  return blocks;
}

function openSearch({ tag }: Pen): BlockSpec {
  return serverToolUse({ id: `srvtoolu_${tag}_open`, name: 'web_search', input: { query: tag } });
}

function wholeSearch({ tag }: Pen): BlockSpec[] {
  const id = `srvtoolu_${tag}`;
  const result = { type: 'web_search_tool_result', tool_use_id: id, content: [] };
  return [serverToolUse({ id, name: 'web_search', input: {} }), whole(result)];
}

/** One to four calls; the same call may come twice, and so may an id. */
function calls({ chance, tag, tools }: Pen): BlockSpec[] {
  const made: CallSpec[] = [];
  for (let left = chance.int(1, 4); left > 0; left--) {
    const id = `toolu_${tag}_${String(made.length)}`;
    const before = made.at(-1);
    if (before && chance.is(0.12)) made.push({ ...before, id });
    else made.push({ ...anyCall(chance, tools), id: before && chance.is(0.08) ? before.id : id });
  }
  return made.map(toolUse);
}

function anyCall(chance: Chance, tools: readonly string[]): Omit<CallSpec, 'id'> {
  const name = chance.is(0.08) ? 'nowhere' : chance.pick(tools);
  const n = chance.int(0, 2);
  const good = chance.pick([
    { n, of: 'things' },
    { of: 'things', n },
  ]);
  const bad = chance.pick(['{"n": 1', 'nope', '[1]', 'null', '']);
  return { name, input: chance.is(0.12) ? bad : good, pieceSize: chance.int(2, 20) };
}
