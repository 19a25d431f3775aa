import { withoutFields, type Block, type Role } from '../rules/blocks.js';
import { extraFields, wrongFields } from './blockFields.js';
import { callFlaws, serverCallFlaws } from './callFlaws.js';
import type { Flaw, Remedy } from './Flaw.js';
import { resultFlaws } from './resultFlaws.js';

/** Everything in a block that the API refuses, whatever the history around it. */
export function blockFlaws(block: Block, role: Role): Flaw[] {
  const own = RULES.get(block.type);
  return own === undefined ? fieldFlaws(block) : [...fieldFlaws(block), ...own(block, role)];
}

const RULES: ReadonlyMap<string, (block: Block, role: Role) => Flaw[]> = new Map([
  ['text', textFlaws],
  ['document', documentFlaws],
  ['thinking', thinkingFlaws],
  ['tool_use', callFlaws],
  ['server_tool_use', serverCallFlaws],
  ['mcp_tool_use', serverCallFlaws],
  ['tool_result', resultFlaws],
]);

const dropped = (code: Remedy['code'], text: string): Remedy => ({ code, text, mend: () => undefined });

const MALFORMED = dropped('block_removed', 'A block that lacks what it must have was removed.');
const STRIPPED: Remedy = {
  code: 'field_removed',
  text: 'Fields that the API does not know were removed from a block.',
  unseen: true,
  mend: (block) => {
    const extra = new Set(extraFields(block));
    return withoutFields(block, (field) => extra.has(field));
  },
};

function fieldFlaws(block: Block): Flaw[] {
  const wrong = wrongFields(block).map(({ field, words }): Flaw => ({
    code: 'malformed_block',
    field: `.${block.type}.${field}`,
    words,
    remedy: MALFORMED,
  }));
  const extra = extraFields(block).map((name): Flaw => {
    const field = `.${block.type}.${name}`;
    return { code: 'extra_field', field, words: 'Extra inputs are not permitted', remedy: STRIPPED };
  });
  return [...wrong, ...extra];
}

const EMPTY: Flaw = {
  code: 'empty_text',
  field: '',
  words: 'messages: text content blocks must be non-empty',
  names: 'nothing',
  remedy: dropped('text_removed', 'An empty text was removed.'),
};
const MARKED: Flaw = {
  code: 'cache_mark_on_empty_text',
  field: '.text',
  words: 'cache_control cannot be set for empty text blocks',
};
const CITED: Flaw = {
  code: 'citations_from_user',
  field: '',
  words: 'citations cannot be in a user message',
  remedy: {
    code: 'field_removed',
    text: "The citations of a user's text were removed.",
    mend: (block) => withoutFields(block, (field) => field === 'citations'),
  },
};

function textFlaws({ text, citations, cache_control }: Block, role: Role): Flaw[] {
  return [
    ...(text === '' ? [EMPTY] : []),
    ...(text === '' && cache_control != null ? [MARKED] : []),
    ...(role === 'user' && Array.isArray(citations) && citations.length > 0 ? [CITED] : []),
  ];
}

const FOREIGN_DOCUMENT: Flaw = {
  code: 'document_from_assistant',
  field: '',
  words: 'a document cannot be in an assistant message',
  remedy: dropped('block_removed', 'A document was removed from an assistant message.'),
};

function documentFlaws(_: Block, role: Role): Flaw[] {
  return role === 'assistant' ? [FOREIGN_DOCUMENT] : [];
}

const UNSIGNED = {
  code: 'unsigned_thinking',
  remedy: dropped('thinking_removed', 'Thinking without a signature was removed.'),
} as const;

function thinkingFlaws({ signature }: Block): Flaw[] {
  if (signature === '') return [{ ...UNSIGNED, field: '', words: 'Invalid `signature` in `thinking` block' }];
  if (typeof signature === 'string') return [];
  const words = signature === undefined ? 'Field required' : 'Input should be a valid string';
  return [{ ...UNSIGNED, field: '.thinking.signature', words }];
}
