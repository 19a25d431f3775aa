import { tap } from 'rxjs';
import { accumulateMessage, converse } from 'rxclaude';
import type { ClaudeMessage, ConversationEndEvent, RetryPolicy, RoundEvent, Tool } from 'rxclaude';
import { run } from '../run.js';
import { endOf, question, type WireRequest } from '../talk.js';

/** A conversation that is over. */
export interface Held {
  /** The last request. */
  readonly request: WireRequest;
  readonly events: readonly RoundEvent[];
  readonly completed: boolean;
  readonly error: unknown;
  readonly end: ConversationEndEvent;
  /** The last message of `accumulateMessage`. */
  readonly message: ClaudeMessage | undefined;
  /** The ids of the calls whose tools were run, in that order. */
  readonly runs: readonly string[];
}

/** Holds a conversation of one round with a client that answers with these responses, one for each attempt. */
export async function hold(
  responses: readonly Response[],
  tools: readonly Tool[],
  retry: RetryPolicy | false,
): Promise<Held> {
  const runs: string[] = [];
  const queue = [...responses];
  let request: WireRequest = { messages: [] };
  const create = async (params: object): Promise<Response> => {
    request = params as WireRequest;
    return queue.shift() ?? Promise.reject(new Error('No response is left.'));
  };
  const events: RoundEvent[] = [];
  const keep = tap((event: RoundEvent) => events.push(event));
  const asked = { ...question, ...(tools.length > 0 && { tools: tools.map((tool) => noting(tool, runs)) }) };
  const source = converse({ messages: { create } }, asked, { retry, maxRounds: 1 });
  const { events: messages, completed, error } = await run(source.pipe(keep, accumulateMessage()));
  return { request, events, completed, error, end: endOf(events, error), message: messages.at(-1), runs };
}

function noting(tool: Tool, runs: string[]): Tool {
  return {
    ...tool,
    run: (input, context) => {
      runs.push(context.call.id);
      return tool.run(input, context);
    },
  };
}
