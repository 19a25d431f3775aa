import type { HistoryDefect, HistoryDefectCode } from '../errors/HistoryDefect.js';
import type { HistoryChangeCode } from '../events/HistoryChange.js';
import type { Block } from '../rules/blocks.js';

/** How to mend a block. */
export interface Remedy {
  readonly code: HistoryChangeCode;
  /** What it does, in one sentence. */
  readonly text: string;
  /** Whether Claude reads the same as before. */
  readonly unseen?: true;
  /** The block without the flaw; `undefined` when nothing can be kept of it. */
  readonly mend: (block: Block) => Block | undefined;
}

/** Something in a block that the API refuses, whatever the history around it. */
export interface Flaw {
  readonly code: HistoryDefectCode;
  /** Where it is in the block, such as `.text.index`; empty for the block as a whole. */
  readonly field: string;
  /** What the API says of it. */
  readonly words: string;
  /** What the API's words begin with: the path of the block, that of the message, or nothing. @default 'block' */
  readonly names?: 'block' | 'message' | 'nothing';
  /** `undefined` where only a look at the whole history tells what to do. */
  readonly remedy?: Remedy;
}

/** A flaw, and where its block is. */
export function flawDefect(
  { code, field, words, names = 'block' }: Flaw,
  message: number,
  block: number,
): HistoryDefect {
  const path = `${blockPath(message, block)}${field}`;
  const start = { block: `${path}: `, message: `messages.${String(message)}: `, nothing: '' }[names];
  return { code, path, message, block, wording: `${start}${words}` };
}

/** What is wrong with a message as a whole. */
export function messageDefect(code: HistoryDefectCode, message: number, words: string, field = ''): HistoryDefect {
  const path = `messages.${String(message)}${field}`;
  return { code, path, message, wording: `${path}: ${words}` };
}

/** What is wrong with the tools, or with the history as far as it needs them. */
export function toolsDefect(code: HistoryDefectCode, path: string, wording: string): HistoryDefect {
  return { code, path, wording };
}

/** The path of a block, as the API writes it. */
export function blockPath(message: number, block: number): string {
  return `messages.${String(message)}.content.${String(block)}`;
}
