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
import { runConversation, type Deadline, type Round } from './internal/runConversation.js';

export type { Deadline, Round, RoundContext } from './internal/runConversation.js';

/** When a conversation ends, other than by Claude, and its name. */
export interface ResumeConversationOptions {
  /**
   * Names the run, not the chat: two runs of one chat have two ids, and a replayed run keeps its own. Each round gets
   * it, for the keys of its calls. When the source emits several requests, the second run is `<id>-2`, and so on.
   * Default: a random one for each conversation.
   */
  readonly id?: string;
  /** The most rounds; the tools of the last one still run and get results. Default: 10. */
  readonly maxRounds?: number;
  /** Called after each round that would lead to another; `true` ends the conversation there. Default: never. */
  readonly stopWhen?: (end: RoundEndEvent) => boolean;
  /**
   * The most tokens of all rounds together, by kind, such as `{ output_tokens: 50_000 }`. Once one is reached, no
   * further round begins. Default: no limit.
   */
  readonly budget?: Partial<UsageTotals>;
  /**
   * When it emits, the conversation ends with the reason `stopped`: the request is aborted at once, running tools have
   * `grace` to finish, and `messages` keeps the reply so far. Default: never.
   *
   * Gotcha: if a listener of a shared conversation makes it emit during an event, the other listeners miss that event.
   * Make it emit later: `stop$.pipe(observeOn(asapScheduler))`.
   */
  readonly stop$?: ObservableInput<unknown>;
  /** How long tools may keep running after a stop, in milliseconds; 0 for not at all. Default: 1 000. */
  readonly grace?: number;
  /**
   * How long the conversation may take, in milliseconds. At `total` it fails with a `TimeoutGuardError`, after its
   * `conversation_end`. `wrapUp` before that it wraps up: no further tool starts, running ones are stopped and have
   * `grace` to finish, but at most half of the time left, and in one last round, with `tool_choice: none`, Claude
   * answers with what it has. Default: no limit.
   */
  readonly deadline?: Deadline;
  /**
   * What to do with the history, before each request and at the end: `mendingHistory()`, `strictHistory()` or `asIs` of
   * `rxclaude/history`, or your own policy. Default: a call gets another id when the conversation has its id already,
   * and everything else is sent as it is; in `converse`: `mendingHistory()`.
   */
  readonly history?: HistoryPolicy;
}

/**
 * Runs a conversation: runs a round and, as long as Claude waits for tool results or has paused, sends the next request
 * and runs another.
 *
 * ```text
 * in       q|                            q request
 * round 1  -s-K-w-m-W-|                  K tool_call, w message_delta with tool_use, W tool_result
 * round 2             ----s-t-w-m-|      t text, w message_delta with end_turn
 * out      Bs-K-w-m-W-(EB)s-t-w-m-(EC|)  B round_start, E round_end, C conversation_end
 * ```
 *
 * Every event of every round passes through, at once. Each next request is the last one plus two messages: Claude's
 * reply, with every block verbatim, and one user message with all results in the order of the calls. `system`, `tools`
 * and all earlier messages stay the same to the byte; a forced `tool_choice` becomes `auto` after the first round, and
 * the id of a `container` is kept. After `pause_turn` only the reply is sent back; that counts as a round.
 *
 * The request is copied when the conversation starts: later changes to it have no effect, and it is never modified.
 * `history` mends what the API would refuse in its history.
 *
 * Every end of a conversation, including an error, emits `conversation_end`; its `messages` are a history that the API
 * accepts with a new user message after it. They keep what a reply had brought when it broke off: text, and calls with
 * their results. A refused reply, an incomplete call or thinking block, and a server tool without a result are left
 * out; calls that did not run or finish get an error result that says so. Only unsubscribing ends it without an event.
 *
 * ```text
 * in       q|
 * round 1  -s-t-t-t-t-                   stop$ emits at !
 * stop$    --------!
 * out      Bs-t-t-t(C|)                  C with the reason `stopped`, and the text so far in `messages`
 * ```
 *
 * @param round Makes a round: usually `claudeStream`, then `accumulateToolInput`, `validateWith` and `executeTools`.
 * Called when the round begins, with its request and `{ id, round, stopTools$ }`: the `id` of the run, the number of
 * the round, and the `stop$` for `executeTools`.
 * @param options `maxRounds` (10), `stopWhen`, `budget`, `stop$` with `grace` (1 000 ms), `deadline`, `history`, `id`.
 * @returns An operator from requests to events. Several requests run one conversation after another. Unsubscribing
 * unsubscribes from the current round in the same tick.
 * Errors, after `conversation_end`, with `MissingToolResultError` when a round has no result for a call that Claude
 * waits for, with `ProtocolError` when it completes without a complete message, with `HistoryError` when the history
 * cannot be sent, and with whatever a round, `stopWhen` or `stop$` fails with.
 * @throws OptionError at once when an option is invalid.
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
      runConversation(out, toRoundRequest(request), round, { ...settings, id: nameOf(index) });
    });

  return (source) => source.pipe(concatMap(hold));
}

function never(): boolean {
  return false;
}
