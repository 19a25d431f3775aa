import { asyncScheduler, Observable, type SchedulerAction, type Subscriber } from 'rxjs';
import { LONGEST_DELAY } from '../../../src/errors/checkOption.js';
import { bytesOf } from './bytes.js';
import type { CassetteEnd, CassetteExchange, CassetteFailure, CassetteResponse } from './Cassette.js';

/** What comes over the wire: the head of a response, then its bytes. */
export type WirePart = CassetteResponse | Uint8Array;

/** Whether a part is bytes, also those of another realm. */
export function isHead(part: WirePart): part is CassetteResponse {
  return 'status' in part;
}

interface Step {
  /** In recorded milliseconds since the request. */
  readonly due: number;
  run(subscriber: Subscriber<WirePart>): void;
}

/**
 * Plays the response to a request at its recorded times; each subscription from the start.
 *
 * It fails as `fetch`, or reading the body, failed. When the reader had cancelled, the rest is unknown: then it stays silent
 * and does not end. It has one timer at a time, and unsubscribing stops it.
 *
 * @param speed The recorded milliseconds that pass in one; with `Infinity`, all comes at once.
 */
export function playExchange(exchange: CassetteExchange, speed: number): Observable<WirePart> {
  const steps = stepsOf(exchange);
  const due = (step: Step): number => Math.round(step.due / speed);
  return new Observable((subscriber) => {
    const begun = asyncScheduler.now();
    let next = 0;
    // Counted from the start, so that the delays of late timers do not add up.
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
 * Whether its end is unknown. The head of a refusal says it all: the SDK cancels its body before it tries again.
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

/** An error with the recorded name and message. */
function toError({ name, message }: CassetteFailure): Error {
  const error = name === 'TypeError' ? new TypeError(message) : new Error(message);
  return error.name === name ? error : Object.defineProperty(error, 'name', { value: name, configurable: true });
}
