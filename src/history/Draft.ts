import type { HistoryChange, HistoryChangeCode } from '../events/HistoryChange.js';
import type { Block, Fields, Role } from '../rules/blocks.js';
import { isSameList } from '../values/isSameList.js';
import { RENAMED } from './createRenamer.js';
import { pathOf } from './defects.js';
import type { SeenMessage } from './readMessage.js';

/**
 * Where a message or a block was before anything was mended, and how many blocks were before it in the history;
 * `undefined` for what is new.
 */
type Origin = readonly [message: number, block?: number, order?: number] | undefined;

/** A block of a history that is being mended. */
export interface Cell {
  readonly block: Block;
  readonly origin: Origin;
  /** Whether Claude reads something else in it than before. */
  readonly isChanged: boolean;
}

/** A message of a history that is being mended. */
export interface Draft {
  readonly role: Role;
  readonly cells: readonly Cell[];
  readonly origin: Origin;
  /** The message as it was, without the fields that the API does not take. Its content is that of `before`. */
  readonly message: Fields;
  /** The cells as they were. */
  readonly before: readonly Cell[];
}

/** Takes note of a change. What is new changes without notice. */
export type Report = (code: HistoryChangeCode, origin: Origin) => void;

/** Notes changes in a list, each with its sentence. */
export function reportTo(changes: HistoryChange[]): Report {
  return (code, origin) => {
    if (origin === undefined) return;
    const [message, block] = origin;
    const place = { path: pathOf(message, block), message, ...(block !== undefined && { block }) };
    changes.push({ code, ...place, text: TEXTS[code] });
  };
}

const TEXTS: Readonly<Record<HistoryChangeCode, string>> = {
  message_removed: 'Removed a message that says nothing, or a value that is not a message.',
  block_removed: 'Removed a block that is incomplete, or not allowed in this message.',
  text_removed: 'Removed an empty text.',
  thinking_removed: 'Removed thinking without a signature, or at the end of a turn.',
  field_removed: 'Removed fields that the API does not take.',
  cache_mark_removed: 'Removed cache marks beyond the four of one request.',
  call_answered: 'Answered a call without a result with an error that says so.',
  call_removed: 'Removed a call that is incomplete, or that no result can belong to.',
  caller_removed: 'Kept a call that has a result, without the server tool whose code made it.',
  server_tool_removed: 'Removed a server tool that can no longer get a result.',
  result_removed: 'Removed a result without a call, or a second one of the same call.',
  result_moved: 'Moved a result to the beginning of the message after its call.',
  result_changed: 'Changed what the API does not take in a result.',
  input_changed: 'Turned an input into an object.',
  id_renamed: RENAMED,
};

/** The cell with another block, which is reported; the same cell when it is the same block. */
export function withBlock(cell: Cell, block: Block, code: HistoryChangeCode, report: Report, isSeen = true): Cell {
  if (block === cell.block) return cell;
  report(code, cell.origin);
  return { ...cell, block, isChanged: cell.isChanged || isSeen };
}

/** The draft with other cells; the same draft when they are the same. */
export function withCells(draft: Draft, cells: readonly Cell[]): Draft {
  return isSameList(cells, draft.cells) ? draft : { ...draft, cells };
}

/** The draft with each cell as `change` returns it; where that is a code, the cell is dropped and the code reported. */
export function mapCells(
  draft: Draft,
  report: Report,
  change: (cell: Cell, index: number) => Cell | HistoryChangeCode,
): Draft {
  const cells: Cell[] = [];
  for (const [index, cell] of draft.cells.entries()) {
    const changed = change(cell, index);
    if (typeof changed === 'string') report(changed, cell.origin);
    else cells.push(changed);
  }
  return withCells(draft, cells);
}

/** The message of a draft: the same object as before when nothing in it has changed. */
export function toMessage({ message, cells, before }: Draft): Fields {
  return cells === before ? message : { ...message, content: cells.map(({ block }) => block) };
}

/** A draft as the rules see a message. */
export function seenDraft({ role, cells, message }: Draft, index: number): SeenMessage {
  return { index, role, message, blocks: cells.map(({ block }) => block), isString: false };
}
