import { readServed } from '../../../support/strictRules/served.js';
import type { Block, Served } from '../../../support/strictRules/view.js';
import { NOT_JSON, type PlacedEvent } from './body.js';

/** How a reply goes that ends here: it is whole, or it fails, as cut, as told by the API, or as no reply at all. */
export type Fate = 'whole' | 'cut' | 'told' | 'impossible';

/** What a client must make of the first events of a reply. */
export interface Prefix {
  readonly fate: Fate;
  /** Those that it hands on: what stands behind an error is not read. */
  readonly events: readonly Block[];
  readonly served: Served;
  /** `null` until it is told, which an odd reply may do at its start. */
  readonly stopReason: string | null;
  /** The text of the deltas. */
  readonly written: string;
  /** The text of all text blocks. */
  readonly text: string;
}

/** What to make of the first n events of a body, for each n from 0 on. */
export function prefixesOf(placed: readonly PlacedEvent[]): (count: number) => Prefix {
  const events = placed.map(({ event }) => event);
  const known = new Map<number, Prefix>();
  return (count) => {
    const prefix = known.get(count) ?? readPrefix(events.slice(0, count));
    known.set(count, prefix);
    return prefix;
  };
}

function readPrefix(all: readonly Block[]): Prefix {
  const first = all.findIndex(({ type }) => type === 'message_start');
  const end = all.findIndex(
    ({ type }, at) => type === 'error' || type === NOT_JSON || (type === 'message_start' && at > first),
  );
  const events = end < 0 ? all : all.slice(0, end);
  const served = readServed(events);
  const blocks = served.content.map(({ block }) => block);
  const ended = served.complete ? 'whole' : 'cut';
  const failed = all[end]?.type === 'error' ? 'told' : 'impossible';
  return {
    fate: end < 0 ? ended : failed,
    events,
    served,
    stopReason: served.stopReason ?? stopReasonIn(events[first]),
    written: events.map(textIn).join(''),
    text: blocks.map(({ type, text }) => (type === 'text' ? String(text) : '')).join(''),
  };
}

function stopReasonIn(start: Block | undefined): string | null {
  const { stop_reason } = (start?.['message'] ?? {}) as { readonly stop_reason?: string | null };
  return stop_reason ?? null;
}

function textIn({ type, delta }: Block): string {
  if (type !== 'content_block_delta') return '';
  const { text } = delta as { readonly text?: string };
  return text ?? '';
}
