import type { HistoryDefect } from '../errors/HistoryDefect.js';
import { isJsonObject } from '../json/isJsonObject.js';
import { innerBlocks, type Block, type Fields } from '../rules/blocks.js';
import { blockPath } from './Flaw.js';
import type { Follower } from './Follower.js';

/** The most cache marks of one request. */
export const MOST_CACHE_MARKS = 4;

/** No more cache marks than the API takes, over tools and messages. Those of the system prompt are not known here. */
export function createCacheMarks(definitions: readonly Fields[] = []): Follower {
  let marks = definitions.filter(isMarked).length;
  let surplus: Omit<HistoryDefect, 'code' | 'wording'> | undefined;
  if (marks > MOST_CACHE_MARKS) surplus = { path: 'tools' };

  return {
    see({ index, blocks }) {
      for (const [at, block] of blocks.entries()) {
        marks += cacheMarks(block);
        if (marks > MOST_CACHE_MARKS) surplus ??= { path: blockPath(index, at), message: index, block: at };
      }
      return [];
    },
    end() {
      if (surplus === undefined) return [];
      const wording = `A maximum of 4 blocks with cache_control may be provided. Found ${String(marks)}.`;
      return [{ ...surplus, code: 'too_many_cache_marks', wording }];
    },
  };
}

/** How many cache marks a block has, those in its content included. */
export function cacheMarks(block: Block): number {
  return Number(isMarked(block)) + innerBlocks(block).filter(isMarked).length;
}

/** Whether a tool or a block has a cache mark of its own. */
export function isMarked(value: unknown): boolean {
  return isJsonObject(value) && value['cache_control'] != null;
}
