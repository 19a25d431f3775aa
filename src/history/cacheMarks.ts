import type { HistoryDefect } from '../errors/HistoryDefect.js';
import { isJsonObject } from '../json/isJsonObject.js';
import { innerBlocks, withoutFields, type Block, type Fields } from '../rules/blocks.js';
import { isSameList } from '../values/isSameList.js';
import { pathOf } from './defects.js';
import { mapCells, withBlock, type Draft, type Report } from './Draft.js';
import type { Follower } from './readMessage.js';

/** The most cache marks of one request. */
const MOST_CACHE_MARKS = 4;

/** No more cache marks than the API takes, over tools and messages. Those of the system prompt are not known here. */
export function createCacheMarks(definitions: readonly Fields[] = []): Follower {
  let marks = definitions.filter(isMarked).length;
  let first: Pick<HistoryDefect, 'path' | 'message' | 'block'> = { path: 'tools' };

  return {
    take({ index, blocks }) {
      for (const [at, block] of blocks.entries()) {
        const before = marks;
        marks += cacheMarks(block);
        if (before <= MOST_CACHE_MARKS) first = { path: pathOf(index, at), message: index, block: at };
      }
      return [];
    },
    end: () => tooManyMarks(marks, first),
  };
}

function tooManyMarks(marks: number, place: Pick<HistoryDefect, 'path' | 'message' | 'block'>): HistoryDefect[] {
  if (marks <= MOST_CACHE_MARKS) return [];
  const wording = `A maximum of 4 blocks with cache_control may be provided. Found ${String(marks)}.`;
  return [{ ...place, code: 'too_many_cache_marks', wording }];
}

/** More cache marks in the tools alone than the API takes. */
export function markedTools(definitions: readonly Fields[]): HistoryDefect[] {
  return tooManyMarks(definitions.filter(isMarked).length, { path: 'tools' });
}

/** How many cache marks a block has, those in its content included. */
export function cacheMarks(block: Block): number {
  let marks = Number(isMarked(block));
  for (const inner of innerBlocks(block)) if (isMarked(inner)) marks++;
  return marks;
}

/** Whether a tool or a block has a cache mark of its own. */
function isMarked(value: unknown): value is Fields {
  return isJsonObject(value) && value['cache_control'] != null;
}

/** Drops the earliest cache marks where there are more than the API takes. The latest ones serve the next request best. */
export function dropCacheMarks(
  drafts: readonly Draft[],
  definitions: readonly Fields[],
  report: Report,
): readonly Draft[] {
  let surplus = Math.min(0, definitions.filter(isMarked).length - MOST_CACHE_MARKS);
  for (const { cells } of drafts) for (const { block } of cells) surplus += cacheMarks(block);
  if (surplus <= 0) return drafts;

  const unmarked = <T>(value: T): T =>
    isMarked(value) && surplus-- > 0 ? withoutFields(value, ['cache_control']) : value;
  return drafts.map((draft) =>
    mapCells(draft, report, (cell) => {
      const { block } = cell;
      // The marks in its content come before its own, which is at its end.
      const before = innerBlocks(block);
      const content = before.map(unmarked);
      const mended = unmarked(isSameList(content, before) ? block : { ...block, content });
      return withBlock(cell, mended, 'cache_mark_removed', report, false);
    }),
  );
}
