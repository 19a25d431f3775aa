import type { ClaudeEvent } from '../../src/events/ClaudeEvent.js';
import { messageStart, messageStop, stop } from './claudeEvents.js';
import { createPlacement } from './placement.js';

/**
 * A whole reply: `message_start`, the parts, the `message_delta` that says why it ended, `message_stop`.
 *
 * What a part brings itself is not added: a reply may have its own {@link messageStart} or {@link stop}. Without one, it
 * stops with `tool_use` when it calls a tool, and with `end_turn` when it does not.
 *
 * @param parts Blocks, such as `textBlock('Hi')` or `toolUse('toolu_1', 'add', { a: 1 })`, and single events.
 * @returns The events, each with its index. One letter of a diagram can stand for all of them.
 * @example
 * ```ts
 * import { message, textBlock, toolUse } from 'rxclaude/marbles';
 *
 * const calling = message(textBlock('Let me see.'), toolUse('toolu_1', 'get_weather', { city: 'Oslo' }));
 * const answer = message(textBlock('It ', 'rains.'));
 * ```
 */
export function message(...parts: readonly (ClaudeEvent | readonly ClaudeEvent[])[]): readonly ClaudeEvent[] {
  const events = parts.flat();
  const has = (type: string): boolean => events.some((event) => event.type === type);
  const calls = events.some((event) => event.type === 'content_block_start' && event.content_block.type === 'tool_use');
  return [
    ...(has('message_start') ? [] : [messageStart()]),
    ...events,
    ...(has('message_delta') ? [] : [stop(calls ? 'tool_use' : 'end_turn')]),
    ...(has('message_stop') ? [] : [messageStop()]),
  ].map(createPlacement());
}
