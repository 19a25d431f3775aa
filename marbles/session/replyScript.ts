import type { ClaudeEvent } from '../../src/events/ClaudeEvent.js';
import type { RoundEvent } from '../../src/events/RoundEvent.js';
import { deepFreeze } from '../../src/values/deepFreeze.js';
import { isObject } from '../../src/values/isObject.js';
import { apiError } from '../alphabet/apiError.js';
import { createPlacement, type Unplaced } from '../alphabet/placement.js';
import type { LetterValue, ReplyValue, ReplyValues, Spread } from '../alphabet/replyValues.js';
import { preview } from '../compare/preview.js';
import { DiagramError } from '../diagram/DiagramError.js';
import { parseRow } from '../diagram/parseRow.js';
import type { Moment, Script } from './play.js';
import * as claude from '../alphabet/claude.js';

/**
 * Makes the events of a reply from its diagram.
 *
 * @param count Counts the uses of a letter in the test, which numbers the calls without an id of their own.
 * @throws DiagramError for a diagram that cannot be read, and for a letter without a meaning.
 */
export function replyScript<Event extends RoundEvent = ClaudeEvent>(
  diagram: string,
  values: ReplyValues<Event>,
  count: (letter: string) => number,
): Script<Event | ClaudeEvent> {
  type Value = Event | ClaudeEvent;
  const place = createPlacement();
  const used = new Map<string, number>();
  const moments: Moment<Value>[] = [];
  let shift = 0;
  let end: Script<Value>['end'];

  const valueOf = (letter: string, column: number): LetterValue<Value> | Spread<Value | Unplaced> => {
    const given: unknown = Object.hasOwn(values, letter) ? values[letter] : defaultEvent(letter, count(letter));
    if (!isObject(given)) throw new DiagramError(unknown(letter, given), diagram, column);
    const meaning = given as unknown as ReplyValue<Value>;
    if (!('inTurn' in meaning)) return meaning;
    const turn = used.get(letter) ?? 0;
    used.set(letter, turn + 1);
    const value = meaning.inTurn[Math.min(turn, meaning.inTurn.length - 1)];
    if (value === undefined) throw new DiagramError(`\`inTurn()\` of \`${letter}\` has no values.`, diagram, column);
    return value;
  };

  for (const { frame, letter, column } of parseRow(diagram)) {
    const at = frame + shift;
    if (letter === '|') end = { frame: at };
    else if (letter === '#') end = { frame: at, error: { of: values['#'] ?? apiError() } };
    else {
      const value = valueOf(letter, column);
      const spread = 'spread' in value ? value : undefined;
      const events = (spread?.spread ?? ([value].flat() as (Value | Unplaced)[])).map((event) =>
        deepFreeze(place(event)),
      );
      if (spread === undefined) moments.push({ frame: at, values: events });
      else {
        events.forEach((event, index) => moments.push({ frame: at + index * spread.milliseconds, values: [event] }));
        shift += (events.length - 1) * spread.milliseconds;
      }
    }
  }
  return { moments, end };
}

function unknown(letter: string, given: unknown): string {
  if (given === undefined) return `\`${letter}\` is not one of Claude's letters, and the test gives no value for it.`;
  return `\`${letter}\` must be an event or a list of events, such as claude.text('Hi'): found ${preview(given)}.`;
}

/**
 * The default event of one of Claude's letters, in the shape that the legend names. A call has the id `toolu_1` (then
 * `toolu_2`, and so on), the name `tool` and the input `{}`.
 *
 * @param count How often the test has used the letter before.
 * @returns `undefined` for a letter that is not one of Claude's.
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
