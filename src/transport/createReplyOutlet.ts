import type { Subscriber } from 'rxjs';
import { ProtocolError } from '../errors/ProtocolError.js';
import { TruncatedStreamError, type TruncatedStreamFacts } from '../errors/TruncatedStreamError.js';
import type { ClaudeEvent } from '../events/ClaudeEvent.js';
import { isObject } from '../values/isObject.js';

/** Lets the events of one reply out, as long as they are those of one whole message. */
export interface ReplyOutlet {
  /** @throws ProtocolError when an event cannot come now. */
  next(event: ClaudeEvent): void;
  /** The reply has ended: completes when the message is whole, and fails when it is not. */
  end(facts?: Partial<TruncatedStreamFacts>): void;
}

/** Makes an outlet for one reply. */
export function createReplyOutlet(subscriber: Subscriber<ClaudeEvent>): ReplyOutlet {
  let started = false;
  let whole = false;
  let events = 0;
  let lastEvent: string | undefined;

  const check = (event: unknown): void => {
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
  };

  return {
    next(event) {
      check(event);
      subscriber.next(event);
    },
    end(facts) {
      if (whole) subscriber.complete();
      else subscriber.error(new TruncatedStreamError({ lastEvent, events, ...facts }));
    },
  };
}

/** Without this part the event says nothing. */
function need(event: Record<string, unknown>, part: string): void {
  if (!isObject(event[part])) throw new ProtocolError(`A \`${String(event['type'])}\` came without its \`${part}\`.`);
}
