import { ProtocolError } from '../errors/ProtocolError.js';
import { TruncatedStreamError, type TruncatedStreamFacts } from '../errors/TruncatedStreamError.js';
import type { ClaudeEvent } from '../events/ClaudeEvent.js';
import { isObject } from '../values/isObject.js';

/** Watches that the events of one response are those of one whole message. */
export interface OrderCheck {
  /** @throws ProtocolError when an event cannot come now. */
  see(event: ClaudeEvent): void;
  /** The error when the stream ends here; `undefined` when the message is whole. */
  end(facts?: Partial<TruncatedStreamFacts>): TruncatedStreamError | undefined;
}

/** Makes a check for one response. */
export function createOrderCheck(): OrderCheck {
  let started = false;
  let whole = false;
  let events = 0;
  let lastEvent: string | undefined;

  return {
    see(event: unknown) {
      if (!isObject(event)) throw new ProtocolError(`Expected an event, found a ${typeof event}.`);
      events++;
      lastEvent = String(event['type']);
      switch (lastEvent) {
        case 'message_start':
          need(event, 'message');
          if (started) throw new ProtocolError('One response carried two messages: a second `message_start` came.');
          started = true;
          break;
        case 'content_block_start':
          need(event, 'content_block');
          break;
        case 'content_block_delta':
        case 'message_delta':
          need(event, 'delta');
          break;
        case 'message_stop':
          whole = started;
      }
    },
    end(facts) {
      return whole ? undefined : new TruncatedStreamError({ lastEvent, events, ...facts });
    },
  };
}

/** Without this part the event says nothing. */
function need(event: Record<string, unknown>, part: string): void {
  if (!isObject(event[part])) throw new ProtocolError(`A \`${String(event['type'])}\` came without its \`${part}\`.`);
}
