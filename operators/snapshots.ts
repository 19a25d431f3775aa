import { asyncScheduler, Observable, type OperatorFunction, type SchedulerLike, type Subscription } from 'rxjs';
import { checkMilliseconds } from '../src/errors/checkOption.js';
import type { ClaudeMessage } from '../src/events/ClaudeEvent.js';
import type { RoundEvent } from '../src/events/RoundEvent.js';
import { isJsonObject } from '../src/json/isJsonObject.js';
import { createGrowingInputs } from '../src/message/createGrowingInputs.js';
import { createMessageAccumulator } from '../src/message/createMessageAccumulator.js';
import { relay } from './internal/relay.js';

/** How often `snapshots` shows a message. */
export interface SnapshotsOptions {
  /** The least time between two messages, in milliseconds. Default: 16, one frame at 60 a second; 0 with a `scheduler`. */
  readonly every?: number;
  /** What sets the pace, such as `animationFrameScheduler`. Default: `asyncScheduler`. */
  readonly scheduler?: SchedulerLike;
}

/**
 * Claude's reply as it grows, at most once a frame: for a view that redraws with each value.
 *
 * ```text
 * in   -s-o-d-d-d-d-d-c-w-(m|)      s message_start, o block starts, d delta, c block stops, w message_delta
 * out  -1---2---3---4---5-(6|)      each a whole message, the first at once, the last one never lost
 * ```
 *
 * The messages are those of {@link accumulateMessage}, immutable and with the same identities; those in between are not
 * built. Over several rounds, the last message of each is shown, however soon the next begins.
 *
 * With `tool_input` events, the message shows the certain part of an `input` that Claude is still writing. It is read
 * from their pieces, so copied, replayed and received events work too. Each message then copies the fields and items of
 * its objects and arrays that are still open.
 *
 * @param options `every` (16 ms) or `scheduler`.
 * @returns An operator from events to messages. A change that was not shown yet is shown before the source's completion
 * or error. Unsubscribing unsubscribes from the source and drops what was not shown.
 * Errors with `ProtocolError` when the events are not those of a message.
 * @throws OptionError at once when `every` is invalid.
 * @example
 * ```ts
 * import { snapshots } from 'rxclaude';
 * import type { RoundEvent } from 'rxclaude';
 * import { animationFrameScheduler, type Observable } from 'rxjs';
 *
 * declare const events$: Observable<RoundEvent>;
 * declare function render(content: readonly unknown[]): void;
 *
 * events$
 *   .pipe(snapshots({ scheduler: animationFrameScheduler }))
 *   .subscribe(({ content }) => render(content));
 * ```
 * @see {@link accumulateMessage} for every single change.
 */
export function snapshots(options: SnapshotsOptions = {}): OperatorFunction<RoundEvent, ClaudeMessage> {
  const { scheduler = asyncScheduler, every = options.scheduler === undefined ? 16 : 0 } = options;
  if (every !== 0) checkMilliseconds('snapshots.every', every);
  return (source) =>
    new Observable((subscriber) => {
      const snapshot = createSnapshot();
      let changed = false;
      let waiting = false;
      let pause: Subscription | undefined;

      const show = (): void => {
        const message = changed ? snapshot.message() : undefined;
        changed = false;
        if (message !== undefined) subscriber.next(message);
      };
      const showAndPause = (): void => {
        pause?.unsubscribe();
        waiting = changed;
        if (!waiting) return;
        show();
        // A scheduler that does not wait ends the pause here.
        pause = scheduler.schedule(showAndPause, every);
        subscriber.add(pause);
      };
      relay(source, subscriber, {
        next: (event) => {
          // The next message must not replace the end of this one.
          if (event.type === 'message_start' || event.type === 'round_start') show();
          if (!snapshot.take(event)) return;
          changed = true;
          if (!waiting) showAndPause();
        },
        error: (error) => {
          show();
          subscriber.error(error);
        },
        complete: () => {
          show();
          subscriber.complete();
        },
      });
    });
}

/** A message with the inputs of its tools so far. */
interface Snapshot {
  /**
   * Takes the next event.
   *
   * @returns Whether the message changed.
   * @throws ProtocolError when the events are not those of one message.
   */
  take(event: RoundEvent): boolean;
  /** The message so far, immutable; `undefined` before `message_start`. */
  message(): ClaudeMessage | undefined;
}

type Block = ClaudeMessage['content'][number];

/** Makes an empty snapshot. */
function createSnapshot(): Snapshot {
  const accumulator = createMessageAccumulator();
  const inputs = createGrowingInputs();
  /** The block that last showed an input, and the block it was made from. */
  const shown = new WeakMap<object, { readonly from: Block; readonly block: Block }>();

  const show = (block: Block, index: number): Block => {
    const open = inputs.open.get(index);
    const input = block.type === 'tool_use' && open?.id === block.id && open.reader.snapshot();
    if (!isJsonObject(input)) return block;
    let last = shown.get(input);
    if (last?.from !== block) {
      last = { from: block, block: { ...block, input } as Block };
      shown.set(input, last);
    }
    return last.block;
  };

  return {
    take(event) {
      const grew = inputs.take(event) !== undefined;
      return accumulator.take(event) || grew;
    },
    message() {
      const message = accumulator.message();
      if (message === undefined || inputs.open.size === 0) return message;
      return { ...message, content: message.content.map(show) } as ClaudeMessage;
    },
  };
}
