import { stretched } from '../../../support/runs.js';
import type { Block } from '../../../support/strictRules/view.js';

/** An event of a body, and how many bytes it takes to have it whole. */
export interface PlacedEvent {
  readonly event: Block;
  readonly end: number;
}

/** A place where a body is cut, and how: it ends there as if it were whole, or its connection breaks. */
export interface Cut {
  readonly at: number;
  readonly how: 'end' | 'break';
}

/** At how many places a body is cut, beside those behind its events. */
const SPREAD = stretched(200);

/** Reads the events of a body with LF line ends. Written apart from the library, so that it can judge it. */
export function readBody(bytes: Uint8Array): PlacedEvent[] {
  // One character for each byte, so that places in the text are places in the bytes.
  const text = Buffer.from(bytes).toString('latin1');
  const placed: PlacedEvent[] = [];
  for (const { 0: block, index } of text.matchAll(/(?:[^\n]+\n)*\n/g)) {
    const data = /^data: ?(.*)$/m.exec(block)?.[1];
    if (!/^event: ?\S/m.test(block) || data === undefined) continue;
    placed.push({ event: toEvent(data), end: index + block.length });
  }
  return placed;
}

function toEvent(data: string): Block {
  try {
    return JSON.parse(Buffer.from(data, 'latin1').toString('utf8')) as Block;
  } catch {
    return { type: NOT_JSON };
  }
}

/** The type of an event whose data is not JSON. */
export const NOT_JSON = 'not JSON';

/** The places behind each event of a body, but for the last. */
export const placesBehind = (bytes: Uint8Array, placed: readonly PlacedEvent[]): number[] =>
  placed.map(({ end }) => end).filter((end) => end < bytes.length);

/** Places spread over a body, or all of them where it is short. */
export function placesIn(bytes: Uint8Array): number[] {
  const count = Math.min(SPREAD, bytes.length);
  return Array.from({ length: count }, (_none, n) => Math.floor((n * bytes.length) / count));
}

/** A response with the first bytes of a body. */
export function cutResponse(bytes: Uint8Array, { at, how }: Cut): Response {
  let given = at === 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (!given) controller.enqueue(bytes.subarray(0, at));
      else if (how === 'end') controller.close();
      else controller.error(new TypeError('terminated'));
      given = true;
    },
  });
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
}

/** A response with all of a body. */
export const wholeResponse = (bytes: Uint8Array): Response => cutResponse(bytes, { at: bytes.length, how: 'end' });
