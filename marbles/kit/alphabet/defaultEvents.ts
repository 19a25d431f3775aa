import type { ClaudeEvent } from '../../../src/events/ClaudeEvent.js';
import { serverTool, serverToolResult, thinking, toolUse, wholeBlock } from './blocks.js';
import { blockStop, delta, messageStart, messageStop, ping, stop, text, textStart } from './claudeEvents.js';

/**
 * What a letter of Claude's stands for in a reply that does not say it: an event of the shape that the legend names. A call
 * has the id `toolu_1` (then `toolu_2`, and so on), calls the tool named `tool`, and has the input `{}`.
 *
 * @param count How often the letter has been used before in the same script, from 0.
 * @returns `undefined` for a letter that is not Claude's.
 */
export function defaultEvent(letter: string, count: number): ClaudeEvent | undefined {
  return MAKERS.get(letter)?.(count + 1);
}

const MAKERS: ReadonlyMap<string, (number: number) => ClaudeEvent> = new Map<string, (number: number) => ClaudeEvent>([
  ['s', (number) => messageStart({ id: `msg_${number}` })],
  ['o', () => textStart()],
  ['t', () => text('text')],
  ['h', () => thinking('').start],
  ['g', () => delta({ type: 'thinking_delta', thinking: 'thought' })],
  ['f', () => delta({ type: 'signature_delta', signature: 'signature' })],
  ['d', () => wholeBlock({ type: 'redacted_thinking', data: 'redacted' }).start],
  ['k', (number) => toolUse(`toolu_${number}`, 'tool').start],
  ['v', (number) => serverTool(`srvtoolu_${number}`, 'web_search').start],
  ['i', () => delta({ type: 'input_json_delta', partial_json: '{}' })],
  ['r', (number) => serverToolResult(`srvtoolu_${number}`, 'web_search_tool_result', []).start],
  ['b', () => wholeBlock({ type: 'block_of_the_future' }).start],
  ['n', () => delta({ type: 'delta_of_the_future' })],
  ['c', () => blockStop()],
  ['w', () => stop('tool_use')],
  ['e', () => stop('end_turn')],
  ['x', () => stop('max_tokens')],
  ['y', () => stop('pause_turn')],
  ['z', () => stop(null)],
  ['m', () => messageStop()],
  ['p', () => ping()],
  ['u', () => ({ type: 'event_of_the_future' }) as unknown as ClaudeEvent],
]);
