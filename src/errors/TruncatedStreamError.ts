import { messageOf } from './messageOf.js';
import { RxClaudeError } from './RxClaudeError.js';

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

/**
 * Claude's reply ended before its `message_stop`: the connection was cut, or the body was empty.
 *
 * What has arrived so far is not a whole reply, though all of it reached the subscriber. Send the request again.
 */
export class TruncatedStreamError extends RxClaudeError {
  readonly _tag = 'TruncatedStreamError';
  /** The `type` of the last event that arrived; `undefined` when there was none. */
  readonly lastEvent: string | undefined;
  /** How many events arrived. */
  readonly events: number;
  /** The API's `request-id`, when the response carried one. */
  override readonly requestId: string | undefined;

  constructor(facts: TruncatedStreamFacts) {
    super('TruncatedStreamError', describe(facts), 'cause' in facts ? { cause: facts.cause } : undefined);
    this.lastEvent = facts.lastEvent;
    this.events = facts.events;
    this.requestId = facts.requestId;
  }
}

function describe({ lastEvent, events, unnamed = 0, cause }: TruncatedStreamFacts): string {
  const why = cause === undefined ? '' : ` (${messageOf(cause)})`;
  if (unnamed > 0 && events === 0) {
    return (
      `The response had ${String(unnamed)} pieces of data without an \`event:\` name and so no event of Claude's${why}. ` +
      `A proxy on the way may have dropped the names.`
    );
  }
  if (lastEvent === undefined)
    return `The response was empty: no event of Claude's arrived${why}. Send the request again.`;
  return (
    `Claude's stream ended before \`message_stop\`, after ${String(events)} event${events === 1 ? '' : 's'}, the last of them \`${lastEvent}\`${why}. ` +
    `The reply is not whole; send the request again.`
  );
}
