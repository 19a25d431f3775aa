import { withoutFields, type Role } from '../rules/blocks.js';
import { extraMessageFields, litterOf } from '../rules/fields.js';
import { mapCells, type Cell, type Draft, type Report } from './Draft.js';
import { mendBlock } from './mendBlock.js';
import { readMessage } from './readMessage.js';

/**
 * The history as drafts: only messages and blocks, and every block valid on its own.
 *
 * @param from The index of the first message in the whole history.
 * @param isKept Whether the blocks of a role stay as they are.
 */
export function draftHistory(
  messages: readonly unknown[],
  report: Report,
  from = 0,
  isKept: (role: Role) => boolean = () => false,
): Draft[] {
  const drafts: Draft[] = [];
  let order = 0;
  for (const value of messages) {
    const { index, role, message, blocks, isString } = readMessage(value, from++);
    const origin = [index] as const;
    const first = order;
    order += role === undefined ? 1 : blocks.length;
    if (role === undefined) {
      report('message_removed', origin);
      continue;
    }
    const bare = withoutFields(message, litterOf(extraMessageFields(message, role), role));
    if (bare !== message) report('field_removed', origin);
    const cells = blocks.map((block, at): Cell => ({ block, origin: [index, at, first + at], isChanged: false }));
    const draft: Draft = { role, cells, origin, message: bare, before: cells };
    drafts.push(isString || isKept(role) ? draft : mapCells(draft, report, (cell) => mendBlock(cell, role, report)));
  }
  return drafts;
}
