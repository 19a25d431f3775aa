import type { Block } from './Block.js';

/** Whether the blocks of a message are nothing but white space. The API refuses that, unless something else is beside it. */
export function isBlank(blocks: readonly Block[]): boolean {
  return blocks.every(isBlankText) && blocks.some(({ text }) => text !== '');
}

function isBlankText({ type, text }: Block): boolean {
  return type === 'text' && typeof text === 'string' && text.trim() === '';
}
