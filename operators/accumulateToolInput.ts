import { Observable, type MonoTypeOperatorFunction } from 'rxjs';
import { checkBound } from '../src/errors/checkOption.js';
import type { RoundEvent } from '../src/events/RoundEvent.js';
import { createToolInputs } from '../src/tools/input/createToolInputs.js';
import { inputLimits } from '../src/tools/input/inputLimits.js';
import { relay } from './internal/relay.js';

/** The round of `accumulateToolInput`, and its limits: an input beyond them becomes a `Left`, and Claude is told to send less. */
export interface AccumulateToolInputOptions {
  /** The number of the round, which the added events carry. Default: 1. */
  readonly round?: number;
  /** The longest input that is taken, in characters; at most 33 554 432. Default: 4 194 304. */
  readonly maxInputChars?: number;
  /** How deep arrays and objects may lie in each other; at most 512, which is the default. */
  readonly maxInputDepth?: number;
}

/**
 * Adds a `tool_input` for each piece of a tool's input that Claude writes, and a `tool_call` when the input is complete.
 *
 * ```text
 * in   -o-j---j---c---|    o tool_use block starts, j piece of its input, c block stops
 * out  -o-(jI)(jI)(cK)|   I tool_input, K tool_call
 * ```
 *
 * Every source event passes through, at once and in order; what is added comes right after the event that caused it.
 * Inputs are told apart by the index of their block, so blocks may interleave. A call without any text has the input
 * `{}`.
 *
 * The text is never repaired: text that is not JSON, or JSON that is not an object, does not fail the stream. It makes a
 * `tool_call` whose `input` is a `Left` with the raw text, so that Claude can be told what was wrong.
 *
 * The added events are plain JSON: a copy, a stored one and one from a wire tell the same.
 *
 * @param options `round` 1; the limits `maxInputChars` 4 194 304 and `maxInputDepth` 512. What goes beyond is not kept.
 * @returns An operator that forwards its source and adds `tool_input` and `tool_call` events. Errors of the source pass
 * through. Unsubscribing unsubscribes from the source.
 * @throws OptionError at once when an option is no usable number.
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
 * @see {@link growingInput} for the value of an input while it is written, {@link validateWith} for the check of a whole one.
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
