import type { HistoryDefect, HistoryDefectCode } from '../errors/HistoryDefect.js';
import { innerBlocks, type Block, type Role } from '../rules/blocks.js';
import { extraFields, extraMessageFields } from '../rules/fields.js';
import { isInner } from '../rules/results.js';
import type { SeenMessage } from './readMessage.js';

/** Something in a block that the API refuses, whatever the history around it. */
export interface Flaw {
  readonly code: HistoryDefectCode;
  /** Where it is in the block, such as `.text.index`; empty for the block as a whole. */
  readonly field: string;
  /** What the API says of it. */
  readonly words: string;
  /** What the API's words begin with: the path of the block, that of the message, or nothing. @default 'block' */
  readonly names?: 'block' | 'message' | 'nothing';
}

/** A flaw, and where its block is. */
export function flawDefect(
  { code, field, words, names = 'block' }: Flaw,
  message: number,
  block: number,
): HistoryDefect {
  const path = `${blockPath(message, block)}${field}`;
  const start = { block: `${path}: `, message: `messages.${String(message)}: `, nothing: '' }[names];
  return { code, path, message, block, wording: `${start}${words}` };
}

/** What is wrong with a message as a whole. */
export function messageDefect(code: HistoryDefectCode, message: number, words: string, field = ''): HistoryDefect {
  const path = `messages.${String(message)}${field}`;
  return { code, path, message, wording: `${path}: ${words}` };
}

/** The path of a block, as the API writes it. */
export function blockPath(message: number, block: number): string {
  return `messages.${String(message)}.content.${String(block)}`;
}

/** The fields of a message that the API does not take. */
export function extraMessageDefects({ index, role, message }: SeenMessage): HistoryDefect[] {
  if (role === undefined) return [];
  return extraMessageFields(message, role).map(({ name }) => messageDefect('extra_field', index, EXTRA, `.${name}`));
}

/** The fields of a block, and of those in its content if it is a result, that the API does not take. */
export function extraFlaws(block: Block, role: Role): Flaw[] {
  const inner = block.type === 'tool_result' ? innerBlocks(block) : [];
  return [
    ...extraFields(block, role).map(({ name }) => extraFlaw(`.${block.type}.${name}`)),
    ...inner.flatMap((one, at) =>
      isInner(one)
        ? extraFields(one, 'user').map(({ name }) =>
            extraFlaw(`.tool_result.content.${String(at)}.${one.type}.${name}`),
          )
        : [],
    ),
  ];
}

function extraFlaw(field: string): Flaw {
  return { code: 'extra_field', field, words: EXTRA };
}

const EXTRA = 'Extra inputs are not permitted';
