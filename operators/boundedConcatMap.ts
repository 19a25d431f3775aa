import { from, Observable, type ObservableInput, type OperatorFunction } from 'rxjs';
import type { RxClaudeError } from '../src/errors/RxClaudeError.js';
import { limitError } from '../src/errors/failures.js';
import { checkCount } from '../src/errors/checkOption.js';
import { charsOf } from '../src/events/charsOf.js';
import type { RoundEvent } from '../src/events/RoundEvent.js';
import { createQueue } from '../src/values/createQueue.js';
import { createRelay, relay } from './internal/relay.js';

/** How much `boundedConcatMap` keeps. */
export interface BoundedConcatMapOptions {
  /**
   * The most characters of waiting events. A piece of text counts its length, and at least 10; an event without text
   * counts 100. Default: 10 000 000.
   */
  readonly maxBufferedChars?: number;
}

/**
 * Like rxjs's `concatMap`, for a consumer that may be slower than Claude: the waiting events are limited, and none is
 * lost when the stream fails.
 *
 * ```text
 * in   -ab#            a, b events
 * a     ---A|          what `project` makes of them
 * b         ---B|
 * out  ----A---B#      the error comes last
 * ```
 *
 * Events that arrive before `project`'s last Observable or promise has completed wait their turn. The source's error or
 * completion comes after them.
 *
 * @param project What to do with an event, such as to write it to a socket. The next event waits until it completes.
 * @param options `maxBufferedChars` (10 000 000).
 * @returns An operator from events to what `project` emits. Unsubscribing unsubscribes from the source and from what
 * `project` returned, and drops waiting events.
 * Errors with `LimitError` as soon as too much waits; the source is unsubscribed from first, which ends its request,
 * and waiting events are dropped. Errors at once with what `project` throws or fails with.
 * @throws OptionError at once when `maxBufferedChars` is invalid.
 * @example
 * ```ts
 * import { boundedConcatMap, claudeStream } from 'rxclaude';
 * import type { ClaudeClient, ClaudeRequest } from 'rxclaude';
 *
 * declare const client: ClaudeClient;
 * declare const request: ClaudeRequest;
 * declare function send(line: string): Promise<void>;
 *
 * claudeStream(client, request)
 *   .pipe(boundedConcatMap((event) => send(JSON.stringify(event)), { maxBufferedChars: 1_000_000 }))
 *   .subscribe();
 * ```
 */
export function boundedConcatMap<T extends RoundEvent, R>(
  project: (event: T, index: number) => ObservableInput<R>,
  options: BoundedConcatMapOptions = {},
): OperatorFunction<T, R> {
  const { maxBufferedChars = 10_000_000 } = options;
  checkCount('boundedConcatMap.maxBufferedChars', maxBufferedChars);
  return (source) =>
    new Observable((subscriber) => {
      const waiting = createQueue<T>();
      let chars = 0;
      let index = 0;
      let busy = false;
      let taking = false;
      let end: (() => void) | undefined;

      /** Consumes waiting events while the consumer is free. A loop, because a consumer may finish synchronously. */
      const takeWaiting = (): void => {
        if (taking) return;
        taking = true;
        while (!busy) {
          const event = waiting.shift();
          if (event === undefined) break;
          chars -= charsOf(event);
          consume(event);
        }
        taking = false;
        if (!busy) end?.();
      };
      const consume = (event: T): void => {
        busy = true;
        relay(from(project(event, index++)), subscriber, {
          next: (value) => {
            subscriber.next(value);
          },
          complete: () => {
            busy = false;
            takeWaiting();
          },
        });
      };
      const endWith = (last: () => void): void => {
        end = last;
        takeWaiting();
      };

      const link = createRelay<T, R>(subscriber, {
        next: (event) => {
          waiting.push(event);
          chars += charsOf(event);
          takeWaiting();
          if (chars <= maxBufferedChars) return;
          link.unsubscribe();
          subscriber.error(tooSlow(maxBufferedChars, chars));
        },
        error: (error) => {
          endWith(() => {
            subscriber.error(error);
          });
        },
        complete: () => {
          endWith(() => {
            subscriber.complete();
          });
        },
      });
      if (!link.closed) source.subscribe(link);
    });
}

function tooSlow(maximum: number, found: number): RxClaudeError<'LimitError'> {
  const what = 'Too many characters wait for a slow consumer';
  return limitError('maxBufferedChars', maximum, what, { found, remedy: 'consume faster' });
}
