import { Subscription } from 'rxjs';
import type { TestScheduler } from 'rxjs/testing';
import { MarbleError } from './MarbleError.js';

/** Returns what is wrong, or `undefined`. */
type Check = () => string | undefined;

/** What one test expects, and its streams. */
export interface Session {
  readonly scheduler: TestScheduler;
  /** The test's subscriptions. They end with it: a promise may settle later, in real time. */
  readonly streams: Subscription;
  /** Adds a check for when no work is left. It runs once. */
  expect(check: Check, at: string): void;
  /** Adds a check for the end of the test. */
  atEnd(check: Check): void;
  /** Runs the checks. @throws MarbleError for the first one that fails. */
  check(): void;
  /** Runs all checks, those for the end of the test included. @throws MarbleError for the first one that fails. */
  finish(): void;
  /** Counts the uses of a letter of Claude's, from 0. */
  count(letter: string): number;
}

/** Makes the session of one test. */
export function createSession(scheduler: TestScheduler): Session {
  let expectations: { readonly check: Check; readonly at: string }[] = [];
  const lastChecks: Check[] = [];
  const counts = new Map<string, number>();
  const problems = (): string[] => lastChecks.flatMap((check) => check() ?? []);

  const check = (): void => {
    const pending = expectations;
    expectations = [];
    for (const { check: ask, at } of pending) {
      const problem = ask();
      // A missing reply explains more than the diagram that differs because of it.
      if (problem !== undefined) throw new MarbleError([problem, ...problems()].join('\n\n'), at);
    }
  };
  return {
    scheduler,
    streams: new Subscription(),
    expect: (ask, at) => void expectations.push({ check: ask, at }),
    atEnd: (ask) => void lastChecks.push(ask),
    check,
    finish() {
      check();
      const [first, ...others] = problems();
      if (first !== undefined) throw new MarbleError([first, ...others].join('\n\n'));
    },
    count(letter) {
      const count = counts.get(letter) ?? 0;
      counts.set(letter, count + 1);
      return count;
    },
  };
}
