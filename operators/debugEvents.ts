import { asyncScheduler, Observable, throwError, type MonoTypeOperatorFunction } from 'rxjs';
import { checkCount } from '../src/errors/checkOption.js';
import { messageOf } from '../src/errors/messageOf.js';
import { createEventLines } from '../src/debug/createEventLines.js';
import { redactText } from '../src/debug/redact.js';
import type { RoundEvent } from '../src/events/RoundEvent.js';
import { toOneLine } from '../src/debug/toOneLine.js';
import { relay } from './internal/relay.js';

/** The output of `debugEvents`. */
export interface DebugEventsOptions {
  /** Takes each line, without a line break. Default: `console.debug`. */
  readonly sink?: (line: string) => void;
  /** The most characters shown of a value. Default: 80. */
  readonly maxChars?: number;
}

/**
 * Writes each event as one readable line, for development: the time since the subscription, the round, the block, the
 * tool, sizes, and the next request.
 *
 * ```text
 *    412 ms  round 1 [1] tool_call get_weather toolu_1 {"city":"Berlin"}
 *    530 ms  round 1 tool_result get_weather toolu_1 ok, 118 ms, 12 chars: 14 °C, cloudy
 * ```
 *
 * Every event passes through unchanged. Long values are cut. Fields with names such as `password` or `api_key`, and
 * texts that look like keys or tokens, are hidden; of text that Claude is still writing, only the size is shown.
 *
 * @param options `sink` and `maxChars`.
 * @returns An operator that mirrors its source. It also writes how the stream ends, including an unsubscription.
 * Errors with what the sink throws. When the source fails (its error passes through) or is unsubscribed from, that goes
 * to rxjs's `config.onUnhandledError` instead.
 * @throws OptionError at once when `maxChars` is invalid.
 * @example
 * ```ts
 * import { converse, debugEvents } from 'rxclaude';
 * import type { ClaudeClient, ClaudeRequest } from 'rxclaude';
 *
 * declare const client: ClaudeClient;
 * declare const request: ClaudeRequest;
 *
 * converse(client, request)
 *   .pipe(debugEvents({ sink: (line) => process.stderr.write(`${line}\n`) }))
 *   .subscribe();
 * ```
 */
export function debugEvents(options: DebugEventsOptions = {}): MonoTypeOperatorFunction<RoundEvent> {
  const { sink = toConsole, maxChars = 80 } = options;
  checkCount('debugEvents.maxChars', maxChars);
  return (source) =>
    new Observable((subscriber) => {
      const lines = createEventLines(maxChars);
      const startedAt = asyncScheduler.now();
      let ended = false;
      const write = (text: string): void => {
        try {
          sink(`${String(asyncScheduler.now() - startedAt).padStart(6)} ms  ${text}`);
        } catch (error) {
          ended = true;
          throw error;
        }
      };
      const end = (text: string): void => {
        if (!ended) write(text);
        ended = true;
      };
      /** Writes a last line. An error of the sink must not replace what happens. */
      const endQuietly = (text: string): void => {
        try {
          end(text);
        } catch (error) {
          reportUnhandled(error);
        }
      };
      subscriber.add(() => {
        endQuietly('unsubscribed');
      });
      relay(source, subscriber, {
        next: (event) => {
          write(lines.line(event));
          subscriber.next(event);
        },
        error: (error) => {
          const name = error instanceof Error ? error.name : typeof error;
          endQuietly(`error ${toOneLine(name, maxChars)}: ${toOneLine(redactText(messageOf(error)), maxChars)}`);
          subscriber.error(error);
        },
        complete: () => {
          end('complete');
          subscriber.complete();
        },
      });
    });
}

/** There is no subscriber left, so rxjs gets the error: it calls `config.onUnhandledError`, or throws it later. */
function reportUnhandled(error: unknown): void {
  throwError(() => error as Error).subscribe();
}

function toConsole(line: string): void {
  // eslint-disable-next-line no-console -- without a `sink`, the console is what the developer asked for
  console.debug(line);
}
