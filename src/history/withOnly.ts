import { innerBlocks, isBlock, type Block } from './Block.js';

/** The result with a note in place of each block that it may not hold. */
export function withOnly(result: Block, isAllowed: (inner: unknown) => boolean): Block {
  return { ...result, content: innerBlocks(result).map((inner) => (isAllowed(inner) ? inner : leftOut(inner))) };
}

function leftOut(inner: unknown): Block {
  const what = isBlock(inner) ? inner.type : 'content';
  return { type: 'text', text: `[${what} left out: it cannot be sent here]` };
}

/** Whether something in the content of a result is text. */
export function isText(inner: unknown): boolean {
  return isBlock(inner) && inner.type === 'text';
}
