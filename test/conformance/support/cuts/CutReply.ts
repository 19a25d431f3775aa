import type { Tool } from 'rxclaude';
import { anyTool } from '../tools.js';
import { cutResponse, placesBehind, placesIn, readBody, wholeResponse, type Cut, type PlacedEvent } from './body.js';
import { hold, type Held } from './hold.js';
import { prefixesOf, type Prefix } from './prefixes.js';

/** A whole reply, to be cut. */
export interface CutReply {
  readonly bytes: Uint8Array;
  /** Where to cut it, in bytes: behind each event but the last. */
  readonly ends: readonly number[];
  /** And at places spread over it. */
  readonly spread: readonly number[];
  /** Whether it calls tools. */
  readonly hasTools: boolean;
  /** What to make of all of it. */
  readonly whole: Prefix;
  /** What to make of the first bytes. */
  prefixAt(at: number): Prefix;
  /** A conversation whose reply is cut, without a retry. */
  fail(cut: Cut, idempotent: boolean): Promise<Held>;
  /** A conversation whose reply is cut, and whole when it is asked for again. */
  heal(cut: Cut, idempotent: boolean): Promise<Held>;
  /** A conversation whose reply is not cut. */
  uncut(idempotent: boolean): Promise<Held>;
}

const ONCE_MORE = { retries: 1, minDelay: 1, random: () => 0 };

/** Reads a body. */
export function readReply(bytes: Uint8Array): CutReply {
  const placed = readBody(bytes);
  const prefixOf = prefixesOf(placed);
  const whole = prefixOf(placed.length);
  const toolsOf = { true: toolsFor(whole, true), false: toolsFor(whole, false) };
  const tools = (idempotent: boolean): readonly Tool[] => toolsOf[`${idempotent}`];
  return {
    bytes,
    hasTools: tools(true).length > 0,
    ends: placesBehind(bytes, placed),
    spread: placesIn(bytes),
    whole,
    prefixAt: (at) => prefixOf(countBefore(placed, at)),
    fail: async (cut, idempotent) => hold([cutResponse(bytes, cut)], tools(idempotent), false),
    heal: async (cut, idempotent) =>
      hold([cutResponse(bytes, cut), wholeResponse(bytes)], tools(idempotent), ONCE_MORE),
    uncut: async (idempotent) => hold([wholeResponse(bytes)], tools(idempotent), false),
  };
}

/** A tool for each name that is called. */
function toolsFor({ served }: Prefix, idempotent: boolean): Tool[] {
  const called = served.content.flatMap(({ block }) => (block.type === 'tool_use' ? [String(block['name'])] : []));
  return [...new Set(called)].map((name) => anyTool(name, () => `what ${name} finds`, { idempotent }));
}

function countBefore(placed: readonly PlacedEvent[], at: number): number {
  const next = placed.findIndex(({ end }) => end > at);
  return next < 0 ? placed.length : next;
}
