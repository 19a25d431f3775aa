import { defer, map, type Observable } from 'rxjs';
import { RxClaudeError } from '../errors/RxClaudeError.js';
import { optionError } from '../errors/failures.js';
import type { ClaudeEvent } from '../events/ClaudeEvent.js';
import type { ResponseEvent, RoundRetryEvent } from '../events/RoundEvent.js';
import type { RoundRequest } from '../events/RoundRequest.js';
import { isAddedType } from '../events/isAddedType.js';
import { isObject } from '../values/isObject.js';
import type { ClaudeClient, ClaudeStreamOptions } from './ClaudeClient.js';
import { claudeStream } from './claudeStream.js';
import { foreignEvent } from './createReplyOutlet.js';

/** What a source may emit: Claude's events, and those of rxclaude's that tell how they came. */
export type SourceEvent = ClaudeEvent | ResponseEvent | RoundRetryEvent;

/** Which round a source is asked for. */
export interface SourceContext {
  /** Names the run of the conversation: the same in each of its rounds. */
  readonly id: string;
  /** The number of the round, counted from 1. */
  readonly round: number;
}

/**
 * Makes Claude's events of the request of a round: a thread, a replay, a proxy, a durable step, a model to fall back on.
 * Called once for each attempt at a round.
 */
export type RoundSource = (request: RoundRequest, context: SourceContext) => Observable<SourceEvent>;

/** Where the replies of a conversation come from: a client, or a function. */
export type Source = ClaudeClient | RoundSource;

/** The events of rxclaude's that a source may emit. */
const OF_SOURCES: readonly string[] = ['response', 'deviation', 'round_retry'];

/**
 * Makes one function of what may be a client or a function.
 *
 * @param options Of `claudeStream`, for a client. A function has its own.
 * @returns What makes events of the request of a round. Errors with `ProtocolError` for an event that only the
 * operators of rxclaude add. An event of rxclaude's carries the number of the round that was asked for.
 * @throws OptionError at once when it is neither.
 */
export function toRoundSource(source: Source, options: ClaudeStreamOptions = {}): RoundSource {
  if (typeof source === 'function') {
    return (request, context) =>
      defer(() => source(request, context)).pipe(map((event) => admit(event, context.round)));
  }
  if (!isObject(source) || !isObject(source.messages)) {
    throw optionError('source', 'a client with `messages.create`, or a function from a request to events', source);
  }
  return (request, { round }) => claudeStream(source, request, { ...options, round });
}

function admit(event: unknown, round: number): SourceEvent {
  if (!isObject(event)) {
    throw new RxClaudeError('ProtocolError', `Expected an event of the source, found ${String(event)}.`);
  }
  const type = String(event['type']);
  if (!isAddedType(type)) return event as unknown as SourceEvent;
  if (!OF_SOURCES.includes(type)) throw foreignEvent(type);
  return { ...event, round } as unknown as SourceEvent;
}
