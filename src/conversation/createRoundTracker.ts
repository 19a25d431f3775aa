import type { ToolResultBlockParam } from '@anthropic-ai/sdk/resources/messages/messages';
import { MissingToolResultError } from '../errors/MissingToolResultError.js';
import { ProtocolError } from '../errors/ProtocolError.js';
import type { ClaudeMessage } from '../events/ClaudeEvent.js';
import type { RoundEvent } from '../events/RoundEvent.js';
import { createMessageAccumulator } from '../message/createMessageAccumulator.js';
import { callIds } from './callIds.js';
import { openServerTools } from './openServerTools.js';

/** What a round brought. */
export interface RoundOutcome {
  /** Claude's whole reply. */
  readonly message: ClaudeMessage;
  /** An answer to each of its calls, in the order of the calls. */
  readonly results: readonly ToolResultBlockParam[];
  /** Whether Claude waits for another request. */
  readonly goesOn: boolean;
}

/** Follows the events of one round. */
export interface RoundTracker {
  take(event: RoundEvent): void;
  /**
   * What the round brought, once its events have ended.
   *
   * @throws ProtocolError when no whole message came.
   * @throws MissingToolResultError when Claude waits for a result that did not come.
   */
  end(): RoundOutcome;
}

/** Makes a tracker that has seen nothing yet. */
export function createRoundTracker(round: number): RoundTracker {
  const accumulator = createMessageAccumulator();
  const results = new Map<string, ToolResultBlockParam>();

  return {
    take(event) {
      if (event.type === 'tool_result') {
        if (!results.has(event.id)) results.set(event.id, event.result);
      } else accumulator.add(event);
    },
    end() {
      const message = accumulator.message();
      if (message === undefined || !accumulator.complete) {
        throw new ProtocolError(`Round ${String(round)} completed without a whole message of Claude's.`);
      }
      const ids = callIds(message);
      if (message.stop_reason === 'tool_use') {
        const missing = ids.filter((id) => !results.has(id));
        if (missing.length > 0) throw new MissingToolResultError(round, missing);
      }
      return { message, results: ids.map((id) => results.get(id) ?? unrun(id, message)), goesOn: goesOn(message, ids) };
    },
  };
}

/** The answer to a call that was not run: the API refuses a history with open calls. */
function unrun(id: string, { stop_reason }: ClaudeMessage): ToolResultBlockParam {
  const content = `Not run: the reply ended with ${JSON.stringify(stop_reason)}.`;
  return { type: 'tool_result', tool_use_id: id, content, is_error: true };
}

/** Whether Claude waits for another request: for results, or to go on with what it has begun. */
function goesOn({ stop_reason, content }: ClaudeMessage, ids: readonly string[]): boolean {
  if (stop_reason === 'pause_turn' || stop_reason === 'compaction') return true;
  return stop_reason === 'tool_use' && (ids.length > 0 || openServerTools(content).size > 0);
}
