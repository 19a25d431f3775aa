import { CALL_ID, innerBlocks, type Block, type Role } from '../rules/blocks.js';
import { idFlaws } from './callFlaws.js';
import { contentFlaws } from './contentFlaws.js';
import type { Flaw } from './Flaw.js';
import { isTextBlock, withOnly } from '../rules/results.js';

/** What is wrong with a `tool_result`, whatever it answers. */
export function resultFlaws(block: Block, role: Role): Flaw[] {
  return [
    ...(role === 'user' ? [] : [FOREIGN]),
    ...idFlaws(block, 'tool_use_id', CALL_ID),
    ...contentFlaws(block),
    ...errorFlaws(block),
  ];
}

const FOREIGN: Flaw = {
  code: 'tool_result_not_from_user',
  field: '',
  words: '`tool_result` blocks can only be in `user` messages',
  names: 'message',
};

function errorFlaws(block: Block): Flaw[] {
  const { is_error } = block;
  if (is_error === undefined || is_error === false) return [];
  if (is_error !== true) return [NO_BOOLEAN];
  return innerBlocks(block).every(isTextBlock) ? [] : [NOT_TEXT];
}

const NO_BOOLEAN: Flaw = {
  code: 'malformed_block',
  field: '.tool_result.is_error',
  words: 'Input should be a valid boolean',
  remedy: {
    code: 'result_changed',
    text: 'The mark that tells an error result was made true or false.',
    mend: (block) => ({ ...block, is_error: Boolean(block['is_error']) && block['is_error'] !== 'false' }),
  },
};
const NOT_TEXT: Flaw = {
  code: 'non_text_in_error_result',
  field: '.tool_result',
  words: 'all content must be type `text` if `is_error` is true',
  remedy: {
    code: 'result_changed',
    text: 'What is no text was left out of an error result.',
    mend: (block) => withOnly(block, isTextBlock),
  },
};
