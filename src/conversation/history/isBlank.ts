import type { Block } from './Block.js';

/** Whether the blocks of a message are nothing but white space. The API refuses that, unless something else is beside it. */
export function isBlank(blocks: readonly Block[]): boolean {
  const texts = blocks.map(({ type, text }) => (type === 'text' && typeof text === 'string' ? text : undefined));
  return texts.some((text) => text !== '') && texts.every((text) => text?.trim() === '');
}
