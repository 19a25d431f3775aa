import { Observable, type OperatorFunction } from 'rxjs';
import type { RoundEvent, ToolCallEvent, ToolInputEvent } from '../src/events/RoundEvent.js';
import { createGrowingInputs } from '../src/message/createGrowingInputs.js';
import { inputLimits } from '../src/tools/input/inputLimits.js';
import { relay } from './internal/relay.js';

/** The input of a call as far as Claude has written it. */
export interface GrowingInput {
  /** The number of the round, counted from 1. */
  readonly round: number;
  /** The id of the `tool_use` block. */
  readonly id: string;
  /** The tool's name. */
  readonly name: string;
  /** The index of the `tool_use` block in Claude's reply. */
  readonly index: number;
  /**
   * While Claude writes: the certain part so far, `undefined` until the first value begins. Strings grow; numbers,
   * literals and escapes appear once they are complete. It is a live view that grows in place: do not modify it, and
   * copy what you keep.
   *
   * Once complete: the input as Claude wrote it, or `{}` when its text is not a JSON object or is too large.
   */
  readonly value: unknown;
  /** Whether Claude has finished it. */
  readonly complete: boolean;
}

/** The limits of `growingInput`: beyond them, an input is not read any further. Use those of `accumulateToolInput`. */
export interface GrowingInputOptions {
  /** The longest input that is read, in characters; at most 33 554 432. Default: 4 194 304. */
  readonly maxInputChars?: number;
  /** How deep arrays and objects may be nested; at most 512, which is the default. */
  readonly maxInputDepth?: number;
}

/**
 * The inputs of tools while Claude writes them: a value for each `tool_input`, and a final one for each `tool_call`.
 *
 * ```text
 * in   -o-(jI)(jI)(cK)|   I tool_input, K tool_call
 * out  ---1---2---3---|   1 {"city":"Ber"}, 2 {"city":"Berlin"}, 3 the same, complete
 * ```
 *
 * It reads the events of {@link accumulateToolInput}, so put it after that, after `converse`, or after a copy of their
 * events: a stored run, a replay, a network. All other events are left out. Blocks may interleave; `round`, `index` and
 * `id` identify a call. A call that arrives complete has only its final value.
 *
 * After a `round_retry`, or the `message_start` of another reply, an incomplete input is void and never completes.
 *
 * Nothing is repaired. The `tool_call` says whether an input is valid.
 *
 * @param options The limits `maxInputChars` 4 194 304 and `maxInputDepth` 512. Beyond them, `value` no longer grows.
 * @returns An operator from events to growing inputs. Each piece costs time for its own length only. Errors of the
 * source pass through. Unsubscribing unsubscribes from the source.
 * @throws OptionError at once when a limit is invalid.
 * @example
 * ```ts
 * import { converse, growingInput } from 'rxclaude';
 * import type { ClaudeClient, ClaudeRequest } from 'rxclaude';
 *
 * declare const client: ClaudeClient;
 * declare const request: ClaudeRequest;
 *
 * converse(client, request)
 *   .pipe(growingInput())
 *   .subscribe(({ name, value, complete }) => console.log(name, JSON.stringify(value), complete));
 * ```
 * @see {@link snapshots} for whole messages, immutable, with the inputs in them.
 */
export function growingInput(options: GrowingInputOptions = {}): OperatorFunction<RoundEvent, GrowingInput> {
  const limits = inputLimits('growingInput', options);
  return (source) =>
    new Observable((subscriber) => {
      const inputs = createGrowingInputs(limits);
      relay(source, subscriber, {
        next: (event) => {
          const input = inputs.take(event);
          if (event.type === 'tool_input') subscriber.next(toGrowing(event, input?.reader.value(), false));
          else if (event.type === 'tool_call') subscriber.next(toGrowing(event, event.tool_use.input, true));
        },
      });
    });
}

function toGrowing(
  { round, id, name, index }: ToolInputEvent | ToolCallEvent,
  value: unknown,
  complete: boolean,
): GrowingInput {
  return { round, id, name, index, value, complete };
}
