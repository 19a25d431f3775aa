import type { ClaudeEvent } from '../../src/events/ClaudeEvent.js';
import { serverTool, serverToolResult } from './blocks.js';
import {
  blockStart,
  blockStop,
  delta,
  inputDelta,
  messageStart,
  messageStop,
  ping,
  stop,
  text,
  textStart,
  toolUseStart,
} from './claudeEvents.js';
import { event } from './event.js';

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
  ['h', () => blockStart({ type: 'thinking', thinking: '', signature: '' })],
  ['g', () => delta({ type: 'thinking_delta', thinking: 'thought' })],
  ['f', () => delta({ type: 'signature_delta', signature: 'signature' })],
  ['d', () => blockStart({ type: 'redacted_thinking', data: 'redacted' })],
  ['k', (number) => toolUseStart(`toolu_${number}`, 'tool')],
  ['v', (number) => serverTool(`srvtoolu_${number}`, 'web_search').start],
  ['i', () => inputDelta('{}')],
  ['r', (number) => serverToolResult(`srvtoolu_${number}`, 'web_search_tool_result', []).start],
  ['b', () => blockStart({ type: 'block_of_the_future' })],
  ['n', () => delta({ type: 'delta_of_the_future' })],
  ['c', () => blockStop()],
  ['w', () => stop('tool_use')],
  ['e', () => stop('end_turn')],
  ['x', () => stop('max_tokens')],
  ['y', () => stop('pause_turn')],
  ['z', () => stop(null)],
  ['m', () => messageStop()],
  ['p', () => ping()],
  ['u', () => event({ type: 'event_of_the_future' })],
]);
