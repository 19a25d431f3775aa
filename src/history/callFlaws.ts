import { isJsonObject } from '../json/isJsonObject.js';
import { CALL_ID, SERVER_CALL_ID, withObjectInput, type Block, type Role } from '../rules/blocks.js';
import type { Flaw, Remedy } from './Flaw.js';

const FOREIGN: Flaw = {
  code: 'tool_use_not_from_assistant',
  field: '',
  words: '`tool_use` blocks can only be in `assistant` messages',
  names: 'message',
  remedy: {
    code: 'call_removed',
    text: 'A call that is not in an assistant message was removed.',
    mend: () => undefined,
  },
};

const MENDED_INPUT: Remedy = {
  code: 'input_changed',
  text: 'An input that is no object was made one.',
  mend: withObjectInput,
};

/** What is wrong with a call of a tool that the program runs. How to mend it depends on its result. */
export function callFlaws(block: Block, role: Role): Flaw[] {
  return [...(role === 'assistant' ? [] : [FOREIGN]), ...idFlaws(block, 'id', CALL_ID), ...inputFlaws(block)];
}

/** What is wrong with a call of a tool that the server runs. */
export function serverCallFlaws(block: Block): Flaw[] {
  const ids = block.type === 'server_tool_use' ? idFlaws(block, 'id', SERVER_CALL_ID) : [];
  return [...ids, ...inputFlaws(block).map((flaw) => ({ ...flaw, remedy: MENDED_INPUT }))];
}

/** An id of the wrong characters. One that is no text at all is a wrong field. */
export function idFlaws(block: Block, field: string, pattern: RegExp): Flaw[] {
  const id = block[field];
  if (typeof id !== 'string' || pattern.test(id)) return [];
  const words = `String should match pattern '${pattern.source}'`;
  return [{ code: 'invalid_tool_use_id', field: `.${block.type}.${field}`, words }];
}

function inputFlaws({ type, input }: Block): Flaw[] {
  if (isJsonObject(input)) return [];
  const words = input === undefined ? 'Field required' : 'Input should be a valid dictionary';
  return [{ code: 'tool_input_not_object', field: `.${type}.input`, words }];
}
