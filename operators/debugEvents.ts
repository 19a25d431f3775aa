import { asyncScheduler, Observable, throwError, type MonoTypeOperatorFunction } from 'rxjs';
import { checkCount } from '../src/errors/checkOption.js';
import { messageOf } from '../src/errors/messageOf.js';
import { createEventLines } from '../src/debug/createEventLines.js';
import { redactText } from '../src/debug/redact.js';
import type { RoundEvent } from '../src/events/RoundEvent.js';
import { toOneLine } from '../src/debug/toOneLine.js';
import { relay } from './internal/relay.js';

/** How `debugEvents` writes. */
export interface DebugEventsOptions {
  /** Takes each line, without a line break. Default: `console.debug`. */
  readonly sink?: (line: string) => void;
  /** The most characters of a value that are shown. Default: 80. */
  readonly maxChars?: number;
}

/**
 * Writes each event as one readable line, for development: the time since the subscription, the round, the block, the
 * tool, sizes, and what was sent next.
 *
 * ```text
 *    412 ms  round 1 [1] tool_call get_weather toolu_1 {"city":"Berlin"}
 *    530 ms  round 1 tool_result get_weather toolu_1 ok, 118 ms, 12 chars: 14 °C, cloudy
 * ```
 *
 * Every event passes through unchanged. Long values are cut. Fields with names such as `password` or `api_key`, and texts
 * that look like keys or tokens, are hidden; text that is still being written is shown by its size only.
 *
 * @param options `sink` and `maxChars`.
 * @returns An operator that mirrors its source. How the stream ends is written too, an unsubscription included.
 * Errors with what the sink throws; at the source's own error, which passes through, and on unsubscribing, that goes to
 * rxjs's `config.onUnhandledError` instead.
 * @throws OptionError at once when `maxChars` is no usable number.
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
      /** Says a last word where the sink's own error must not take the place of what happens. */
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

/** Nobody listens any more, so rxjs is told: it hands the error to `config.onUnhandledError` or throws it later. */
function reportUnhandled(error: unknown): void {
  throwError(() => error as Error).subscribe();
}

function toConsole(line: string): void {
  // eslint-disable-next-line no-console -- the console is what a developer asked for by leaving `sink` out
  console.debug(line);
}
