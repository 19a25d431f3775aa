import { isDeepStrictEqual } from 'node:util';
import type { ToolEntry } from 'rxclaude';
import { checkHistory } from 'rxclaude/history';
import { refuse } from '../../../support/strictRules/refuse.js';
import { isOpenServerCall } from '../../../support/strictRules/serverTools.js';
import { blocksOf, readView, type Block, type WireMessage } from '../../../support/strictRules/view.js';
import type { Held } from './hold.js';
import type { Answer } from './judge.js';
import type { Prefix } from './prefixes.js';

/** What holds for the history that a conversation leaves whose reply was cut. */
export function historyAnswers(held: Held, prefix: Prefix, whole: Prefix): Answer[] {
  const { request, end, runs } = held;
  const tools = request['tools'] as ToolEntry[] | undefined;
  const [said, ...answers] = end.messages.slice(request.messages.length) as unknown as WireMessage[];
  const kept = said === undefined ? [] : blocksOf(said);
  const answered = answers.flatMap(blocksOf).map((result) => result['tool_use_id']);
  return [
    ['its history has no defects', checkHistory(end.messages, tools).length === 0],
    ['the API takes its history with a new question', nextRefusal(held, prefix) === undefined],
    ['it is the question, the reply and the results', answers.length <= 1 && said?.role !== 'user'],
    ['the text so far is kept', isKept(textOf(kept), prefix)],
    ['what is kept is as it was written', isPartOf(kept, whole)],
    ['what was run is answered', runs.every((id) => answered.includes(id) || isGivenUp(id, prefix))],
  ];
}

/**
 * What the API says when a user goes on, in the same container if there is one. Which blocks of the reply must be there is
 * not asked: some recordings answer tools of a reply before them, and are not accepted whole on their own.
 */
function nextRefusal({ request, end }: Held, { served }: Prefix): string | undefined {
  const view = readView(request);
  if (typeof view === 'string') return view;
  const messages = [...end.messages, { role: 'user', content: 'And then?' }];
  const container = end.message?.container?.id;
  const next = { ...request, ...(container !== undefined && { container }), messages };
  return refuse(next, { request: view, served: { ...served, complete: false } });
}

const textOf = (blocks: readonly Block[]): string =>
  blocks.map((block) => (block.type === 'text' ? String(block['text']) : '')).join('');

/** A refused reply is not kept, nor one that is only white space. */
function isKept(text: string, prefix: Prefix): boolean {
  if (prefix.stopReason === 'refusal') return text === '';
  return text === prefix.text || (text === '' && prefix.text.trim() === '');
}

/** Whether each block is one of the whole reply, in its order; a text may be the beginning of one. */
function isPartOf(kept: readonly Block[], { served }: Prefix): boolean {
  let from = 0;
  return kept.every((part) => {
    const found = served.content.findIndex(({ block }, at) => at >= from && begins(part, block));
    from = found + 1;
    return found >= 0;
  });
}

function begins(part: Block, whole: Block): boolean {
  if (part.type !== 'text' || whole.type !== 'text') return isDeepStrictEqual(part, whole);
  return String(whole['text']).startsWith(String(part['text']));
}

/** Whether a call is left out though it is whole: in a refused reply, before another model took over, by code that still runs. */
function isGivenUp(id: string, { stopReason, served }: Prefix): boolean {
  const blocks = served.content.map(({ block }) => block);
  const at = blocks.findIndex((block) => block['id'] === id);
  const { tool_id } = (blocks[at]?.['caller'] ?? {}) as { readonly tool_id?: unknown };
  const isOpen = (block: Block): boolean => block['id'] === tool_id && isOpenServerCall(block, blocks);
  return stopReason === 'refusal' || blocks.slice(at).some(({ type }) => type === 'fallback') || blocks.some(isOpen);
}
