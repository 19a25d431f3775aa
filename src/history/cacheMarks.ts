import type { HistoryDefect } from '../errors/HistoryDefect.js';
import { isJsonObject } from '../json/isJsonObject.js';
import { innerBlocks, withoutFields, type Block, type Fields } from '../rules/blocks.js';
import { reportBlock, withCells, type Draft, type Report } from './Draft.js';
import type { Follower } from './readMessage.js';
import { blockPath } from './defects.js';

/** The most cache marks of one request. */
const MOST_CACHE_MARKS = 4;

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
function isMarked(value: unknown): boolean {
  return isJsonObject(value) && value['cache_control'] != null;
}

/** Drops the earliest cache marks where there are more than the API takes. The latest ones serve the next request best. */
export function dropCacheMarks(drafts: readonly Draft[], definitions: readonly Fields[], report: Report): Draft[] {
  const total = drafts.flatMap(({ cells }) => cells).reduce((sum, { block }) => sum + cacheMarks(block), 0);
  let surplus = total - Math.max(0, MOST_CACHE_MARKS - definitions.filter(isMarked).length);
  return drafts.map((draft) =>
    withCells(
      draft,
      draft.cells.map((cell) => {
        const marks = cacheMarks(cell.block);
        if (surplus <= 0 || marks === 0) return cell;
        const block = withoutMarks(cell.block, surplus);
        surplus -= marks;
        reportBlock(report, cell, 'cache_mark_removed', 'Removed cache marks beyond the four of one request.');
        return { ...cell, block };
      }),
    ),
  );
}

/** The block without the first of its marks. The marks in its content come before its own, which is at its end. */
function withoutMarks(block: Block, count: number): Block {
  let left = count;
  const content = innerBlocks(block).map((inner) =>
    isMarked(inner) && left-- > 0 ? withoutMark(inner as Fields) : inner,
  );
  const stripped = cacheMarks(block) > Number(isMarked(block)) ? { ...block, content } : block;
  return left > 0 ? withoutMark(stripped) : stripped;
}

function withoutMark<T extends Fields>(fields: T): T {
  return withoutFields(fields, (field) => field === 'cache_control');
}
