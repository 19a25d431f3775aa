import type { Fields, Role } from '../rules/blocks.js';
import { messageLitter, reportBlock, reportMessage, withCells, type Cell, type Draft, type Report } from './Draft.js';
import { mendBlock } from './mendBlock.js';
import { NO_BLOCK, readMessage, type SeenMessage } from './readMessage.js';

/**
 * The history as drafts: without what is no message and no block, and with every block right in itself.
 *
 * @param from The index of the first message in the whole history.
 * @param isKept Whether the blocks of a role are kept as they are.
 */
export function draftHistory(
  messages: readonly unknown[],
  report: Report,
  from = 0,
  isKept: (role: Role) => boolean = () => false,
): Draft[] {
  let order = 0;
  return Array.from(messages, (value, at): Draft[] => {
    const index = from + at;
    const message = readMessage(value, index);
    const first = order;
    order += message.role === undefined ? 1 : message.blocks.length;
    if (message.role === undefined) {
      reportMessage(report, index, 'message_removed', 'Removed a value that is not a message.');
      return [];
    }
    return [draftMessage(value as Fields, message, message.role, first, isKept(message.role), report)];
  }).flat();
}

function draftMessage(
  original: Fields,
  seen: SeenMessage,
  role: Role,
  first: number,
  isKept: boolean,
  report: Report,
): Draft {
  const { index, blocks, isString } = seen;
  if (messageLitter(original, role).length > 0) {
    reportMessage(report, index, 'field_removed', 'Removed fields that the API does not take from a message.');
  }
  const cells = blocks.map((block, at): Cell => ({
    block,
    origin: { message: index, block: at, order: first + at },
    isChanged: false,
  }));
  const draft: Draft = { role, cells, original: { index, message: original, cells } };
  return isString || isKept ? draft : withCells(draft, mendCells(cells, role, report));
}

function mendCells(cells: readonly Cell[], role: Role, report: Report): Cell[] {
  return cells.flatMap((cell) => {
    if (cell.block === NO_BLOCK) {
      reportBlock(report, cell, 'block_removed', 'Removed a value that is not a block.');
      return [];
    }
    return mendBlock(cell, role, report) ?? [];
  });
}
