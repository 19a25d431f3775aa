import type { HistoryDefect } from '../errors/HistoryDefect.js';
import { isThinking } from '../rules/blocks.js';
import type { Draft } from './Draft.js';
import { flawDefect } from './Flaw.js';

/**
 * The thinking that stands behind a change. It is bound to the very messages before it, so newer models refuse it there,
 * or drop it; it is left as it is.
 */
export function changedPrefixes(drafts: readonly Draft[]): HistoryDefect[] {
  const found: HistoryDefect[] = [];
  let order = 0;
  let isChanged = false;
  for (const [message, { cells }] of drafts.entries()) {
    for (const [at, { block, origin, isChanged: isNew }] of cells.entries()) {
      // Blocks before this one were dropped, added or moved.
      if (origin?.order !== order++) isChanged = true;
      if (isChanged && isThinking(block)) found.push(changedPrefix(block.type, message, at));
      if (isNew) isChanged = true;
    }
  }
  return found;
}

function changedPrefix(type: string, message: number, block: number): HistoryDefect {
  const words =
    `Invalid \`signature\` in \`${type}\` block. The block is bound to a different conversation. ` +
    'Remove the block, or set `thinking.block_binding.prefix_mismatch_behavior` to "drop_block".';
  return flawDefect({ code: 'thinking_prefix_changed', field: '', words }, message, block);
}
