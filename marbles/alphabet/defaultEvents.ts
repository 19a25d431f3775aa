import type { ClaudeEvent } from '../../src/events/ClaudeEvent.js';
import * as claude from './claude.js';
import type { Unplaced } from './placement.js';

/**
 * What a letter of Claude's stands for in a reply that does not say it: an event of the shape that the legend names. A call
 * has the id `toolu_1` (then `toolu_2`, and so on), calls the tool named `tool`, and has the input `{}`.
 *
 * @param count How often the letter has been used before in the same script, from 0.
 * @returns `undefined` for a letter that is not Claude's.
 */
export function defaultEvent(letter: string, count: number): ClaudeEvent | Unplaced | undefined {
  return MAKERS.get(letter)?.(count + 1);
}

type Maker = (number: number) => ClaudeEvent | Unplaced;

const MAKERS: ReadonlyMap<string, Maker> = new Map<string, Maker>([
  ['s', (number) => claude.messageStart({ id: `msg_${number}` })],
  ['o', () => claude.textStart()],
  ['t', () => claude.text('text')],
  ['h', () => claude.contentBlockStart({ type: 'thinking', thinking: '', signature: '' })],
  ['g', () => claude.contentBlockDelta({ type: 'thinking_delta', thinking: 'thought' })],
  ['f', () => claude.contentBlockDelta({ type: 'signature_delta', signature: 'signature' })],
  ['d', () => claude.contentBlockStart({ type: 'redacted_thinking', data: 'redacted' })],
  ['k', (number) => claude.toolUseStart(`toolu_${number}`, 'tool')],
  ['v', (number) => claude.serverToolUse(`srvtoolu_${number}`, 'web_search').start],
  ['i', () => claude.inputJson('{}')],
  ['r', (number) => claude.serverToolResult(`srvtoolu_${number}`, 'web_search_tool_result', []).start],
  ['b', () => claude.contentBlockStart({ type: 'block_of_the_future' })],
  ['n', () => claude.contentBlockDelta({ type: 'delta_of_the_future' })],
  ['c', () => claude.contentBlockStop()],
  ['w', () => claude.stop('tool_use')],
  ['e', () => claude.stop('end_turn')],
  ['x', () => claude.stop('max_tokens')],
  ['y', () => claude.stop('pause_turn')],
  ['z', () => claude.stop(null)],
  ['m', () => claude.messageStop()],
  ['p', () => claude.ping()],
  ['u', () => claude.event({ type: 'event_of_the_future' })],
]);
