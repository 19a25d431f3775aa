import { findDifference, tellDifference } from '../compare/findDifference.js';
import { parseRow } from '../diagram/parseRow.js';
import type { Session } from './createSession.js';
import type { Lifespan } from './Lifespan.js';
import { here } from './MarbleError.js';

/** Says when requests were sent or tools were run, what they were given, and what became of them. */
export interface LifespansExpectation {
  /**
   * @param diagrams One for each, in order: `^` where it begins, then `|` where it completes, `#` where it fails or `!`
   * where it is cancelled; neither of them while it goes on.
   */
  toBe(diagrams: string | readonly string[]): void;
  /** @param contents One for each, in order: fields that the request, or the tool's input, must have. */
  toHave(contents: readonly unknown[]): void;
}

/** Expects things that go on for a while to be as diagrams say, within a test. */
export function expectLifespans<Item extends Lifespan>(
  session: Session,
  noun: string,
  items: readonly Item[],
  contentOf: (item: Item) => unknown,
): LifespansExpectation {
  const toBe = (diagrams: string | readonly string[]): void => {
    const expected = [diagrams].flat().map(readLifespan);
    session.expect(() => checkLifespans(noun, items, expected), here(toBe));
  };
  const toHave = (contents: readonly unknown[]): void => {
    session.expect(() => checkContents(noun, items.map(contentOf), contents), here(toHave));
  };
  return { toBe, toHave };
}

/** Checks when things began and ended. @returns What is wrong, or `undefined`. */
export function checkLifespans(
  noun: string,
  items: readonly Lifespan[],
  expected: readonly Lifespan[],
): string | undefined {
  const actual = items.map(({ from, to, how }): Lifespan => ({ from, ...(to !== undefined && how && { to, how }) }));
  if (findDifference(actual, expected) === undefined) return undefined;
  const lines = Array.from({ length: Math.max(actual.length, expected.length) }, (_, index) => {
    const [wanted, found] = [expected[index], actual[index]].map(writeLifespan) as [string, string];
    const mark = wanted === found ? '' : '   <- differs';
    return `  ${index + 1}  expected  ${wanted}\n     actual    ${found}${mark}`;
  });
  return `The ${noun}s are not as expected (^ begins, | completes, # fails, ! is cancelled):\n\n${lines.join('\n')}`;
}

/** Checks what things were given. @returns What is wrong, or `undefined`. */
export function checkContents(noun: string, found: readonly unknown[], wanted: readonly unknown[]): string | undefined {
  if (found.length !== wanted.length) {
    return `There should be ${wanted.length} ${noun}s, and there are ${found.length}.`;
  }
  for (const [index, content] of wanted.entries()) {
    const difference = findDifference(found[index], content, true);
    if (difference === undefined) continue;
    const name = noun.replace(/^./, (first) => first.toUpperCase());
    return `${name} ${index + 1} is not as expected: ${tellDifference(difference)}.`;
  }
  return undefined;
}

const HOW: Readonly<Record<string, Lifespan['how']>> = { '|': 'completed', '#': 'failed', '!': 'cancelled' };

/** @throws DiagramError for a diagram that is none of a lifespan. */
function readLifespan(diagram: string): Lifespan {
  // To the reader of lines, these two are letters.
  const [begin, end] = parseRow(diagram.replace('^', 'b').replace('!', 'e'));
  if (begin?.letter !== 'b') throw new RangeError(`A diagram of a request or a run begins with \`^\`: ${diagram}`);
  const how = end === undefined ? undefined : HOW[end.letter.replace('e', '!')];
  if (end === undefined || how === undefined) return { from: begin.frame };
  return { from: begin.frame, to: end.frame, how };
}

function writeLifespan(lifespan: Lifespan | undefined): string {
  if (lifespan === undefined) return '(none)';
  const { from, to, how } = lifespan;
  const sign = Object.entries(HOW).find(([, meaning]) => meaning === how)?.[0] ?? '';
  if (to === undefined) return `${pass(from)}^`;
  return to === from ? `${pass(from)}(^${sign})` : `${pass(from)}^${pass(to - from - 1)}${sign}`;
}

function pass(frames: number): string {
  return frames > 60 ? ` ${frames}ms ` : '-'.repeat(frames);
}
