import type { HistoryChangeCode } from '../events/HistoryChange.js';
import {
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
import { extraFields, litterOf, wrongFields } from '../rules/fields.js';
import { isForToolset, isInner, isMarkedEmpty, isTextBlock, leftOut } from '../rules/results.js';
import { toText } from '../tools/result/toText.js';
import { isSameList } from '../values/isSameList.js';
import { withBlock, type Cell, type Report } from './Draft.js';
import { NO_BLOCK } from './readMessage.js';

/** Mends a block, whatever the history around it. The code says why it has to be removed. */
export function mendBlock(cell: Cell, role: Role, report: Report): Cell | HistoryChangeCode {
  const removed = whyRemoved(cell.block, role);
  if (removed !== undefined) return removed;
  const bare = withBlock(cell, withoutLitter(cell.block, role), 'field_removed', report, false);
  const { block } = bare;
  if (isServerCall(block)) return withBlock(bare, withObjectInput(block), 'input_changed', report);
  if (block.type === 'tool_result') return mendResult(bare, report);
  return role === 'user' && isCited(block)
    ? withBlock(bare, withoutFields(block, ['citations']), 'field_removed', report)
    : bare;
}

function whyRemoved(block: Block, role: Role): HistoryChangeCode | undefined {
  if (block === NO_BLOCK || wrongFields(block).length > 0) return 'block_removed';
  if (isEmptyText(block)) return 'text_removed';
  if (isUnsigned(block)) return 'thinking_removed';
  if (role === 'assistant') return block.type === 'document' ? 'block_removed' : undefined;
  return block.type === 'tool_use' ? 'call_removed' : undefined;
}

function withoutLitter(block: Block, role: Role): Block {
  return withoutFields(block, litterOf(extraFields(block, role), role));
}

function mendResult(cell: Cell, report: Report): Cell {
  const { is_error } = cell.block;
  const isError = Boolean(is_error) && is_error !== 'false';
  const told = is_error === undefined || is_error === isError ? cell.block : { ...cell.block, is_error: isError };
  const whole = withBlock(cell, withInner(told, isError ? isTextBlock : isInner), 'result_changed', report);
  return withBlock(whole, withInner(whole.block, isInner, withoutInnerLitter), 'field_removed', report, false);
}

/** Mends what is wrong with a `tool_result` as the answer to its call. */
export function mendAnswer(cell: Cell, call: Block, report: Report): Cell {
  const toolset = call['toolset_name'] ?? undefined;
  const named = withToolset(cell.block, toolset);
  const isAllowed = isProgrammatic(call) ? isTextBlock : toolset === undefined ? isInner : isForToolset;
  return withBlock(cell, withInner(named, isAllowed), 'result_changed', report);
}

function withToolset(result: Block, toolset_name: unknown): Block {
  if ((result['toolset_name'] ?? undefined) === toolset_name) return result;
  const { toolset_name: _, ...bare } = result;
  return toolset_name === undefined ? bare : { ...result, toolset_name };
}

/**
 * The result with only what its content may hold: a note replaces a block that is not allowed, a value that is not a block
 * becomes text, and an incomplete block is left out. The same result when nothing has to change.
 */
function withInner(
  result: Block,
  isAllowed: (inner: Block) => boolean,
  change = (inner: Block): Block => inner,
): Block {
  const { content } = result;
  if (content === undefined || typeof content === 'string') return result;
  if (content === null) return withoutFields(result, ['content']);
  if (!Array.isArray(content)) return { ...result, content: toText(content) };
  const inner = Array.from(content as unknown[], (value) => {
    if (!isInner(value)) return [{ type: 'text', text: toText(value) }];
    if (wrongFields(value).length > 0) return [];
    return [isAllowed(value) ? change(value) : leftOut(value.type, 'it cannot be sent here')];
  }).flat();
  return isSameList(inner, content) ? result : { ...result, content: inner };
}

function withoutInnerLitter(inner: Block): Block {
  const bare = withoutLitter(inner, 'user');
  return isMarkedEmpty(bare) ? withoutFields(bare, ['cache_control']) : bare;
}
