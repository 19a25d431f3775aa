import { isObject } from '../../src/values/isObject.js';
import { LEGEND } from '../alphabet/legend.js';
import { letterOf } from '../alphabet/letterOf.js';
import { Exactly } from './exactly.js';
import { DiagramError } from '../diagram/DiagramError.js';
import { type Diagram, parseDiagram } from '../diagram/parseDiagram.js';

/**
 * What the letters of an expectation stand for, where the test gives it: fields that the event must have, several such in a
 * row, a matcher of the test framework, or a function that says whether an event is the right one; `inTurn(...)` gives another
 * of these each time. `#` is the error. A letter of the legend keeps its meaning beside what is given, unless that names the
 * `type` of another event.
 */
export type ExpectedValues = Readonly<Record<string, unknown>>;

/** What the test gives for a letter. */
interface ExpectedValue {
  readonly of: unknown;
  /** Whether the event must have the letter of the legend all the same. */
  readonly keepsShape: boolean;
}

/** One thing that is expected. */
export interface ExpectedEvent {
  readonly frame: number;
  /** The letter as it stands in the diagram, `|` or `#`. */
  readonly letter: string;
  readonly lane: string | undefined;
  /** What the event must be like; `undefined` when the letter's own meaning is enough. */
  readonly value: ExpectedValue | undefined;
}

/** All that is expected of a run. */
export interface Expectation extends Pick<Diagram, 'scale' | 'lanes'> {
  readonly events: readonly ExpectedEvent[];
}

/**
 * Reads a diagram and the values that go with it.
 *
 * @throws DiagramError for a diagram that cannot be read, and for a letter that nobody explains.
 */
export function readExpectation(diagram: string, values: ExpectedValues): Expectation {
  const { signs, scale, lanes } = parseDiagram(diagram);
  const used = new Map<string, number>();
  const events = signs.flatMap(({ frame, letter, lane, column }): ExpectedEvent[] => {
    if (!Object.hasOwn(values, letter)) {
      if (!Object.hasOwn(LEGEND, letter) && letter !== '|' && letter !== '#')
        throw unknownLetter(letter, diagram, column);
      return [{ frame, letter, lane, value: undefined }];
    }
    const value = valueOf(letter, values[letter], used);
    const all: readonly unknown[] = Array.isArray(value) ? value : [value];
    return all.map((of) => ({ frame, letter, lane, value: { of, keepsShape: keepsShape(letter, of) } }));
  });
  return { events, scale, lanes };
}

/** What a letter stands for this time. */
function valueOf(letter: string, given: unknown, used: Map<string, number>): unknown {
  if (!isObject(given) || !Array.isArray(given['inTurn'])) return given;
  const turn = used.get(letter) ?? 0;
  used.set(letter, turn + 1);
  const values: readonly unknown[] = given['inTurn'];
  return values[Math.min(turn, values.length - 1)];
}

/** Whether a letter of the legend keeps its meaning beside what the test gives for it. */
export function keepsShape(letter: string, value: unknown): boolean {
  const event = value instanceof Exactly ? value.value : value;
  if (!Object.hasOwn(LEGEND, letter) || !isObject(event) || 'asymmetricMatch' in event) return false;
  return !('type' in event) || letterOf(event) === letter;
}

function unknownLetter(letter: string, diagram: string, column: number): DiagramError {
  const known = Object.keys(LEGEND).join(' ');
  const problem = `\`${letter}\` is no letter of the legend (${known}), and the test gives no value for it.`;
  return new DiagramError(problem, diagram.split('\n').at(-1) ?? '', diagram.includes('\n') ? 0 : column);
}
