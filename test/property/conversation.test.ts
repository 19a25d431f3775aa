import type { ToolResultBlockParam } from '@anthropic-ai/sdk/resources/messages/messages';
import fc from 'fast-check';
import type { ClaudeMessage, ClaudeRequest, RoundEvent, RoundRequest } from 'rxclaude';
import { addUsage, NO_USAGE } from '../../src/conversation/usage.js';
import { createRoundTracker } from '../../src/conversation/createRoundTracker.js';
import { callsOf, nextRequest, toAssistantContent } from '../../src/conversation/requests.js';
import { toRoundRequest } from '../../src/conversation/requests.js';
import { reply, request } from '../unit/conversation/conversations.js';
import { deepFreeze } from '../unit/message/deepFreeze.js';

type Block = Record<string, unknown> & { readonly type: string };

const callIds = (message: ClaudeMessage): string[] => callsOf(message).map(({ id }) => id);

const resultsOf = (message: ClaudeMessage): ToolResultBlockParam[] =>
  deepFreeze(callIds(message).map((id) => ({ type: 'tool_result', tool_use_id: id, content: `of ${id}` }) as const));

const blocksOf = (content: unknown): Block[] => content as Block[];
const json = (value: unknown): string => JSON.stringify(value);

describe('the next request', () => {
  const next = fc.tuple(request, reply).map(([before, message]) => ({
    before,
    message,
    after: nextRequest(before, message, resultsOf(message)),
  }));

  it('begins with the earlier messages to the byte, and keeps all other fields', () => {
    fc.assert(
      fc.property(next, ({ before, after }) => {
        expect(json(after.messages.slice(0, before.messages.length))).toBe(json(before.messages));
        const rest = ({ messages: _, tool_choice: __, container: ___, ...others }: RoundRequest): string =>
          json(others);
        expect(rest(after)).toBe(rest(before));
        expect(after.tools).toBe(before.tools);
        expect(after.system).toBe(before.system);
      }),
    );
  });

  it('has its keys in the order of the last one', () => {
    fc.assert(
      fc.property(next, ({ before, after }) => {
        expect(Object.keys(after).filter((key) => key in before)).toEqual(Object.keys(before));
        expect(Object.keys(after).filter((key) => !(key in before) && key !== 'container')).toEqual([]);
      }),
    );
  });

  it("adds at most Claude's reply and one user message, which begins with the results in the order of the calls", () => {
    fc.assert(
      fc.property(next, ({ before, message, after }) => {
        const added = after.messages.slice(before.messages.length);
        const ids = callIds(message);
        expect(added.map(({ role }) => role)).toEqual([
          ...(toAssistantContent(message).length > 0 ? ['assistant'] : []),
          ...(ids.length > 0 ? ['user'] : []),
        ]);
        if (ids.length > 0) expect(blocksOf(added.at(-1)?.content).map(({ tool_use_id }) => tool_use_id)).toEqual(ids);
      }),
    );
  });

  it('answers every call that it echoes, and no other', () => {
    fc.assert(
      fc.property(next, ({ message }) => {
        const echoed = blocksOf(toAssistantContent(message)).flatMap(({ type, id }) =>
          type === 'tool_use' ? [id] : [],
        );
        expect(echoed).toEqual(callIds(message));
        expect(new Set(echoed).size).toBe(echoed.length);
      }),
    );
  });

  it('never forces a tool again', () => {
    fc.assert(
      fc.property(next, ({ before, after }) => {
        const [was, is] = [before.tool_choice, after.tool_choice];
        if (was === undefined || was.type === 'auto' || was.type === 'none') expect(json(is)).toBe(json(was));
        else {
          expect(is?.type).toBe('auto');
          const parallel = (choice: object | undefined): unknown =>
            (choice as { disable_parallel_tool_use?: boolean } | undefined)?.disable_parallel_tool_use;
          expect(parallel(is)).toBe(parallel(was));
          expect(is).not.toHaveProperty('name');
        }
      }),
    );
  });

  it('carries the id of the container on, beside what the request said of it', () => {
    fc.assert(
      fc.property(next, ({ before, message, after }) => {
        const { container } = message;
        if (container == null) expect(json(after.container)).toBe(json(before.container));
        else if (typeof before.container === 'object' && before.container !== null)
          expect(after.container).toEqual({ ...before.container, id: container.id });
        else expect(after.container).toBe(container.id);
      }),
    );
  });

  it('is plain data that stays the same when it is stored', () => {
    fc.assert(
      fc.property(next, ({ after }) => {
        expect(json(JSON.parse(json(after)))).toBe(json(after));
      }),
    );
  });
});

describe('the content that is echoed', () => {
  it('is every block verbatim and in order, but for what the API would refuse', () => {
    fc.assert(
      fc.property(reply, (message) => {
        const before = blocksOf(message.content);
        const echoed = blocksOf(toAssistantContent(message));
        let at = -1;
        for (const block of echoed) {
          at = before.findIndex(
            (other, index) =>
              index > at && (other === block || (block.type === 'tool_use' && other['id'] === block['id'])),
          );
          expect(at).toBeGreaterThanOrEqual(0);
          const { input: _, ...rest } = block;
          const { input: __, ...original } = before[at] ?? { type: '' };
          expect(json(rest)).toBe(json(original));
          expect(Object.keys(block)).toEqual(Object.keys(before[at] ?? {}));
        }
      }),
    );
  });

  it('has no empty text, no input that is no object, no id twice, and is not blank', () => {
    fc.assert(
      fc.property(reply, (message) => {
        const echoed = blocksOf(toAssistantContent(message));
        expect(echoed.filter(({ type, text }) => type === 'text' && text === '')).toEqual([]);
        for (const { input } of echoed.filter(({ type }) => type === 'tool_use'))
          expect(typeof input === 'object' && input !== null && !Array.isArray(input)).toBe(true);
        const blank = echoed.every(({ type, text }) => type === 'text' && String(text).trim() === '');
        expect(blank).toBe(echoed.length === 0);
      }),
    );
  });

  it('leaves out calls and thoughts before the last fallback, and keeps the rest', () => {
    fc.assert(
      fc.property(reply, (message) => {
        const before = blocksOf(message.content);
        const last = before.findLastIndex(({ type }) => type === 'fallback');
        const echoed = blocksOf(toAssistantContent(message));
        const at = echoed.findLastIndex(({ type }) => type === 'fallback');
        expect(at === -1).toBe(last === -1);
        if (at === -1) return;
        const early = echoed.slice(0, at).map(({ type }) => type);
        expect(early.filter((type) => ['tool_use', 'thinking', 'redacted_thinking'].includes(type))).toEqual([]);
        const kept = before.slice(0, last).filter(({ type }) => type === 'fallback' || type === 'from_the_future');
        expect(echoed.slice(0, at).filter((block) => kept.includes(block))).toEqual(kept);
      }),
    );
  });
});

describe('the first request', () => {
  it("is the caller's, to the byte, and shares nothing with it", () => {
    fc.assert(
      fc.property(request, (given) => {
        const copy = toRoundRequest(given);
        expect(json(copy)).toBe(json(given));
        const shared = new Set(objectsIn(given));
        expect(objectsIn(copy).filter((object) => shared.has(object))).toEqual([]);
        expect(json(toRoundRequest(copy as ClaudeRequest))).toBe(json(copy));
      }),
    );
  });
});

describe('usage', () => {
  const count = fc.oneof(fc.constantFrom(undefined, null), fc.nat(1_000_000));
  const usage = fc.record({
    input_tokens: count,
    output_tokens: count,
    cache_creation_input_tokens: count,
    cache_read_input_tokens: count,
    output_tokens_details: fc.option(fc.record({ thinking_tokens: count })),
    server_tool_use: fc.option(fc.record({ web_search_requests: count, web_fetch_requests: count })),
  }) as unknown as fc.Arbitrary<ClaudeMessage['usage']>;

  it('of a conversation is the sum over its rounds, whatever is missing', () => {
    fc.assert(
      fc.property(fc.array(usage), (rounds) => {
        const totals = rounds.map((round) => deepFreeze(round)).reduce(addUsage, deepFreeze({ ...NO_USAGE }));
        const sum = (pick: (round: ClaudeMessage['usage']) => number | null | undefined): number =>
          rounds.reduce((all, round) => all + (pick(round) ?? 0), 0);
        expect(totals).toEqual({
          input_tokens: sum((round) => round.input_tokens),
          output_tokens: sum((round) => round.output_tokens),
          cache_creation_input_tokens: sum((round) => round.cache_creation_input_tokens),
          cache_read_input_tokens: sum((round) => round.cache_read_input_tokens),
          thinking_tokens: sum((round) => round.output_tokens_details?.thinking_tokens),
          web_search_requests: sum((round) => round.server_tool_use?.web_search_requests),
          web_fetch_requests: sum((round) => round.server_tool_use?.web_fetch_requests),
        });
      }),
    );
  });

  it('adds up the same in any order, and nothing changes nothing', () => {
    fc.assert(
      fc.property(usage, usage, (one, two) => {
        expect(addUsage(addUsage(NO_USAGE, one), two)).toEqual(addUsage(addUsage(NO_USAGE, two), one));
        expect(addUsage(addUsage(NO_USAGE, one), {} as never)).toEqual(addUsage(NO_USAGE, one));
      }),
    );
  });
});

describe('a round', () => {
  it('answers all calls of its reply in their order, however its results came', () => {
    fc.assert(
      fc.property(reply, fc.infiniteStream(fc.nat()), (message, order) => {
        const ids = callIds(message);
        const results = [...ids]
          .map((id) => ({ id, at: order.next().value as number }))
          .sort((a, b) => a.at - b.at)
          .map(({ id }) => ({
            type: 'tool_result',
            id,
            result: { type: 'tool_result', tool_use_id: id, content: id },
          }));
        const round = createRoundTracker(1, () => 0);
        for (const event of [{ type: 'message_start', message }, ...results, { type: 'message_stop' }])
          round.take(event as unknown as RoundEvent);
        const outcome = round.end();
        expect(outcome.results.map(({ tool_use_id }) => tool_use_id)).toEqual(ids);
        expect(outcome.results.map(({ content }) => content)).toEqual(ids);
        expect(json(outcome.message)).toBe(json(message));
      }),
    );
  });
});

function objectsIn(value: unknown): object[] {
  if (typeof value !== 'object' || value === null) return [];
  return [value, ...Object.values(value).flatMap(objectsIn)];
}
