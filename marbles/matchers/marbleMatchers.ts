import { checkHistory } from '../../src/history/checkHistory.js';
import type { HistoryMessage } from '../../src/history/checkHistory.js';
import { isObject } from '../../src/values/isObject.js';
import type { ToolEntry } from '../../src/tools/Tool.js';
import { checkEvents } from '../compare/checkEvents.js';
import { type ExpectedValues, readExpectation } from '../compare/expectation.js';
import { preview } from '../compare/preview.js';
import type { Run } from '../run/Run.js';
import { checkContents } from '../session/expectLifespans.js';
import type { ScriptedRequest } from '../session/scriptClaude.js';

/** The verdict of a matcher, as Jest, Vitest and Jasmine take it. */
export interface MatcherResult {
  /** Whether the value matches. */
  readonly pass: boolean;
  /** The message of a failure. */
  readonly message: () => string;
}

/** The matchers, as a test calls them on `expect(...)`. */
export interface MarbleMatchers<Result> {
  /**
   * Expects a run to match a diagram.
   *
   * The value of `expect` is what `drawMarbles` emits, or its `run`.
   *
   * @param diagram A line of marbles, or a diagram with lanes.
   * @param values What letters mean, where the legend is not enough.
   */
  toMatchMarbles(diagram: string, values?: ExpectedValues): Result;
  /** Expects a client of `scriptClaude` to have sent requests with these fields, in this order, and no others. */
  toHaveSentRequests(bodies: readonly object[]): Result;
  /** Expects messages that the API accepts, together with these tools. */
  toBeValidHistory(tools?: readonly ToolEntry[]): Result;
}

/**
 * Matchers for Jest and Vitest, for runs that are over: live ones, or recorded ones.
 *
 * `rxclaude/marbles/jest` and `rxclaude/marbles/vitest` export them with their types.
 *
 * @example
 * ```ts
 * import { marbleMatchers } from 'rxclaude/marbles';
 *
 * declare const expect: { extend(matchers: object): void };
 *
 * expect.extend(marbleMatchers);
 * ```
 */
export const marbleMatchers = {
  toMatchMarbles(received: unknown, diagram: string, values: ExpectedValues = {}): MatcherResult {
    const run = toRun(received);
    if (run === undefined) return refused('toMatchMarbles', 'a run that drawMarbles has drawn', received);
    return verdict(checkEvents(run, readExpectation(diagram, values), values), 'a run that differs from the diagram');
  },
  toHaveSentRequests(received: unknown, bodies: readonly object[]): MatcherResult {
    const requests = isObject(received) ? received['requests'] : undefined;
    if (!Array.isArray(requests)) return refused('toHaveSentRequests', 'a client of scriptClaude', received);
    const sent = (requests as ScriptedRequest[]).map(({ body }) => body);
    return verdict(checkContents('request', sent, bodies), 'requests that differ from these');
  },
  toBeValidHistory(received: unknown, tools?: readonly ToolEntry[]): MatcherResult {
    if (!Array.isArray(received)) return refused('toBeValidHistory', 'a list of messages', received);
    const defects = checkHistory(received as HistoryMessage[], tools);
    const problem = `The API would refuse the history:\n${defects.map(({ wording }) => `  ${wording}`).join('\n')}`;
    return verdict(defects.length === 0 ? undefined : problem, 'a history that the API refuses');
  },
};

function toRun(received: unknown): Run | undefined {
  if (!isObject(received)) return undefined;
  const run = isObject(received['run']) ? received['run'] : received;
  return Array.isArray(run['values']) ? (run as unknown as Run) : undefined;
}

function verdict(problem: string | undefined, opposite: string): MatcherResult {
  return { pass: problem === undefined, message: () => problem ?? `Expected ${opposite}, but it matches.` };
}

function refused(matcher: string, wanted: string, received: unknown): MatcherResult {
  return { pass: false, message: () => `${matcher}: expected ${wanted}, found ${preview(received)}.` };
}
