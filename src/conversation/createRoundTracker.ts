import type { ToolResultBlockParam } from '@anthropic-ai/sdk/resources/messages/messages';
import type { ErrorFacts } from '../errors/ErrorFacts.js';
import { RxClaudeError } from '../errors/RxClaudeError.js';
import type { ClaudeMessage } from '../events/ClaudeEvent.js';
import type { RoundEndEvent, RoundEvent, UsageTotals } from '../events/RoundEvent.js';
import { createMessageAccumulator } from '../message/createMessageAccumulator.js';
import { toolStopped } from '../tools/toolStopped.js';
import { openServerTools } from '../rules/blocks.js';
import { callsOf, type Call } from './requests.js';
import { addUsage, estimateUsage, NO_USAGE } from './usage.js';

/** Errors that mean that no request was sent. */
const NEVER_SENT: readonly unknown[] = ['CircuitOpenError', 'HistoryError', 'OptionError'];

/** What a round brought, complete or not. */
export interface RoundOutcome {
  /** Claude's reply, or its complete part; `undefined` when it had not begun. */
  readonly message: ClaudeMessage | undefined;
  /** A result for each of its calls, in the order of the calls. */
  readonly results: readonly ToolResultBlockParam[];
  /** Tokens of the reply, and of the void replies before it. */
  readonly usage: UsageTotals;
  /** Whether a part of the usage is an estimate. */
  readonly estimated: boolean;
  /** Whether Claude needs another request. */
  readonly goesOn: boolean;
}

/** What a round with a complete reply brought. */
export interface WholeOutcome extends RoundOutcome {
  readonly message: ClaudeMessage;
  /** The other facts for `round_end`. */
  readonly facts: Pick<RoundEndEvent, 'request_id' | 'first_token' | 'duration'>;
}

/** The outcome of a round that never began. */
export const NOTHING: RoundOutcome = {
  message: undefined,
  results: [],
  usage: NO_USAGE,
  estimated: false,
  goesOn: false,
};

/** Follows the events of one round. */
export interface RoundTracker {
  take(event: RoundEvent): void;
  /** Whether Claude has said why the reply ended, but the round has not ended yet. */
  readonly awaitsTools: boolean;
  /**
   * What the round brought, once its events have ended.
   *
   * @throws ProtocolError when no complete message came.
   * @throws MissingToolResultError when Claude waits for a result that did not come.
   */
  end(): WholeOutcome;
  /**
   * What the round has brought so far when it is broken off, or what it brought when it ended.
   *
   * @param why Such as `the conversation was stopped`.
   * @param error The error, if it failed.
   */
  breakOff(why: string, error?: ErrorFacts): RoundOutcome;
  /** The same for a round that waits for results, whose reply ended with calls; `undefined` for any other. */
  cutShort(why: string): WholeOutcome | undefined;
}

/**
 * Makes an empty tracker. Call it when the request is sent.
 *
 * @param now In milliseconds.
 */
export function createRoundTracker(round: number, now: () => number): RoundTracker {
  const accumulator = createMessageAccumulator();
  const results = new Map<string, ToolResultBlockParam>();
  /** The ids of the calls whose tools have started. */
  const started = new Set<string>();
  let usage = NO_USAGE;
  let estimated = false;
  /** Whether a request may be under way; `false` while waiting for another attempt. */
  let asked = true;
  let requestId: string | undefined;
  /** When the first delta came. */
  let firstToken: number | undefined;
  const begun = now();
  /** What the round brought, once it has ended. */
  let whole: WholeOutcome | undefined;

  const hasReplied = (): boolean => accumulator.message()?.stop_reason != null;
  /** The tokens so far. Before a reply begins they are unknown, unless the API refused the request. */
  const spent = (error?: ErrorFacts): Pick<RoundOutcome, 'usage' | 'estimated'> => {
    const message = accumulator.message();
    if (message === undefined) return { usage, estimated: estimated || (asked && !isRefusal(error)) };
    const measured = hasReplied();
    const counts = measured ? message.usage : estimateUsage(message.usage, accumulator.chars());
    return { usage: addUsage(usage, counts), estimated: estimated || !measured };
  };
  const openCalls = (message: ClaudeMessage): Call[] => callsOf(message).filter(({ id }) => !results.has(id));
  const outcomeOf = (message: ClaudeMessage, why: string, error?: ErrorFacts): WholeOutcome => ({
    message,
    results: callsOf(message).map(({ id }) => results.get(id) ?? unrun(id, toolStopped(started.has(id), why).message)),
    ...spent(error),
    goesOn: goesOn(message),
    facts: {
      ...(requestId !== undefined && { request_id: requestId }),
      ...(firstToken !== undefined && { first_token: firstToken }),
      duration: elapsed(),
    },
  });
  /** The machine's clock may be set back. */
  const elapsed = (): number => Math.max(now() - begun, 0);

  return {
    take(event) {
      switch (event.type) {
        case 'tool_start':
          started.add(event.id);
          break;
        case 'tool_result':
          if (!results.has(event.id)) results.set(event.id, event.result);
          break;
        case 'round_retry':
          ({ usage, estimated } = spent(event.error));
          asked = false;
          requestId = undefined;
          firstToken = undefined;
          results.clear();
          started.clear();
          accumulator.take(event);
          break;
        case 'response':
          requestId = event.request_id;
          break;
        default:
          asked = true;
          if (event.type === 'content_block_delta') firstToken ??= elapsed();
          accumulator.take(event);
      }
    },
    get awaitsTools() {
      return whole === undefined && hasReplied();
    },
    end() {
      const message = accumulator.message();
      if (message === undefined || !accumulator.complete) {
        const sentence = `Round ${String(round)} completed without a complete message.`;
        throw new RxClaudeError('ProtocolError', sentence);
      }
      const missing = message.stop_reason === 'tool_use' ? openCalls(message).map(({ id }) => id) : [];
      if (missing.length > 0) throw missingToolResult(round, missing);
      return (whole = outcomeOf(message, `the reply ended with ${JSON.stringify(message.stop_reason)}`));
    },
    breakOff(why, error) {
      if (whole !== undefined) return whole;
      const message = accumulator.wholeMessage();
      return message === undefined ? { ...NOTHING, ...spent(error) } : outcomeOf(message, why, error);
    },
    cutShort(why) {
      const message = accumulator.message();
      if (whole !== undefined || message?.stop_reason !== 'tool_use' || openCalls(message).length === 0)
        return undefined;
      return (whole = outcomeOf(accumulator.wholeMessage() ?? message, why));
    },
  };
}

/** Whether a request got an error or was never sent, which costs nothing. */
function isRefusal(error: ErrorFacts | undefined): boolean {
  return error !== undefined && (error.status !== undefined || NEVER_SENT.includes(error.tag));
}

/** The result of a call that did not finish: the API refuses a history with open calls. */
function unrun(id: string, why: string): ToolResultBlockParam {
  return { type: 'tool_result', tool_use_id: id, content: why, is_error: true };
}

/** Whether Claude needs another request: for results, or to continue what it began. */
function goesOn(message: ClaudeMessage): boolean {
  const { stop_reason, content } = message;
  if (stop_reason === 'pause_turn' || stop_reason === 'compaction') return true;
  return stop_reason === 'tool_use' && (callsOf(message).length > 0 || openServerTools(content).size > 0);
}

function missingToolResult(round: number, ids: readonly string[]): RxClaudeError<'MissingToolResultError'> {
  const message =
    `Round ${String(round)} emitted no \`tool_result\` for ${ids.join(', ')}. ` +
    `Add \`executeTools(tools)\` to the round, or emit a \`tool_result\` for each call.`;
  return new RxClaudeError('MissingToolResultError', message, { round, ids });
}
