import type { RoundEvent } from './RoundEvent.js';

/** What an event counts that carries no text. */
const NO_TEXT = 100;
/** The least that a piece of text counts, however short: the event around it takes room too. */
const LEAST_TEXT = 10;

/**
 * How much an event weighs that is kept, in characters: the length of the piece that Claude wrote, and a constant for an
 * event without one. What lies deeper, such as the output of a tool, is not looked at, so it takes the same time for
 * every event.
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
