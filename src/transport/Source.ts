import type { Observable } from 'rxjs';
import type { ClaudeEvent } from '../events/ClaudeEvent.js';
import type { ResponseEvent, RoundRetryEvent } from '../events/RoundEvent.js';
import type { RoundRequest } from '../events/RoundRequest.js';
import type { ClaudeClient } from './ClaudeClient.js';

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
