import { findDifference, tellDifference } from '../compare/findDifference.js';
import { parseRow } from '../diagram/parseRow.js';
import type { Session } from './createSession.js';
import type { Lifespan } from './Lifespan.js';
import { here } from './MarbleError.js';

/** An expectation of requests or tool runs: when they began, what was in them, and how they ended. */
export interface LifespansExpectation {
  /**
   * Expects when they began and ended.
   *
   * @param diagrams One for each, in order: `^` where it begins, then `|` where it completes, `#` where it fails or `!`
   * where it is cancelled; none of these when it goes on.
   */
  toBe(diagrams: string | readonly string[]): void;
  /**
   * Expects what was in them.
   *
   * @param contents One for each, in order: fields of the request or of the tool's input.
   */
  toHave(contents: readonly unknown[]): void;
}

/** Compares things that last a while with diagrams. */
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

/** Checks what was in things. @returns What is wrong, or `undefined`. */
export function checkContents(noun: string, found: readonly unknown[], wanted: readonly unknown[]): string | undefined {
  if (found.length !== wanted.length) {
    return `Expected ${counted(wanted.length, noun)}, found ${found.length}.`;
  }
  for (const [index, content] of wanted.entries()) {
    const difference = findDifference(found[index], content, true);
    if (difference === undefined) continue;
    const name = noun.replace(/^./, (first) => first.toUpperCase());
    return `${name} ${index + 1} is not as expected: ${tellDifference(difference)}.`;
  }
  return undefined;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

const HOW: Readonly<Record<string, Lifespan['how']>> = { '|': 'completed', '#': 'failed', '!': 'cancelled' };

/** @throws RangeError for a diagram that does not begin with `^`. */
function readLifespan(diagram: string): Lifespan {
  // `parseRow` takes letters only.
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
