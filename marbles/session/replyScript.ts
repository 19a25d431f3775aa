import type { ClaudeEvent } from '../../src/events/ClaudeEvent.js';
import { deepFreeze } from '../../src/values/deepFreeze.js';
import { isObject } from '../../src/values/isObject.js';
import { apiError } from '../alphabet/apiError.js';
import { defaultEvent } from '../alphabet/defaultEvents.js';
import { createPlacement, type Unplaced } from '../alphabet/placement.js';
import type { RoundEvent } from '../../src/events/RoundEvent.js';
import type { LetterValue, ReplyValue, ReplyValues, Spread } from '../alphabet/replyValues.js';
import { preview } from '../compare/preview.js';
import { DiagramError } from '../diagram/DiagramError.js';
import { parseRow } from '../diagram/parseRow.js';
import type { Moment, Script } from './play.js';

/**
 * Makes the events of a reply from its diagram.
 *
 * @param count How often a letter has been used in the test, which numbers the calls that have no id of their own.
 * @throws DiagramError for a diagram that cannot be read, and for a letter that nobody explains.
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
  if (given === undefined) return `\`${letter}\` is no letter of Claude's, and no value is given for it.`;
  return `\`${letter}\` must stand for an event or several, such as claude.text('Hi'), and not for ${preview(given)}.`;
}
