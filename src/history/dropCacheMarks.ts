import { innerBlocks, withoutFields, type Block, type Fields } from '../rules/blocks.js';
import { cacheMarks, isMarked, MOST_CACHE_MARKS } from './createCacheMarks.js';
import { reportBlock, withCells, type Draft, type Report } from './Draft.js';

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
        reportBlock(report, cell, 'cache_mark_removed', 'Cache marks beyond the four of one request were removed.');
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
