import type { Observable, ObservableInput } from 'rxjs';
import type { RoundEvent } from '../../src/events/RoundEvent.js';
import type { RoundRequest } from '../../src/events/RoundRequest.js';

/**
 * One round: a request in, Claude's events and the results of its tools out.
 *
 * @param request What to send.
 * @param round The number of the round, counted from 1.
 * @param context What the conversation has to say to the round while it runs.
 */
export type Round = (request: RoundRequest, round: number, context: RoundContext) => ObservableInput<RoundEvent>;

/** What a conversation has to say to a round while it runs. */
export interface RoundContext {
  /** Emits why, when the tools of the round are to stop: for `executeTools`, as its `stop$`. */
  readonly stopTools$: Observable<string>;
}
