import { isDeepStrictEqual } from 'node:util';
import type { RoundEvent } from 'rxclaude';
import { refuse } from '../../../support/strictRules/refuse.js';
import { blocksOf } from '../../../support/strictRules/view.js';
import type { Block, Exchange, ServedBlock, WireMessage } from '../../../support/strictRules/view.js';
import { attemptsOf, endOf, isWhole, only, stopReasonOf } from './attempts.js';
import type { Attempt } from './attempts.js';

/** What is wrong with the history that Claude saw last, and with the one that a conversation leaves behind. */
export function* historyProblems(events: readonly RoundEvent[], exchange: Exchange | undefined): Iterable<string> {
  const attempts = attemptsOf(events, []).filter(({ takenBack }) => !takenBack);
  const roundAsked = roundOf(events, exchange);
  if (exchange !== undefined) {
    const before = attempts.filter(({ round }) => round < roundAsked);
    yield* lostResults(before, exchange.request.messages);
  }
  const end = endOf(events);
  const last = attempts.at(-1);
  if (end === undefined || last === undefined) return;
  const messages = asSent(end.messages) as readonly WireMessage[];
  yield* lostResults(attempts, messages);
  // What is read of the last reply is for us to say, not for the server.
  const complete = roundAsked < last.round || isWhole(last);
  const seen = exchange && { ...exchange, served: { ...exchange.served, complete } };
  yield* refusalOfNext(messages, seen ?? exchange, events);
  if (seen !== undefined && !complete) yield* strangeBlocks(messages[seen.request.messages.length], seen);
}

const asSent = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** The round that the server was asked for last. */
function roundOf(events: readonly RoundEvent[], exchange: Exchange | undefined): number {
  const starts = only(events, 'round_start');
  const start = starts.find(({ request }) => request.messages.length === exchange?.request.messages.length);
  return start?.round ?? 0;
}

/** Every result that was told is in the history as it was told, unless its reply was refused. */
function* lostResults(attempts: readonly Attempt[], messages: readonly WireMessage[]): Iterable<string> {
  const blocks = messages.flatMap(blocksOf);
  for (const attempt of attempts) {
    if (stopReasonOf(attempt) === 'refusal') continue;
    for (const { id, result } of only(attempt.events, 'tool_result')) {
      const kept = blocks.filter(({ tool_use_id }) => tool_use_id === id);
      if (kept.length !== 1 || !isDeepStrictEqual(kept[0], asSent(result))) {
        yield `The result of ${id} was told as ${JSON.stringify(result)} and kept as ${JSON.stringify(kept)}.`;
      }
    }
  }
}

/** What the API would say to the history with a new user message behind it. */
function* refusalOfNext(
  messages: readonly WireMessage[],
  exchange: Exchange | undefined,
  events: readonly RoundEvent[],
): Iterable<string> {
  const request = exchange?.request.body ?? only(events, 'round_start')[0]?.request ?? {};
  const { tool_choice: _, ...rest } = request as Readonly<Record<string, unknown>>;
  const next = { ...rest, stream: true, messages: [...messages, { role: 'user', content: 'And then?' }] };
  const refusal = refuse(asSent(next), exchange);
  if (refusal !== undefined) yield `The next request would be refused: ${refusal}`;
}

/** What is kept of a reply that broke off is a part of what was sent. */
function* strangeBlocks(echo: WireMessage | undefined, { served }: Exchange): Iterable<string> {
  if (echo?.role !== 'assistant') return;
  let from = 0;
  for (const block of blocksOf(echo)) {
    const at = served.content.findIndex((one, index) => index >= from && isPart(block, one));
    if (at === -1) yield `The history has a block that was never sent: ${JSON.stringify(block)}`;
    from = at + 1;
  }
}

function isPart(block: Block, { block: whole, invalidInput }: ServedBlock): boolean {
  if (block.type === 'text' && whole.type === 'text') return String(whole.text).startsWith(String(block.text));
  const given = invalidInput ? { ...whole, input: {} } : whole;
  return isDeepStrictEqual(block, given);
}
