import { innerBlocks, isBlock, callerTypeOf, withoutFields, type Block } from '../rules/blocks.js';
import type { Flaw } from './Flaw.js';
import { isTextBlock, withOnly } from '../rules/results.js';

/** What is wrong with a `tool_result` as the answer to its call. The API's own words for these are not recorded. */
export function answerFlaws(call: Block, result: Block): Flaw[] {
  const toolset = call['toolset_name'] ?? undefined;
  const inner = innerBlocks(result);
  return [
    ...((result['toolset_name'] ?? undefined) === toolset ? [] : [notEchoed(toolset)]),
    ...(toolset === undefined || inner.every(isForToolset) ? [] : [NOT_FOR_TOOLSET]),
    ...(!isProgrammatic(call) || inner.every(isTextBlock) ? [] : [NOT_FOR_CODE]),
  ];
}

/** Whether code that Claude runs made a call. */
function isProgrammatic(call: Block): boolean {
  return callerTypeOf(call)?.startsWith('code_execution_') === true;
}

function notEchoed(toolset: unknown): Flaw {
  return {
    code: 'toolset_name_not_echoed',
    field: '.tool_result.toolset_name',
    words: 'must be that of its tool_use',
    remedy: {
      code: 'result_changed',
      text: 'The toolset of a call was named in its result.',
      mend: (block) => withToolset(block, toolset),
    },
  };
}

function withToolset(result: Block, toolset: unknown): Block {
  const without = withoutFields(result, (field) => field === 'toolset_name');
  return toolset === undefined ? without : { ...without, toolset_name: toolset };
}

const NOT_FOR_TOOLSET: Flaw = {
  code: 'invalid_toolset_result',
  field: '.tool_result',
  words: 'results of toolset members hold only text and images',
  remedy: {
    code: 'result_changed',
    text: 'What a member of a toolset may not return was left out of its result.',
    mend: (block) => withOnly(block, isForToolset),
  },
};

function isForToolset(inner: unknown): boolean {
  return isBlock(inner) && ['text', 'image', 'browser_state'].includes(inner.type);
}

const NOT_FOR_CODE: Flaw = {
  code: 'non_text_in_programmatic_result',
  field: '.tool_result',
  words: 'results of programmatic tool calls hold only text',
  remedy: {
    code: 'result_changed',
    text: 'What is no text was left out of a result for code that Claude runs.',
    mend: (block) => withOnly(block, isTextBlock),
  },
};
