import { concatMap, EMPTY, Observable, type ObservableInput, type OperatorFunction } from 'rxjs';
import { NO_USAGE } from '../src/conversation/usage.js';
import { toRoundRequest } from '../src/conversation/requests.js';
import {
  checkBudget,
  checkCount,
  checkDeadline,
  checkFunction,
  checkGrace,
  checkText,
} from '../src/errors/checkOption.js';
import type { RoundEndEvent, RoundEvent, UsageTotals } from '../src/events/RoundEvent.js';
import type { HistoryPolicy } from '../src/history/HistoryPolicy.js';
import { ownIds } from '../src/history/ownIds.js';
import type { ClaudeRequest } from '../src/tools/ClaudeRequest.js';
import { randomId } from '../src/values/randomId.js';
import { holdConversation, type Deadline, type Round } from './internal/holdConversation.js';

export type { Deadline, Round, RoundContext } from './internal/holdConversation.js';

/** When a conversation ends, beside Claude's own wish, and what it is called. */
export interface ResumeConversationOptions {
  /**
   * Names the run, not the chat: two runs of one chat have two ids, and a run that is played again keeps its own. Each
   * round gets it, for the keys of its calls. When the source has several requests, the second run is called `<id>-2`, and
   * so on. Default: a random one for each conversation.
   */
  readonly id?: string;
  /** The most requests that are made; tools of the last round are still run and answered. Default: 10. */
  readonly maxRounds?: number;
  /** Asked after each round that would lead to another one; `true` ends the conversation there. Default: never. */
  readonly stopWhen?: (end: RoundEndEvent) => boolean;
  /**
   * The most tokens of all rounds together, by kind, such as `{ output_tokens: 50_000 }`. No further round begins once one
   * of them is reached. Default: no limit.
   */
  readonly budget?: Partial<UsageTotals>;
  /**
   * Ends the conversation in an orderly way when it emits, with the reason `stopped`: the request is aborted at once, tools
   * that run have the time of `grace`, and what there is of the reply stays in `messages`. Default: never.
   *
   * Gotcha: a listener of a shared conversation that makes it emit inside an event takes that event from the other
   * listeners. Let it emit later there: `stop$.pipe(observeOn(asapScheduler))`.
   */
  readonly stop$?: ObservableInput<unknown>;
  /** How long tools may go on when the conversation is stopped, in milliseconds; 0 for not at all. Default: 1 000. */
  readonly grace?: number;
  /**
   * How long the conversation may take, in milliseconds. At `total` it fails with a `TimeoutGuardError`, after its
   * `conversation_end`. `wrapUp` before that it is asked to finish: no further tool starts, those that run are stopped
   * and have the time of `grace`, at most half of what is left, and in one last round, with `tool_choice: none`, Claude
   * answers with what there is. Default: no limit.
   */
  readonly deadline?: Deadline;
  /**
   * Looks after the history, before each request and at the end: `mendingHistory()`, `strictHistory()` or `asIs` of
   * `rxclaude/history`, or a policy of your own. Default: a call with an id that the conversation has already gets another
   * one, and all else is sent as it is; in `converse`: `mendingHistory()`.
   */
  readonly history?: HistoryPolicy;
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
 * changed here. What its history holds that the API would refuse is for `history` to mend.
 *
 * Whatever ends a conversation, an error included, `conversation_end` comes, and its `messages` are a history that the
 * API accepts with a new user message behind it. What a reply had brought when it broke off stays in it: text, and calls
 * with their answers. A refused reply, a call or a thought that is not whole, and a server tool that was never answered
 * are left out; calls that were not run, or not to their end, are answered with an error that says so. Unsubscribing
 * alone ends it without a word.
 *
 * ```text
 * in       q|
 * round 1  -s-t-t-t-t-                   stop$ emits at !
 * stop$    --------!
 * out      Bs-t-t-t(C|)                  C with the reason `stopped`, and the text so far in `messages`
 * ```
 *
 * @param round What a round consists of: usually `claudeStream` with `accumulateToolInput`, `validateWith` and
 * `executeTools` after it. Called when the round begins, with its request and `{ id, round, stopTools$ }`: the `id` of the
 * run, the number of the round, and what `executeTools` takes as its `stop$`.
 * @param options `maxRounds` (10), `stopWhen`, `budget`, `stop$` with `grace` (1 000 ms), `deadline`, `history`, `id`.
 * @returns An operator from requests to events. Conversations follow one another when the source has several requests.
 * Unsubscribing unsubscribes from the round that runs, in the same tick.
 * Errors, behind `conversation_end`, with `MissingToolResultError` when a round brings no result for a call that
 * Claude waits for, with `ProtocolError` when it completes without a whole message, with `HistoryError` when
 * the history cannot be sent, and with whatever a round, `stopWhen` or `stop$` fails with.
 * @throws OptionError at once when an option cannot be used.
 * @example
 * ```ts
 * import { of } from 'rxjs';
 * import {
 *   accumulateToolInput,
 *   claudeStream,
 *   executeTools,
 *   resumeConversation,
 *   retryRound,
 *   validateWith,
 * } from 'rxclaude';
 * import type { ClaudeClient, ClaudeRequest, Round, Tool } from 'rxclaude';
 *
 * declare const client: ClaudeClient;
 * declare const request: ClaudeRequest;
 * declare const tools: Tool[];
 *
 * const toRound: Round = (request, { id, round, stopTools$ }) =>
 *   claudeStream(client, request, { round }).pipe(
 *     accumulateToolInput({ round }),
 *     validateWith(tools),
 *     retryRound({ round }),
 *     executeTools(tools, { stop$: stopTools$, id, round }),
 *   );
 *
 * of({ ...request, tools })
 *   .pipe(resumeConversation(toRound, { maxRounds: 5 }))
 *   .subscribe((event) => console.log(event.type));
 * ```
 * @see {@link converse} for the same in one call.
 */
export function resumeConversation(
  round: Round,
  options: ResumeConversationOptions = {},
): OperatorFunction<ClaudeRequest, RoundEvent> {
  const { maxRounds = 10, stopWhen = never, budget = {}, stop$ = EMPTY, grace = 1_000 } = options;
  const { id, deadline = {}, history = ownIds } = options;
  checkText('resumeConversation.id', id);
  checkCount('resumeConversation.maxRounds', maxRounds);
  checkBudget('resumeConversation.budget', budget, Object.keys(NO_USAGE));
  checkFunction('resumeConversation.stopWhen', stopWhen);
  checkGrace('resumeConversation.grace', grace);
  checkDeadline('resumeConversation.deadline', deadline);
  checkFunction('resumeConversation.history', history);
  const settings = { maxRounds, stopWhen, budget, stop$, grace, deadline, history };

  const nameOf = (index: number): string => {
    if (id === undefined) return randomId();
    return index === 0 ? id : `${id}-${String(index + 1)}`;
  };
  const hold = (request: ClaudeRequest, index: number): Observable<RoundEvent> =>
    new Observable((out) => {
      holdConversation(out, toRoundRequest(request), round, { ...settings, id: nameOf(index) });
    });

  return (source) => source.pipe(concatMap(hold));
}

function never(): boolean {
  return false;
}
