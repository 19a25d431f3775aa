import type { RoundEvent } from './RoundEvent.js';

/** How much an event without text counts. */
const NO_TEXT = 100;
/** The least that a piece of text counts, however short: its event takes memory too. */
const LEAST_TEXT = 10;

/**
 * The size of a buffered event, in characters: the length of the piece that Claude wrote, or a constant for an event
 * without one. It takes constant time, because anything deeper, such as the output of a tool, is not counted.
 */
export function charsOf(event: RoundEvent): number {
  const text = textOf(event);
  return text == null ? NO_TEXT : Math.max(text.length, LEAST_TEXT);
}

function textOf(event: RoundEvent): string | null | undefined {
  if (event.type === 'tool_input') return event.text;
  if (event.type !== 'content_block_delta') return undefined;
  const { delta } = event;
  switch (delta.type) {
    case 'text_delta':
      return delta.text;
    case 'thinking_delta':
      return delta.thinking;
    case 'input_json_delta':
      return delta.partial_json;
    case 'signature_delta':
      return delta.signature;
    case 'compaction_delta':
      return delta.content;
    default:
      return undefined;
  }
}
