import { ProtocolError } from '../errors/ProtocolError.js';
import { TruncatedStreamError, type TruncatedStreamFacts } from '../errors/TruncatedStreamError.js';
import type { ClaudeEvent } from '../events/ClaudeEvent.js';
import { isObject } from '../iteration/isObject.js';

/** Watches that the events of one response are those of one whole message. */
export interface OrderCheck {
  /** @throws ProtocolError when an event cannot come now. */
  see(event: ClaudeEvent): void;
  /** The error when the stream ends here; `undefined` when the message is whole. */
  end(facts?: Partial<TruncatedStreamFacts>): TruncatedStreamError | undefined;
}

/** The part without which an event says nothing. */
const PARTS: ReadonlyMap<string, string> = new Map([
  ['message_start', 'message'],
  ['content_block_start', 'content_block'],
  ['content_block_delta', 'delta'],
  ['message_delta', 'delta'],
]);

/** Makes a check for one response. */
export function createOrderCheck(): OrderCheck {
  let started = false;
  let whole = false;
  let events = 0;
  let lastEvent: string | undefined;

  return {
    see(event: unknown) {
      if (!isObject(event)) throw new ProtocolError(`Expected an event, found ${String(event)}.`);
      events++;
      lastEvent = String(event['type']);
      const part = PARTS.get(lastEvent);
      if (part !== undefined && !isObject(event[part])) {
        throw new ProtocolError(`A \`${lastEvent}\` came without its \`${part}\`.`);
      }
      if (lastEvent === 'message_start') {
        if (started) throw new ProtocolError('One response carried two messages: a second `message_start` came.');
        started = true;
      } else if (lastEvent === 'message_stop') whole = started;
    },
    end(facts) {
      return whole ? undefined : new TruncatedStreamError({ lastEvent, events, ...facts });
    },
  };
}
