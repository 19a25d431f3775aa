import { Subscription } from 'rxjs';
import type { TestScheduler } from 'rxjs/testing';
import { MarbleError } from './MarbleError.js';

/** Says what is wrong, or `undefined` when nothing is. */
type Check = () => string | undefined;

/** What a test has been promised, and has to be held to. */
export interface Session {
  readonly scheduler: TestScheduler;
  /** The streams that the test has subscribed to. They end with it: a promise may settle later, in real time. */
  readonly streams: Subscription;
  /** Something that must hold once all has happened. It is asked once. */
  expect(check: Check, at: string): void;
  /** Something that is asked when the test is over. */
  atEnd(check: Check): void;
  /** Holds the test to what it expects. @throws MarbleError for the first thing that does not hold. */
  check(): void;
  /** The same, at the end of the test. */
  finish(): void;
  /** How often a letter of Claude's has been used, from 0, and counts it. */
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
      // A reply that was missing explains more than the diagram that went wrong because of it.
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
