import type { MessageParam } from '@anthropic-ai/sdk/resources/messages/messages';
import { from, noop, Observable, of, Subject, Subscription } from 'rxjs';
import type { MonoTypeOperatorFunction, ObservableInput } from 'rxjs';
import type { ErrorFacts } from '../../../src/errors/ErrorFacts.js';
import { isFatal } from '../../../src/errors/fatal.js';
import { RxClaudeError } from '../../../src/errors/RxClaudeError.js';
import type { RoundEvent, ToolCallEvent, ToolResultEvent } from '../../../src/events/RoundEvent.js';
import { createCallLedger, type CallLedger } from '../../../src/tools/createCallLedger.js';
import { createCallQueue } from '../../../src/tools/createCallQueue.js';
import type { ToolRegistry } from '../../../src/tools/createToolRegistry.js';
import { unknownTool } from '../../../src/tools/input/inputMessages.js';
import { toToolResult } from '../../../src/tools/result/toToolResult.js';
import { toolStopped } from '../../../src/tools/toolStopped.js';
import type { Guard, RunnableTool } from '../../../src/tools/Tool.js';
import { randomId } from '../../../src/values/randomId.js';
import { createRelay } from '../relay.js';
import type { CallEvent, CallLimits } from './guards.js';
import { runCall, type Around, type Stop } from './run.js';
import { createAbort, createPlaces, type Places } from './steps.js';

/** The options of `executeTools`, with defaults. */
export interface RunnerOptions {
  readonly registry: ToolRegistry;
  readonly concurrency: number;
  readonly limits: CallLimits;
  readonly eager: boolean;
  readonly guard: Guard | undefined;
  readonly around: Around | undefined;
  readonly stop$: ObservableInput<unknown> | undefined;
  readonly grace: number;
  readonly messages: readonly MessageParam[];
  readonly id: string | undefined;
  readonly round: number;
}

/** What all calls of a round share. */
interface Shared {
  readonly ledger: CallLedger;
  readonly places: Places;
  readonly stop$: Subject<Stop>;
}

/** Passes events on, runs the calls among them, and adds the events of each. */
export function runCalls(options: RunnerOptions): MonoTypeOperatorFunction<RoundEvent> {
  const { registry, eager, grace } = options;
  return (source) =>
    new Observable((subscriber) => {
      const queue = createCallQueue(registry);
      /** Made at the first call, so that a reply without calls does not pay for it. */
      let shared: Shared | undefined;
      /** The runs of this attempt, and how many are unfinished. A listener may begin the next while some start. */
      let attempt = { runs: new Subscription(), running: 0 };
      /** Why nothing starts any more. */
      let stopped: string | undefined;
      /** Whether a tool that must not run twice has started. */
      let committed = false;
      /** How the stream ends once nothing runs any more. */
      let end: (() => void) | undefined;

      const finish = (of: typeof attempt): void => {
        of.running -= 1;
        if (of.running === 0 && of === attempt) end?.();
      };
      const startOne = (call: ToolCallEvent): void => {
        shared ??= createShared(options);
        const { ledger } = shared;
        const tool = registry.find(call);
        const of = attempt;
        const link = createRelay<CallEvent, RoundEvent>(subscriber, {
          next: (event) => {
            const done = event.type === 'tool_result' && event.outcome._tag === 'Right';
            // With `around`, a stored result may come without a start.
            if (tool?.idempotent === false) committed ||= done || event.type === 'tool_start';
            else if (done) ledger.keep(call, event);
            subscriber.next(event);
          },
          error: (error) => {
            leaveAll();
            subscriber.error(isFatal(error) ? error.cause : error);
          },
          complete: () => {
            finish(of);
          },
        });
        of.runs.add(link);
        of.running += 1;
        toEvents(call, tool, stopped, options, shared).subscribe(link);
      };
      /** Starts the calls that may start now. */
      const start = (): void => {
        const of = attempt;
        of.running += 1;
        for (let call = queue.next(); call !== undefined && !subscriber.closed; call = queue.next()) startOne(call);
        finish(of);
      };
      /** Stops the calls that the request names, or all current and future ones. */
      const stop = (request: Stop): void => {
        if (request.calls === undefined) stopped ??= request.why;
        shared?.places.hold(() => {
          shared?.stop$.next(request);
        });
      };
      /** Unsubscribes from all runs of this attempt, without events. */
      const leaveAll = (): void => {
        const { runs } = attempt;
        attempt = { runs: new Subscription(), running: 0 };
        shared?.places.hold(() => {
          runs.unsubscribe();
        });
      };
      const endWith = (last: () => void): void => {
        end = last;
        start();
      };
      /** Its effects cannot be undone, so a tool that must not run twice has the grace to produce a result. */
      const fail = (error: unknown): void => {
        const last = (): void => {
          subscriber.error(error);
        };
        if (committed) {
          stop({ why: 'the reply broke off', grace });
          endWith(last);
        } else {
          leaveAll();
          last();
        }
      };

      subscriber.add(leaveAll);
      if (options.stop$ !== undefined) {
        const asked = createRelay<unknown, RoundEvent>(subscriber, {
          next: (word) => {
            asked.unsubscribe();
            stop({ why: typeof word === 'string' ? word : 'the run was stopped', grace });
          },
          complete: noop,
        });
        from(options.stop$).subscribe(asked);
      }
      const link = createRelay<RoundEvent, RoundEvent>(subscriber, {
        next: (event) => {
          if (event.type === 'round_retry') {
            if (committed) {
              link.unsubscribe();
              fail(toError(event.error));
              return;
            }
            leaveAll();
            shared?.ledger.retry();
          }
          const unwanted = queue.take(event, eager && stopped === undefined);
          subscriber.next(event);
          if (unwanted !== undefined) stop({ ...unwanted, grace: 0 });
          start();
        },
        complete: () => {
          endWith(() => {
            subscriber.complete();
          });
        },
        error: fail,
      });
      source.subscribe(link);
    });
}

function createShared({ concurrency, id, round }: RunnerOptions): Shared {
  let name = id;
  return {
    ledger: createCallLedger(() => `${(name ??= randomId())}-r${String(round)}`),
    places: createPlaces(concurrency),
    stop$: new Subject(),
  };
}

/** The events of a call: those of its run, or its result when it cannot run. */
function toEvents(
  call: ToolCallEvent,
  tool: RunnableTool | undefined,
  stopped: string | undefined,
  { registry, limits, round, messages, guard, around }: RunnerOptions,
  { ledger, places, stop$ }: Shared,
): Observable<CallEvent> {
  const { input, id, name, index } = call;
  const ofCall = { round, id, name, index };
  const answer = (outcome: ToolResultEvent['outcome']) => of(toToolResult({ call, ofCall, limits }, outcome));
  if (input._tag === 'Left') return answer(input);
  if (tool === undefined) return answer({ _tag: 'Left', left: unknownTool(name, input.right, registry.names) });
  if (stopped !== undefined) return answer({ _tag: 'Left', left: toolStopped(false, stopped) });
  ledger.add(call);
  const earlier = tool.idempotent ? ledger.earlierResult(call) : undefined;
  if (earlier !== undefined) return answer(earlier.outcome);

  const abort = createAbort();
  const { timeout = limits.timeout, maxResultChars = limits.maxResultChars } = tool;
  return runCall({
    call,
    ofCall,
    tool,
    input: input.right,
    context: {
      call,
      messages,
      get signal() {
        return abort.signal;
      },
      get idempotencyKey() {
        return ledger.keyOf(call);
      },
    },
    abort,
    guards: [guard, tool.guard?.bind(tool)].filter((each) => each !== undefined),
    limits: { ...limits, timeout, maxResultChars },
    around,
    places,
    stop$,
  });
}

/** The error that an event reports. Nothing else is known about it here. */
function toError({ name, message, tag, retryable: _, request_id: requestId, ...facts }: ErrorFacts): Error {
  if (tag !== undefined) return new RxClaudeError(tag, message, { requestId, ...facts });
  return Object.assign(new Error(message), { name, ...facts }, requestId !== undefined && { requestID: requestId });
}
