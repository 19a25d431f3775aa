import { Observable, type MonoTypeOperatorFunction } from 'rxjs';
import { checkBound } from '../src/errors/checkOption.js';
import type { RoundEvent } from '../src/events/RoundEvent.js';
import { createToolInputs } from '../src/tools/input/createToolInputs.js';
import { inputLimits } from '../src/tools/input/inputLimits.js';
import { relay } from './internal/relay.js';

/**
 * The round and the limits of `accumulateToolInput`: an input beyond them becomes a `Left`, and Claude is told to send
 * less.
 */
export interface AccumulateToolInputOptions {
  /** The number of the round, which the added events carry. Default: 1. */
  readonly round?: number;
  /** The longest input that is accepted, in characters; at most 33 554 432. Default: 4 194 304. */
  readonly maxInputChars?: number;
  /** How deep arrays and objects may be nested; at most 512, which is the default. */
  readonly maxInputDepth?: number;
}

/**
 * Adds a `tool_input` for each piece of a tool's input, and a `tool_call` when the input is complete.
 *
 * ```text
 * in   -o-j---j---c---|    o tool_use block starts, j piece of its input, c block stops
 * out  -o-(jI)(jI)(cK)|   I tool_input, K tool_call
 * ```
 *
 * Every source event passes through, at once and in order; added events come right after the event that caused them.
 * The index of its block identifies an input, so blocks may interleave. A call without any text has the input `{}`.
 *
 * The text is never repaired. Text that is not JSON, or JSON that is not an object, does not fail the stream: it makes
 * a `tool_call` whose `input` is a `Left` with the raw text, so that Claude can be told what was wrong.
 *
 * The added events are plain JSON: they can be copied, stored and sent.
 *
 * @param options `round` 1; the limits `maxInputChars` 4 194 304 and `maxInputDepth` 512. Text beyond them is not kept.
 * @returns An operator that forwards its source and adds `tool_input` and `tool_call` events. Errors of the source pass
 * through. Unsubscribing unsubscribes from the source.
 * @throws OptionError at once when an option is invalid.
 * @example
 * ```ts
 * import Anthropic from '@anthropic-ai/sdk';
 * import { accumulateToolInput, claudeStream, ofType } from 'rxclaude';
 * import type { ClaudeRequest } from 'rxclaude';
 *
 * declare const request: ClaudeRequest;
 *
 * claudeStream(new Anthropic(), request)
 *   .pipe(accumulateToolInput(), ofType('tool_call'))
 *   .subscribe(({ name, input }) => console.log(name, input));
 * ```
 * @see {@link growingInput} for the value of an input while Claude writes it, {@link validateWith} to check a complete
 * one.
 */
export function accumulateToolInput(options: AccumulateToolInputOptions = {}): MonoTypeOperatorFunction<RoundEvent> {
  const { round = 1 } = options;
  const limits = inputLimits('accumulateToolInput', options);
  checkBound('accumulateToolInput.round', round, Number.MAX_SAFE_INTEGER);
  return (source) =>
    new Observable((subscriber) => {
      const inputs = createToolInputs(limits, round);
      relay(source, subscriber, {
        next: (event) => {
          const added = inputs.take(event);
          subscriber.next(event);
          if (added === undefined) return;
          if (!('length' in added)) subscriber.next(added);
          else for (const call of added) subscriber.next(call);
        },
      });
    });
}
