import { isObject } from '../../src/values/isObject.js';
import { LEGEND } from '../alphabet/legend.js';
import { letterOf } from '../alphabet/letterOf.js';
import { Exactly } from './exactly.js';
import { DiagramError } from '../diagram/DiagramError.js';
import { type Diagram, parseDiagram } from '../diagram/parseDiagram.js';

/**
 * What the letters of an expectation mean: fields that the event must have, a list of such for several events at once, a
 * matcher of the test framework, or a function that returns `true` for the right event; `inTurn(...)` gives another of these
 * each time. `#` is the error. A letter of the legend keeps its own meaning, too, unless the value names another `type`.
 */
export type ExpectedValues = Readonly<Record<string, unknown>>;

/** The test's value for a letter. */
interface ExpectedValue {
  readonly of: unknown;
  /** Whether the event must also have this letter in the legend. */
  readonly keepsShape: boolean;
}

/** An event that is expected, or the end. */
export interface ExpectedEvent {
  readonly frame: number;
  /** The letter in the diagram, `|` or `#`. */
  readonly letter: string;
  readonly lane: string | undefined;
  /** The test's value for the event; `undefined` when the legend's meaning is enough. */
  readonly value: ExpectedValue | undefined;
}

/** All that a test expects of a run. */
export interface Expectation extends Pick<Diagram, 'scale' | 'lanes'> {
  readonly events: readonly ExpectedEvent[];
}

/**
 * Reads a diagram and its values.
 *
 * @throws DiagramError for a diagram that cannot be read, and for a letter without a meaning.
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

/** The meaning of a letter at this place. */
function valueOf(letter: string, given: unknown, used: Map<string, number>): unknown {
  if (!isObject(given) || !Array.isArray(given['inTurn'])) return given;
  const turn = used.get(letter) ?? 0;
  used.set(letter, turn + 1);
  const values: readonly unknown[] = given['inTurn'];
  return values[Math.min(turn, values.length - 1)];
}

/** Whether a letter of the legend keeps its own meaning beside the test's value. */
export function keepsShape(letter: string, value: unknown): boolean {
  const event = value instanceof Exactly ? value.value : value;
  if (!Object.hasOwn(LEGEND, letter) || !isObject(event) || 'asymmetricMatch' in event) return false;
  return !('type' in event) || letterOf(event) === letter;
}

function unknownLetter(letter: string, diagram: string, column: number): DiagramError {
  const known = Object.keys(LEGEND).join(' ');
  const problem = `\`${letter}\` is not a letter of the legend (${known}), and the test gives no value for it.`;
  return new DiagramError(problem, diagram.split('\n').at(-1) ?? '', diagram.includes('\n') ? 0 : column);
}
