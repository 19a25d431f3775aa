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

/** The helpers of a marble test: rxjs's own, and those for Claude. */
export interface MarbleHelpers extends RunHelpers {
  /**
   * Makes a reply of Claude's, as a cold Observable, from one line of marbles.
   *
   * @param diagram Claude's letters; the reply numbers its blocks.
   * @param values What letters mean: an event, several at once, `spread(...)` or `inTurn(...)`; `#` is the error. Default: the
   * legend.
   * @throws DiagramError for a diagram that cannot be read, and for a letter without a meaning.
   */
  reply(diagram: string, values?: ReplyValues): PlayedObservable<ClaudeEvent>;
  /**
   * Makes a stream of any events, for an operator further down the pipeline. The events that rxclaude adds need values, such
   * as `added.toolCall(...)`.
   *
   * @throws DiagramError for a diagram that cannot be read, and for a letter without a meaning.
   */
  events(diagram: string, values?: ReplyValues<RoundEvent>): PlayedObservable<RoundEvent>;
  /**
   * Makes a client that plays one reply for each request. It checks each request by the API's rules. The test fails when a
   * reply is missing or left over.
   *
   * @param replies For each request, a diagram, a `reply(...)`, whole events, or the error that refuses it.
   */
  scriptClaude(...replies: readonly ScriptedReply[]): ScriptedClient;
  /**
   * Makes a tool that plays a diagram for each run: `--p-(r|)` emits progress, then its result; `--#` fails; `-` never ends.
   * With a list, each run plays the next diagram; the last one stays.
   *
   * @param tool A name; or a tool, whose definition, schema, guard and types it keeps.
   * @param values What letters mean; `#` is the error. Default: a letter is its own value.
   * @param options Other fields of the tool, such as `idempotent` or `guard`.
   */
  tool<Input = unknown, Output = unknown>(
    tool: string | Tool<Input, Output>,
    diagrams: string | readonly string[],
    values?: MarbleValues<Output | Error>,
    options?: FakeToolOptions<Input>,
  ): FakeTool<Input, Output>;
  /**
   * Makes a guard whose verdict is a marble: `--y` lets the call through, `--n` does not, `-` never decides. With a list, each
   * call gets the next diagram; the last one stays.
   *
   * @param values What letters mean: text refuses the call, and tells Claude why.
   */
  approval(diagrams: string | readonly string[], values?: MarbleValues): FakeApproval;
  /** Makes a signal that aborts on the test's clock: `-----!`. */
  abortSignal(diagram: string, reason?: unknown): AbortSignal;
  /**
   * Subscribes to a stream, as `expectObservable` does, and compares its events with a diagram by their shape.
   *
   * @param subscriptionMarbles When to subscribe and to unsubscribe: `^---!`. Default: at once, and when the test ends.
   */
  expectEvents(source: Observable<unknown>, subscriptionMarbles?: string | null): EventsExpectation;
  /** Expects when a scripted client got requests, what was in them, and how they ended. */
  expectRequests(client: ScriptedClient): LifespansExpectation;
  /** Expects when a fake tool ran or an approval was asked for, with which inputs, and how that ended. */
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

/** rxjs's own expectations, with the meaning of their letters and their place in the test. */
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

/** The same stream, from which the test unsubscribes when it ends. */
function endingWith<T>({ streams }: Session, source: Observable<T>): Observable<T> {
  return new Observable((subscriber) => {
    streams.add(subscriber);
    return source.subscribe(subscriber);
  });
}
