import type { Subscriber } from 'rxjs';
import { messageOf } from '../errors/messageOf.js';
import { RxClaudeError } from '../errors/RxClaudeError.js';
import type { ClaudeEvent } from '../events/ClaudeEvent.js';
import { isAddedType } from '../events/isAddedType.js';
import type { ResponseEvent } from '../events/RoundEvent.js';
import { isObject } from '../values/isObject.js';

/** What is known of a stream that ended too early. */
export interface TruncatedStreamFacts {
  /** The `type` of the last event that arrived; `undefined` when there was none. */
  readonly lastEvent: string | undefined;
  /** How many events arrived. */
  readonly events: number;
  /** The API's `request-id`, when the response carried one. */
  readonly requestId?: string | undefined;
  /** Data that arrived without an `event:` name and so was no event. */
  readonly unnamed?: number;
  /** What broke the connection, when something did. */
  readonly cause?: unknown;
}

/** Lets the events of one reply out, as long as they are those of one whole message. */
export interface ReplyOutlet {
  /** The response has begun. Its `response` event goes out before the first event of the reply. */
  respond(requestId: string | undefined): void;
  /** @throws ProtocolError when an event cannot come now. */
  next(event: ClaudeEvent): void;
  /** The reply has ended: completes when the message is whole, and fails when it is not. */
  end(facts?: Partial<TruncatedStreamFacts>): void;
}

/** Makes an outlet for the reply of one round. */
export function createReplyOutlet(subscriber: Subscriber<ClaudeEvent | ResponseEvent>, round: number): ReplyOutlet {
  let response: ResponseEvent | undefined;
  let started = false;
  let whole = false;
  let events = 0;
  let lastEvent: string | undefined;

  const check = (event: unknown): void => {
    if (!isObject(event)) throw new RxClaudeError('ProtocolError', `Expected an event, found a ${typeof event}.`);
    events++;
    lastEvent = String(event['type']);
    switch (lastEvent) {
      case 'message_start':
        need(event, 'message');
        if (started)
          throw new RxClaudeError('ProtocolError', 'One response carried two messages: a second `message_start` came.');
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
        break;
      default:
        if (isAddedType(lastEvent)) throw foreignEvent(lastEvent);
    }
  };

  return {
    respond(request_id) {
      if (events > 0) throw foreignEvent('response');
      if (request_id !== undefined) response = { type: 'response', round, request_id };
    },
    next(event) {
      check(event);
      if (response !== undefined) {
        const first = response;
        response = undefined;
        subscriber.next(first);
      }
      subscriber.next(event);
    },
    end(facts) {
      if (whole) subscriber.complete();
      else subscriber.error(truncatedStream({ lastEvent, events, ...facts }));
    },
  };
}

/** Without this part the event says nothing. */
function need(event: Record<string, unknown>, part: string): void {
  if (!isObject(event[part]))
    throw new RxClaudeError('ProtocolError', `A \`${String(event['type'])}\` came without its \`${part}\`.`);
}

function truncatedStream({ unnamed = 0, ...facts }: TruncatedStreamFacts): RxClaudeError<'TruncatedStreamError'> {
  return new RxClaudeError('TruncatedStreamError', describe(unnamed, facts), facts);
}

function describe(unnamed: number, { lastEvent, events, cause }: TruncatedStreamFacts): string {
  const why = cause === undefined ? '' : ` (${messageOf(cause)})`;
  if (unnamed > 0 && events === 0) {
    return (
      `The response had ${String(unnamed)} pieces of data without an \`event:\` name, and no event${why}. ` +
      `A proxy may have dropped the names.`
    );
  }
  if (lastEvent === undefined) return `The response was empty${why}. Send the request again.`;
  return (
    `Claude's stream ended before \`message_stop\`, after ${String(events)} event${events === 1 ? '' : 's'}, the last of them \`${lastEvent}\`${why}. ` +
    `Send the request again.`
  );
}

/** The error for an event that only rxclaude makes, and that came from elsewhere. */
export function foreignEvent(type: string): RxClaudeError<'ProtocolError'> {
  const message = `An event \`${type}\` came with Claude's own. Only rxclaude makes events of that name.`;
  return new RxClaudeError('ProtocolError', message);
}
