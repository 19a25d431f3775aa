import { from, Observable, of, timeout, type MonoTypeOperatorFunction } from 'rxjs';
import type { RxClaudeError } from '../src/errors/RxClaudeError.js';
import { limitError } from '../src/errors/failures.js';
import { checkCount } from '../src/errors/checkOption.js';
import { charsOf } from '../src/events/charsOf.js';
import type { RoundEvent, ToolCallEvent } from '../src/events/RoundEvent.js';
import { createQueue } from '../src/values/createQueue.js';
import { isPromiseLike } from '../src/values/isPromiseLike.js';
import { createToolRegistry } from '../src/tools/createToolRegistry.js';
import { decodeCall, undecidedCall } from '../src/tools/input/decodeCall.js';
import type { ToolEntry } from '../src/tools/Tool.js';
import { relay } from './internal/relay.js';

/**
 * How long an asynchronous schema may take, in milliseconds. After that, Claude is told that its input was not checked.
 */
const LONGEST_CHECK = 60_000;

/** The limit of `validateWith`. */
export interface ValidateWithOptions {
  /**
   * The most characters of events that wait while an asynchronous schema decides. A piece of text counts its length,
   * and at least 10; an event without text counts 100. Default: 10 000 000.
   */
  readonly maxBufferedChars?: number;
}

/**
 * Checks the input of each `tool_call` against the tool it names, and decodes it.
 *
 * ```text
 * in   -K---K---|    K tool_call with the input as Claude wrote it
 * out  -R---L---|    R `Right` with the decoded input, L `Left` with every field that is wrong
 * ```
 *
 * Every other event passes at once, and all stay in order: while an asynchronous schema decides, the events after its
 * call wait, for at most 60 s; then the call counts as invalid. A call to a tool that is not in `tools`, or cannot run
 * here, becomes a `Left` too. A `Left` is not an error: `executeTools` sends it to Claude as the result of the call.
 *
 * Decoding may convert the input: the tool gets the decoded value, the history keeps what Claude wrote.
 *
 * @param tools The same list as in the request; server tools and plain definitions are ignored.
 * @param options `maxBufferedChars` (10 000 000).
 * @returns An operator that forwards its source with its `tool_call` events refined. Unsubscribing unsubscribes from the
 * source; an asynchronous check that is still under way is ignored.
 * Errors with `LimitError` when too much waits for an asynchronous schema, and with what a schema throws or rejects with. Errors of the source pass through at once, past a check.
 * @throws ToolDefinitionError at once when two tools have the same name; OptionError when the limit is invalid.
 * @example
 * ```ts
 * import { accumulateToolInput, claudeStream, ofType, validateWith } from 'rxclaude';
 * import type { ClaudeClient, ClaudeRequest, Tool } from 'rxclaude';
 *
 * declare const client: ClaudeClient;
 * declare const request: ClaudeRequest;
 * declare const tools: Tool[];
 *
 * claudeStream(client, { ...request, tools })
 *   .pipe(accumulateToolInput(), validateWith(tools), ofType('tool_call'))
 *   .subscribe(({ input }) => {
 *     if (input._tag === 'Left') console.warn(input.left.message);
 *   });
 * ```
 * @see {@link executeTools}
 */
export function validateWith(
  tools: readonly ToolEntry[],
  options: ValidateWithOptions = {},
): MonoTypeOperatorFunction<RoundEvent> {
  const { maxBufferedChars = 10_000_000 } = options;
  checkCount('validateWith.maxBufferedChars', maxBufferedChars);
  const registry = createToolRegistry(tools);
  return (source) =>
    new Observable((subscriber) => {
      /** Events that arrived after a call that is being checked. */
      const waiting = createQueue<RoundEvent>();
      let waitingChars = 0;
      let checking = false;
      let sourceDone = false;

      const take = (event: RoundEvent): void => {
        if (checking) wait(event);
        else pass(event);
      };
      const wait = (event: RoundEvent): void => {
        waiting.push(event);
        waitingChars += charsOf(event);
        if (waitingChars > maxBufferedChars) subscriber.error(tooMuchWaits(maxBufferedChars, waitingChars));
      };
      /** Lets an event through, and tells whether it was emitted at once. */
      const pass = (event: RoundEvent): boolean => {
        const checked = event.type === 'tool_call' ? decodeCall(registry, event) : event;
        if (checked === event || !isPromiseLike(checked)) {
          subscriber.next(checked);
          return true;
        }
        checking = true;
        const late = of(undecidedCall(event as ToolCallEvent));
        const check = from(checked).pipe(timeout({ first: LONGEST_CHECK, with: () => late }));
        relay(check, subscriber, { next: release, complete: ignore });
        return false;
      };
      const release = (call: ToolCallEvent): void => {
        subscriber.next(call);
        for (let event = waiting.shift(); event !== undefined; event = waiting.shift()) {
          waitingChars -= charsOf(event);
          if (subscriber.closed || !pass(event)) return;
        }
        checking = false;
        if (sourceDone) subscriber.complete();
      };
      relay(source, subscriber, {
        next: take,
        complete: () => {
          sourceDone = true;
          if (!checking) subscriber.complete();
        },
      });
    });
}

function tooMuchWaits(maximum: number, found: number): RxClaudeError<'LimitError'> {
  const what = 'Too many characters wait for an asynchronous schema';
  return limitError('maxBufferedChars', maximum, what, { found, remedy: 'decide faster' });
}

function ignore(): void {
  // The value has ended the check already.
}
