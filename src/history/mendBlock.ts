import type { HistoryChangeCode } from '../events/HistoryChange.js';
import {
  innerBlocks,
  isBlock,
  isCited,
  isEmptyText,
  isProgrammatic,
  isServerCall,
  isUnsigned,
  withObjectInput,
  withoutFields,
  type Block,
  type Role,
} from '../rules/blocks.js';
import { litterIn, wrongFields } from '../rules/fields.js';
import { isForToolset, isInner, isMarkedEmpty, isTextBlock, leftOut } from '../rules/results.js';
import { toText } from '../tools/result/toText.js';
import { reportBlock, type Cell, type Report } from './Draft.js';

/** One thing that may have to be mended in a block. What it depends on is whose block it is, or what it answers. */
interface Remedy<Given> {
  readonly code: HistoryChangeCode;
  /** What it does, in one sentence. */
  readonly text: string;
  /** Whether Claude reads the same as before. */
  readonly unseen?: true;
  /** The same block when nothing has to be done; `undefined` when nothing can be kept of it. */
  readonly mend: (block: Block, given: Given) => Block | undefined;
}

/** Mends what is wrong with a block, whatever the history around it; `undefined` when nothing is left of it. */
export function mendBlock(cell: Cell, role: Role, report: Report): Cell | undefined {
  return mendCell(cell, REMEDIES, role, report);
}

/** Mends what is wrong with a `tool_result` as the answer to its call. */
export function mendAnswer(cell: Cell, call: Block, report: Report): Cell | undefined {
  return mendCell(cell, ANSWER_REMEDIES, call, report);
}

function mendCell<Given>(
  cell: Cell,
  remedies: readonly Remedy<Given>[],
  given: Given,
  report: Report,
): Cell | undefined {
  let mended = cell;
  for (const { code, text, unseen, mend } of remedies) {
    const block = mend(mended.block, given);
    if (block === mended.block) continue;
    reportBlock(report, mended, code, text);
    if (block === undefined) return undefined;
    mended = { ...mended, block, isChanged: mended.isChanged || unseen !== true };
  }
  return mended;
}

const keptIf = (isKept: boolean, block: Block): Block | undefined => (isKept ? block : undefined);

/** In this order: each leaves right what those after it look at. */
const REMEDIES: readonly Remedy<Role>[] = [
  {
    code: 'block_removed',
    text: 'Removed a block that lacks what it must have.',
    mend: (block) => keptIf(wrongFields(block).length === 0, block),
  },
  {
    code: 'field_removed',
    text: 'Removed fields that the API does not take from a block.',
    unseen: true,
    mend: (block, role) => without(block, litterIn(block, role)),
  },
  {
    code: 'text_removed',
    text: 'Removed an empty text.',
    mend: (block) => keptIf(!isEmptyText(block), block),
  },
  {
    code: 'field_removed',
    text: "Removed the citations of a user's text.",
    mend: (block, role) => (role === 'user' && isCited(block) ? without(block, ['citations']) : block),
  },
  {
    code: 'block_removed',
    text: 'Removed a document from an assistant message.',
    mend: (block, role) => keptIf(block.type !== 'document' || role !== 'assistant', block),
  },
  {
    code: 'thinking_removed',
    text: 'Removed thinking without a signature.',
    mend: (block) => keptIf(!isUnsigned(block), block),
  },
  {
    code: 'call_removed',
    text: 'Removed a call that is not in an assistant message.',
    mend: (block, role) => keptIf(block.type !== 'tool_use' || role === 'assistant', block),
  },
  {
    code: 'input_changed',
    text: 'Made an object of an input that was none.',
    mend: (block) => (isServerCall(block) ? withObjectInput(block) : block),
  },
  {
    code: 'result_changed',
    text: 'Made text of what cannot be the content of a result.',
    mend: withContent,
  },
  {
    code: 'field_removed',
    text: 'Removed fields that the API does not take from the content of a result.',
    unseen: true,
    mend: withoutInnerLitter,
  },
  {
    code: 'result_changed',
    text: 'Made `is_error` a boolean.',
    mend: withBooleanError,
  },
  {
    code: 'result_changed',
    text: 'Left out of an error result what is not text.',
    mend: (block) => (isResult(block) && block['is_error'] === true ? withOnly(block, isTextBlock) : block),
  },
];

const ANSWER_REMEDIES: readonly Remedy<Block>[] = [
  {
    code: 'result_changed',
    text: 'Named the toolset of a call in its result.',
    mend: withToolset,
  },
  {
    code: 'result_changed',
    text: 'Left out of a result what a member of a toolset may not return.',
    mend: (block, call) => (call['toolset_name'] == null ? block : withOnly(block, isForToolset)),
  },
  {
    code: 'result_changed',
    text: 'Left out of a result for code that Claude runs what is not text.',
    mend: (block, call) => (isProgrammatic(call) ? withOnly(block, isTextBlock) : block),
  },
];

function isResult({ type }: Block): boolean {
  return type === 'tool_result';
}

function without(block: Block, names: readonly string[]): Block {
  return names.length === 0 ? block : withoutFields(block, (field) => names.includes(field));
}

/** Blocks stay, and anything else becomes text; what says nothing is left out. */
function withContent(block: Block): Block {
  const { content } = block;
  if (!isResult(block) || content === undefined || typeof content === 'string') return block;
  if (content === null) return without(block, ['content']);
  if (!Array.isArray(content)) return { ...block, content: toText(content) };
  return withInner(block, Array.from(content, toInner).flat());
}

function toInner(value: unknown): Block[] {
  if (!isInner(value)) return [{ type: 'text', text: toText(value) }];
  return wrongFields(value).length === 0 ? [value] : [];
}

function withoutInnerLitter(block: Block): Block {
  return isResult(block) ? withInner(block, innerBlocks(block).map(withoutLitter)) : block;
}

function withoutLitter(inner: unknown): unknown {
  if (!isInner(inner)) return inner;
  return without(inner, [...litterIn(inner, 'user'), ...(isMarkedEmpty(inner) ? ['cache_control'] : [])]);
}

function withBooleanError(block: Block): Block {
  const { is_error } = block;
  if (!isResult(block) || is_error === undefined || typeof is_error === 'boolean') return block;
  return { ...block, is_error: Boolean(is_error) && is_error !== 'false' };
}

/** The result with a note in place of each block that it may not hold. */
function withOnly(result: Block, isAllowed: (inner: unknown) => boolean): Block {
  const noted = (inner: unknown): unknown =>
    isAllowed(inner) ? inner : leftOut(isBlock(inner) ? inner.type : 'content', 'it cannot be sent here');
  return withInner(result, innerBlocks(result).map(noted));
}

/** The result with other blocks in its content; the same result when they are the same. */
function withInner(result: Block, content: readonly unknown[]): Block {
  const before = innerBlocks(result);
  const isSame = content.length === before.length && content.every((inner, at) => inner === before[at]);
  return isSame ? result : { ...result, content };
}

function withToolset(result: Block, call: Block): Block {
  const toolset_name = call['toolset_name'] ?? undefined;
  if ((result['toolset_name'] ?? undefined) === toolset_name) return result;
  const bare = without(result, ['toolset_name']);
  return toolset_name === undefined ? bare : { ...bare, toolset_name };
}
