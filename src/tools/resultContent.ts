import type { ToolResultBlockParam } from '@anthropic-ai/sdk/resources/messages/messages';
import { configure } from 'safe-stable-stringify';
import { isObject } from '../iteration/isObject.js';

type Content = NonNullable<ToolResultBlockParam['content']>;
type Block = Exclude<Content, string>[number];

/** What bounds the content of a result. */
export interface ContentLimits {
  /** The most characters of text. */
  readonly maxChars: number;
  /** Whether only text may be sent: for error results, and for calls made by code that Claude runs. */
  readonly textOnly?: boolean;
}

/** The base64 text of the largest file that the API takes in one block (5 MB), with room for the block around it. */
const LARGEST_BLOCK = 7_000_000;

/** What a block of each type cannot be without. */
const NEEDED: ReadonlyMap<unknown, string> = new Map([
  ['text', 'text'],
  ['image', 'source'],
  ['document', 'source'],
  ['search_result', 'content'],
  ['tool_reference', 'tool_name'],
  ['browser_state', 'tabs'],
]);

const stringify = configure({ deterministic: false, circularValue: '[Circular]', maximumDepth: 100 });

/**
 * Makes any value that a tool returned into content that the API accepts.
 *
 * Strings stay as they are, an array of content blocks is sent as such, `undefined` becomes empty text and anything
 * else JSON (a `BigInt` as its digits, a cycle as `[Circular]`). Text beyond the limit is cut, with a note that says so.
 */
export function resultContent(output: unknown, { maxChars, textOnly = false }: ContentLimits): Content {
  if (!isContentBlocks(output)) return cut(toText(output), maxChars);
  const blocks = output.map((block) => (block.type === 'text' ? block : fitting(block, textOnly)));
  return cutBlocks(blocks, maxChars);
}

/** The text of any value. */
export function toText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === undefined) return '';
  if (typeof value === 'bigint' || typeof value === 'symbol') return value.toString();
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  try {
    const json: unknown = stringify(value);
    return typeof json === 'string' ? json : `[${typeof value}]`;
  } catch (error) {
    return `[a value that cannot be written as JSON: ${error instanceof Error ? error.message : typeof error}]`;
  }
}

function isContentBlocks(output: unknown): output is Block[] {
  return Array.isArray(output) && output.length > 0 && output.every(isBlock);
}

function isBlock(value: unknown): boolean {
  if (!isObject(value)) return false;
  const needed = NEEDED.get(value['type']);
  if (needed === undefined) return false;
  return value['type'] === 'text' ? typeof value['text'] === 'string' : value[needed] !== undefined;
}

/** A block other than text, or a note in its place where it cannot be sent. */
function fitting(block: Block, textOnly: boolean): Block {
  if (textOnly) return { type: 'text', text: `[${block.type} left out: only text can be sent here]` };
  const size = toText(block).length;
  if (size <= LARGEST_BLOCK) return block;
  return { type: 'text', text: `[${block.type} left out: ${String(size)} characters, more than the API takes]` };
}

function cutBlocks(blocks: readonly Block[], maxChars: number): Block[] {
  let left = maxChars;
  return blocks.map((block) => {
    if (block.type !== 'text') return block;
    const text = cut(block.text, left);
    left = Math.max(0, left - block.text.length);
    return { ...block, text };
  });
}

function cut(text: string, maxChars: number): string {
  if (text.length <= maxChars) return wellFormed(text);
  const note = `[cut: ${String(text.length)} characters in all, the first ${String(maxChars)} are shown]`;
  return `${wellFormed(text.slice(0, maxChars))}\n${note}`;
}

/** The API refuses half a surrogate pair; a cut or a careless tool leaves one. */
function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\uFFFD');
}
