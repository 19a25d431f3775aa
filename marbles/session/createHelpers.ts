import { Observable } from 'rxjs';
import type { RunHelpers } from 'rxjs/testing';
import type { ClaudeEvent } from '../../src/events/ClaudeEvent.js';
import type { RoundEvent } from '../../src/events/RoundEvent.js';
import type { Tool } from '../../src/tools/Tool.js';
import type { ReplyValues } from '../alphabet/replyValues.js';
import { approval, type FakeApproval } from './approval.js';
import type { Session } from './createSession.js';
import { type EventsExpectation, expectEvents } from './expectEvents.js';
import { expectLifespans, type LifespansExpectation } from './expectLifespans.js';
import { fakeTool, type FakeTool, type FakeToolOptions, type MarbleValues, valueScript } from './fakeTool.js';
import { here, pointingAt } from './MarbleError.js';
import type { MarbleScheduler } from './MarbleScheduler.js';
import { play, type PlayedObservable } from './play.js';
import { replyScript } from './replyScript.js';
import { scriptClaude, type ScriptedClient, type ScriptedReply } from './scriptClaude.js';

/** What a marble test works with: rxjs's own helpers, and those for Claude. */
export interface MarbleHelpers extends RunHelpers {
  /**
   * A reply of Claude's as a cold Observable, made of one line of marbles in Claude's letters.
   *
   * @param values What letters stand for: an event, several at once, `spread(...)` or `inTurn(...)`. `#` is the error. A
   * letter that is left out has the meaning of the legend; blocks are numbered by themselves.
   */
  reply(diagram: string, values?: ReplyValues): PlayedObservable<ClaudeEvent>;
  /**
   * The same with any events, those that rxclaude adds included: a source for an operator that stands further down. What
   * is not Claude's own must be given a value.
   */
  events(diagram: string, values?: ReplyValues<RoundEvent>): PlayedObservable<RoundEvent>;
  /**
   * A client that plays one reply per request. It checks each request with the API's rules, and fails the test when a
   * reply is missing or left over.
   */
  scriptClaude(...replies: readonly ScriptedReply[]): ScriptedClient;
  /**
   * A tool that plays a diagram each time it is run: `--p-(r|)` emits progress, then its result; `--#` fails; `-` never
   * ends. With a list, the first run plays the first diagram, and so on; the last one stays.
   *
   * @param tool Its name; or a tool, whose definition, schema and guard it keeps, and whose types.
   * @param values What letters stand for; a letter that is left out stands for itself. `#` is the error.
   */
  tool<Input = unknown, Output = unknown>(
    tool: string | Tool<Input, Output>,
    diagrams: string | readonly string[],
    values?: MarbleValues<Output | Error>,
    options?: FakeToolOptions<Input>,
  ): FakeTool<Input, Output>;
  /**
   * A guard whose verdict comes as a marble: `--y` lets the call through, `--n` does not, `-` never decides. With a list,
   * the first call gets the first diagram, and so on.
   *
   * @param values What letters stand for: a text says to Claude why not.
   */
  approval(diagrams: string | readonly string[], values?: MarbleValues): FakeApproval;
  /** A signal that is aborted on the test's clock: `-----!`. */
  abortSignal(diagram: string, reason?: unknown): AbortSignal;
  /**
   * Subscribes to a stream, as `expectObservable` does, to compare its events with a diagram by their shape.
   *
   * @param subscriptionMarbles When to subscribe and to unsubscribe: `^---!`. Default: at once, and never.
   */
  expectEvents(source: Observable<unknown>, subscriptionMarbles?: string | null): EventsExpectation;
  /** Expects when the requests of a scripted client were sent, what they said, and what became of them. */
  expectRequests(client: ScriptedClient): LifespansExpectation;
  /** Expects when a fake tool was run or an approval was asked for, with which inputs, and what became of it. */
  expectRuns(tool: Pick<FakeTool, 'runs'>): LifespansExpectation;
}

/** Makes the helpers of one test. */
export function createHelpers(scheduler: MarbleScheduler, native: RunHelpers): MarbleHelpers {
  const { session } = scheduler;
  const count = (letter: string): number => session.count(letter);
  const events: MarbleHelpers['events'] = (diagram, values = {}) =>
    play<RoundEvent>(
      pointingAt(events, () => replyScript(diagram, values, count)),
      scheduler,
    );
  const reply: MarbleHelpers['reply'] = (diagram, values = {}) =>
    play(
      pointingAt(reply, () => replyScript(diagram, values, count)),
      scheduler,
    );
  const tool: MarbleHelpers['tool'] = (of, diagrams, values, options) =>
    pointingAt(tool, () => fakeTool(session, of, diagrams, values, options));
  return {
    ...native,
    ...withPlaces(scheduler, native),
    events,
    reply,
    tool,
    scriptClaude: (...replies) => scriptClaude(session, replies),
    approval: (diagrams, values) => approval(session, diagrams, values),
    abortSignal(diagram, reason) {
      const controller = new AbortController();
      const [first] = valueScript(diagram.replace('!', 'x'), {}).moments;
      const abort = (): void => {
        controller.abort(reason);
      };
      if (first !== undefined) scheduler.schedule(abort, first.frame);
      return controller.signal;
    },
    expectEvents: (source, subscriptionMarbles) => expectEvents(session, source, subscriptionMarbles),
    expectRequests: ({ requests }) => expectLifespans(session, 'request', requests, ({ body }) => body),
    expectRuns: ({ runs }) => expectLifespans(session, 'run', runs, ({ input }) => input),
  };
}

/** rxjs's own expectations, which remember what their letters mean and where in the test they stand. */
function withPlaces(
  scheduler: MarbleScheduler,
  native: RunHelpers,
): Pick<RunHelpers, 'expectObservable' | 'expectSubscriptions'> {
  return {
    expectObservable(source, subscriptionMarbles) {
      const asked = scheduler.ask();
      const expectation = native.expectObservable(endingWith(scheduler.session, source), subscriptionMarbles);
      const toBe: typeof expectation.toBe = (marbles, values, error) => {
        asked.values = (values ?? {}) as Readonly<Record<string, unknown>>;
        asked.at = here(toBe);
        expectation.toBe(marbles, values, error);
      };
      const toEqual: typeof expectation.toEqual = (other) => {
        asked.at = here(toEqual);
        expectation.toEqual(endingWith(scheduler.session, other));
      };
      return { toBe, toEqual };
    },
    expectSubscriptions(logs) {
      const asked = scheduler.ask();
      const expectation = native.expectSubscriptions(logs);
      const toBe: typeof expectation.toBe = (marbles) => {
        asked.at = here(toBe);
        expectation.toBe(marbles);
      };
      return { toBe };
    },
  };
}

/** The same stream; the test ends each subscription to it when it is over. */
function endingWith<T>({ streams }: Session, source: Observable<T>): Observable<T> {
  return new Observable((subscriber) => {
    streams.add(subscriber);
    return source.subscribe(subscriber);
  });
}
