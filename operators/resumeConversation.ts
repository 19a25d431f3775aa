import {
  concatMap,
  defer,
  expand,
  Observable,
  of,
  queueScheduler,
  subscribeOn,
  type ObservableInput,
  type OperatorFunction,
  type Subscriber,
} from 'rxjs';
import { NO_USAGE } from '../src/conversation/addUsage.js';
import { createRoundTracker } from '../src/conversation/createRoundTracker.js';
import { endRound, type RoundState } from '../src/conversation/endRound.js';
import { toRoundRequest } from '../src/conversation/toRoundRequest.js';
import { checkCount } from '../src/errors/checkOption.js';
import type { RoundRequest } from '../src/events/RoundRequest.js';
import type { RoundEndEvent, RoundEvent } from '../src/events/RoundEvent.js';
import type { ClaudeRequest } from '../src/tools/ClaudeRequest.js';
import { relay } from './internal/relay.js';

/**
 * One round: a request in, Claude's events and the results of its tools out.
 *
 * @param request What to send.
 * @param round The number of the round, counted from 1.
 */
export type Round = (request: RoundRequest, round: number) => ObservableInput<RoundEvent>;

/** When a conversation ends, beside Claude's own wish. */
export interface ResumeConversationOptions {
  /** The most requests that are made; tools of the last round are still run and answered. Default: 10. */
  readonly maxRounds?: number;
  /** Asked after each round that would lead to another one; `true` ends the conversation there. Default: never. */
  readonly stopWhen?: (end: RoundEndEvent) => boolean;
}

/**
 * Holds a conversation: runs a round, and as long as Claude waits for tool results or has paused, sends the next request
 * and runs another one.
 *
 * ```text
 * in       q|                            q request
 * round 1  -s-K-w-m-W-|                  K tool_call, w message_delta with tool_use, W tool_result
 * round 2             ----s-t-w-m-|      t text, w message_delta with end_turn
 * out      Bs-K-w-m-W-(EB)s-t-w-m-(EC|)  B round_start, E round_end, C conversation_end
 * ```
 *
 * Every event of every round passes through, at once. Each next request is the last one plus two messages: Claude's
 * reply, every block of it verbatim, and one user message with all results in the order of the calls. `system`, `tools`
 * and all earlier messages stay the same to the byte; a forced `tool_choice` becomes `auto` after the first round, and
 * the id of a `container` is carried on. After `pause_turn` the reply alone is sent back; that counts as a round.
 *
 * The request is copied when the conversation starts: later changes to it do not reach the conversation, and it is never
 * changed here. Whatever ends a conversation, `conversation_end.messages` is a history that the API accepts with a new
 * user message behind it: a refused reply and a server tool that was never answered are left out of it, and calls that
 * were not run are answered with an error.
 *
 * @param round What a round consists of: usually `claudeStream` with `accumulateToolInput`, `validateWith` and
 * `executeTools` behind it. Called when the round begins.
 * @param options `maxRounds` (10) and `stopWhen`.
 * @returns An operator from requests to events. Conversations follow one another when the source has several requests.
 * Unsubscribing unsubscribes from the round that runs.
 * Errors with {@link MissingToolResultError} when a round brings no result for a call that Claude waits for, with
 * {@link ProtocolError} when it completes without a whole message, and with whatever a round or `stopWhen` fails with.
 * @throws OptionError at once when `maxRounds` is no usable number.
 * @example
 * ```ts
 * import { of } from 'rxjs';
 * import { accumulateToolInput, claudeStream, executeTools, resumeConversation, validateWith } from 'rxclaude';
 * import type { ClaudeClient, ClaudeRequest, RoundRequest, Tool } from 'rxclaude';
 *
 * declare const client: ClaudeClient;
 * declare const request: ClaudeRequest;
 * declare const tools: Tool[];
 *
 * const round = (request: RoundRequest) =>
 *   claudeStream(client, request).pipe(accumulateToolInput(), validateWith(tools), executeTools(tools));
 *
 * of({ ...request, tools })
 *   .pipe(resumeConversation(round, { maxRounds: 5 }))
 *   .subscribe((event) => console.log(event.type));
 * ```
 * @see {@link converse} for the same in one call.
 */
export function resumeConversation(
  round: Round,
  options: ResumeConversationOptions = {},
): OperatorFunction<ClaudeRequest, RoundEvent> {
  const { maxRounds = 10, stopWhen = never } = options;
  checkCount('resumeConversation.maxRounds', maxRounds);

  /** Runs one round. Its events go straight out; what it emits itself is the state of the next round, if there is one. */
  const runRound = (state: RoundState, out: Subscriber<RoundEvent>): Observable<RoundState> =>
    new Observable((next) => {
      const { request, round: number } = state;
      out.next({ type: 'round_start', round: number, request });
      const tracker = createRoundTracker(number);
      const events = defer(() => round(request, number));
      relay(events, next, {
        next: (event) => {
          out.next(event);
          tracker.take(event);
        },
        complete: () => {
          const { end, following, conversationEnd } = endRound(state, tracker.end(), { maxRounds, stopWhen });
          out.next(end);
          if (conversationEnd !== undefined) out.next(conversationEnd);
          if (following !== undefined) next.next(following);
          next.complete();
        },
      });
    });

  const hold = (request: ClaudeRequest): Observable<RoundEvent> =>
    new Observable((out) => {
      const first: RoundState = { request: toRoundRequest(request), round: 1, usage: NO_USAGE };
      // The queue makes a loop of what would be a recursion when rounds are synchronous, as in tests.
      const rounds = of(first).pipe(expand((state) => runRound(state, out).pipe(subscribeOn(queueScheduler))));
      relay(rounds, out, { next: ignore });
    });

  return (source) => source.pipe(concatMap(hold));
}

function ignore(): void {
  // The events of a round have gone straight out; its state is for `expand` alone.
}

function never(): boolean {
  return false;
}
