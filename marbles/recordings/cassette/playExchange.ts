import { asyncScheduler, Observable, type SchedulerAction, type Subscriber } from 'rxjs';
import { LONGEST_DELAY } from '../../../src/errors/checkOption.js';
import { bytesOf } from './bytes.js';
import type { CassetteEnd, CassetteExchange, CassetteFailure, CassetteResponse } from './Cassette.js';

/** What comes over the wire: the head of a response, then its bytes. */
export type WirePart = CassetteResponse | Uint8Array;

/** Tells the two apart, bytes of another realm included. */
export function isHead(part: WirePart): part is CassetteResponse {
  return 'status' in part;
}

interface Step {
  /** In recorded milliseconds since the request. */
  readonly due: number;
  run(subscriber: Subscriber<WirePart>): void;
}

/**
 * Plays what came back for a request, at the times at which it came: each subscription from the beginning.
 *
 * It fails as `fetch`, or reading the body, has failed. When the reader had let go, nothing is known of what would have
 * come: then it is silent and does not end. One timer is alive at a time, and unsubscribing stops it.
 *
 * @param speed How many recorded milliseconds pass in one; with `Infinity` all of it comes at once.
 */
export function playExchange(exchange: CassetteExchange, speed: number): Observable<WirePart> {
  const steps = stepsOf(exchange);
  const due = (step: Step): number => Math.round(step.due / speed);
  return new Observable((subscriber) => {
    const begun = asyncScheduler.now();
    let next = 0;
    // Of a late timer and the time that it was set for, the later counts: late timers do not add up.
    const work = function (this: SchedulerAction<number>, awaited = 0): void {
      const now = Math.max(awaited, asyncScheduler.now() - begun);
      for (let step = steps[next]; step !== undefined && !subscriber.closed; step = steps[++next]) {
        if (due(step) > now) {
          this.schedule(due(step), Math.min(due(step) - now, LONGEST_DELAY));
          return;
        }
        step.run(subscriber);
      }
    };
    const [first] = steps;
    if (first === undefined) return;
    subscriber.add(asyncScheduler.schedule(work, Math.min(due(first), LONGEST_DELAY), due(first)));
  });
}

function stepsOf({ request, response, chunks, end }: CassetteExchange): Step[] {
  const since = (time: number): number => Math.max(0, time - request.time);
  const part = (time: number, value: () => WirePart): Step => ({
    due: since(time),
    run: (subscriber) => {
      subscriber.next(value());
    },
  });
  return [
    ...(response === undefined ? [] : [part(response.time, () => response)]),
    ...chunks.map((chunk) => part(chunk.time, () => bytesOf(chunk))),
    ...(end === undefined || staysOpen(end, response) ? [] : [{ due: since(end.time), run: finisher(end) }]),
  ];
}

/**
 * Whether nothing is known of how it would have ended. A refusal says all by its head: the SDK lets go of its body before
 * it tries again.
 */
function staysOpen({ how }: CassetteEnd, response: CassetteResponse | undefined): boolean {
  return how === 'aborted' && (response === undefined || (response.status >= 200 && response.status < 300));
}

function finisher(end: CassetteEnd): Step['run'] {
  return (subscriber) => {
    if (end.how === 'error') subscriber.error(toError(end.error));
    else subscriber.complete();
  };
}

/** As near to the error that was recorded as its name and message are. */
function toError({ name, message }: CassetteFailure): Error {
  const error = name === 'TypeError' ? new TypeError(message) : new Error(message);
  return error.name === name ? error : Object.defineProperty(error, 'name', { value: name, configurable: true });
}
