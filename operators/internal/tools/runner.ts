import type { MessageParam } from '@anthropic-ai/sdk/resources/messages/messages';
import { of, Subject, Subscription, type Observable, type Subscriber } from 'rxjs';
import { isFatal } from '../../../src/errors/fatal.js';
import type { RoundEvent, ToolCallEvent } from '../../../src/events/RoundEvent.js';
import type { ToolFailure } from '../../../src/events/ToolFailure.js';
import { createCallLedger } from '../../../src/tools/createCallLedger.js';
import type { CallQueue } from '../../../src/tools/createCallQueue.js';
import type { ToolRegistry } from '../../../src/tools/createToolRegistry.js';
import { unknownTool } from '../../../src/tools/input/inputMessages.js';
import { toToolResult, type ToolOutcome } from '../../../src/tools/result/toToolResult.js';
import { toolStopped } from '../../../src/tools/toolStopped.js';
import type { Guard, RunnableTool } from '../../../src/tools/Tool.js';
import { randomId } from '../../../src/values/randomId.js';
import { createRelay } from '../relay.js';
import type { CallEvent, CallLimits } from './guards.js';
import { runCall, type Around, type Stop } from './run.js';
import { createAbort, createPlaces } from './steps.js';

/** What `executeTools` was given, with its defaults. */
export interface RunnerOptions {
  readonly registry: ToolRegistry;
  readonly concurrency: number;
  readonly limits: CallLimits;
  readonly guard: Guard | undefined;
  readonly around: Around | undefined;
  readonly messages: readonly MessageParam[];
  readonly id: string | undefined;
  readonly round: number;
}

/** Runs the calls of one reply, and of the replies that take its place. */
export interface Runner {
  /** Whether nothing is started any more. */
  readonly stopped: boolean;
  /** Runs the calls that may start now, and answers those that cannot be run. */
  start(): void;
  /** Stops calls that run or wait; where it names none, it stops all, and those to come are only answered. */
  stop(request: Stop): void;
  /**
   * Forgets the reply, but not what its idempotent tools have found.
   *
   * @returns Whether that can be: not when a tool has been started that must not run twice.
   */
  takeBack(): boolean;
  /** The reply is over: the subscriber is told so once nothing runs any more. */
  end(): void;
  /**
   * The reply has failed, and so does the subscriber. A tool that must not run twice has the time of grace for a result
   * before that, for it cannot be asked again.
   */
  fail(error: unknown, grace: number): void;
}

/** Makes a runner that tells the subscriber what becomes of each call that the queue hands out. */
export function createRunner(subscriber: Subscriber<RoundEvent>, queue: CallQueue, options: RunnerOptions): Runner {
  const { registry, limits, round } = options;
  let { id } = options;
  const ledger = createCallLedger(() => `${(id ??= randomId())}-r${String(round)}`);
  const places = createPlaces(options.concurrency);
  const stop$ = new Subject<Stop>();
  /** The runs of this attempt, and how many are not done; a listener may begin the next attempt while some are started. */
  let attempt = { runs: new Subscription(), running: 0 };
  /** Why nothing is started any more. */
  let stopped: string | undefined;
  /** Whether a tool has been started that must not run twice. */
  let committed = false;
  /** Ends the subscriber's stream, once nothing runs any more. */
  let end: (() => void) | undefined;

  const leaveAll = (): void => {
    places.hold(() => {
      attempt.runs.unsubscribe();
    });
    attempt = { runs: new Subscription(), running: 0 };
  };
  const stop = (request: Stop): void => {
    if (request.calls === undefined) stopped ??= request.why;
    places.hold(() => {
      stop$.next(request);
    });
  };
  /** Does something that may be done at once or later, and ends the stream where it was asked to and nothing runs. */
  const count = (of: typeof attempt, by: number): void => {
    of.running += by;
    if (of.running === 0 && of === attempt) end?.();
  };
  subscriber.add(leaveAll);

  /** What becomes of a call. */
  const eventsOf = (call: ToolCallEvent, tool: RunnableTool | undefined): Observable<CallEvent> => {
    const { input, id, name, index } = call;
    const ofCall = { round, id, name, index };
    const answer = (outcome: ToolOutcome) => of(toToolResult({ call, ofCall, limits }, outcome));
    const fail = (failure: ToolFailure) => answer({ _tag: 'Failed', failure });
    if (input._tag === 'Left') return fail(input.left);
    if (tool === undefined) return fail(unknownTool(name, input.right, registry.names));
    if (stopped !== undefined) return fail(toolStopped(false, stopped));
    ledger.add(call);
    const earlier = tool.idempotent ? ledger.earlierResult(call) : undefined;
    if (earlier?.outcome._tag === 'Right') return answer({ _tag: 'Returned', output: earlier.outcome.right });

    const abort = createAbort();
    const context = {
      call,
      messages: options.messages,
      get signal() {
        return abort.signal;
      },
      get idempotencyKey() {
        return ledger.keyOf(call);
      },
    };
    const guards = [options.guard, tool.guard?.bind(tool)].filter((guard) => guard !== undefined);
    const { timeout = limits.timeout, maxResultChars = limits.maxResultChars } = tool;
    return runCall({
      call,
      ofCall,
      tool,
      input: input.right,
      context,
      abort,
      guards,
      limits: { ...limits, timeout, maxResultChars },
      around: options.around,
      places,
      stop$,
    });
  };

  const startOne = (call: ToolCallEvent): void => {
    const tool = registry.find(call);
    const of = attempt;
    const link = createRelay<CallEvent, RoundEvent>(subscriber, {
      next: (event) => {
        if (event.type === 'tool_result' && event.outcome._tag === 'Right') ledger.keep(call, event);
        if (tool?.idempotent === false) committed ||= hasRun(event);
        subscriber.next(event);
      },
      error: (error) => {
        leaveAll();
        subscriber.error(isFatal(error) ? error.cause : error);
      },
      complete: () => {
        count(of, -1);
      },
    });
    of.runs.add(link);
    count(of, 1);
    eventsOf(call, tool).subscribe(link);
  };
  const start = (): void => {
    const of = attempt;
    count(of, 1);
    for (let call = queue.next(); call !== undefined && !subscriber.closed; call = queue.next()) startOne(call);
    count(of, -1);
  };
  const endWith = (last: () => void): void => {
    end = last;
    start();
  };

  return {
    get stopped() {
      return stopped !== undefined;
    },
    start,
    stop,
    takeBack() {
      if (committed) return false;
      leaveAll();
      ledger.retry();
      return true;
    },
    end() {
      endWith(() => {
        subscriber.complete();
      });
    },
    fail(error, grace) {
      const fail = (): void => {
        subscriber.error(error);
      };
      if (!committed) {
        leaveAll();
        fail();
        return;
      }
      stop({ why: 'the reply broke off', grace });
      endWith(fail);
    },
  };
}

/** Whether an event tells that a tool has been started. With `around`, a result may be played without a start. */
function hasRun(event: CallEvent): boolean {
  if (event.type !== 'tool_result') return event.type === 'tool_start';
  if (event.outcome._tag === 'Right') return true;
  const { left } = event.outcome;
  return left._tag === 'Threw' || left._tag === 'TimedOut' || (left._tag === 'Stopped' && left.started);
}
