import type { HistoryChange, HistoryChangeCode } from '../events/HistoryChange.js';
import { withoutFields, type Block, type Fields, type Role } from '../rules/blocks.js';
import { extraMessageFields } from '../rules/fields.js';
import { blockPath } from './defects.js';

/** A block of a history that is being mended. */
export interface Cell {
  readonly block: Block;
  /** Where it was; `undefined` for a block that was not there. */
  readonly origin: Origin | undefined;
  /** Whether Claude reads something else in it than before. */
  readonly isChanged: boolean;
}

/** Where a block was before anything was mended. */
interface Origin {
  readonly message: number;
  readonly block: number;
  /** How many blocks were before it in the history. */
  readonly order: number;
}

/** A message of a history that is being mended. */
export interface Draft {
  readonly role: Role;
  readonly cells: readonly Cell[];
  /** `undefined` for a message that was not there. */
  readonly original: Original | undefined;
}

/** A message before anything was mended. */
interface Original {
  readonly index: number;
  readonly message: Fields;
  readonly cells: readonly Cell[];
}

/** Takes note of a change. */
export type Report = (change: HistoryChange) => void;

/** Tells of a change to a block. A block that was not there changes without notice. */
export function reportBlock(report: Report, { origin }: Cell, code: HistoryChangeCode, text: string): void {
  if (origin === undefined) return;
  const { message, block } = origin;
  report({ code, path: blockPath(message, block), message, block, text });
}

/** Tells of a change to a message as a whole. */
export function reportMessage(report: Report, message: number, code: HistoryChangeCode, text: string): void {
  report({ code, path: `messages.${String(message)}`, message, text });
}

/** The draft with other cells; the same draft when they are the same. */
export function withCells(draft: Draft, cells: readonly Cell[]): Draft {
  const isSame = cells.length === draft.cells.length && cells.every((cell, at) => cell === draft.cells[at]);
  return isSame ? draft : { ...draft, cells };
}

/** The message of a draft: the very object that it was, unless something in it has changed. */
export function toMessage({ role, cells, original }: Draft): Fields {
  const content = cells.map(({ block }) => block);
  if (original === undefined) return { role, content };
  const { message } = original;
  const litter = messageLitter(message, role);
  const fields = litter.length === 0 ? message : withoutFields(message, (field) => litter.includes(field));
  return cells === original.cells ? fields : { ...fields, content };
}

/** The names of the fields of a message that the API is known to refuse. */
export function messageLitter(message: Fields, role: Role): string[] {
  return extraMessageFields(message, role).flatMap(({ name, isLitter }) => (isLitter ? [name] : []));
}
