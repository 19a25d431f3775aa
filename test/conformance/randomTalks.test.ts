/** Random conversations with the strict server: not one refusal, whatever Claude and the tools do. */
import fc from 'fast-check';
import { redactedThinking, reply, serverToolUse, text, thinking, toolUse, whole } from '../support/replies.js';
import type { BlockSpec, ReplySpec } from '../support/replies.js';
import { strictServer } from '../support/strictServer.js';
import type { Round } from '../support/strictServer.js';
import { only, pause } from './support/run.js';
import { talk } from './support/talk.js';
import { add, anyTool, echo } from './support/tools.js';
import { times } from '../support/runs.js';

const webSearch = { type: 'web_search_20250305' as const, name: 'web_search' as const };
const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } };
const tools = [
  echo,
  add,
  anyTool('slow', async () => pause(3).then(() => 'late')),
  anyTool('stuck', () => new Promise(() => undefined), { timeout: 5 }),
  anyTool('broken', () => {
    throw undefined;
  }),
  anyTool('photo', () => [image, { type: 'text', text: '' }], { idempotent: true }),
  anyTool('early', async () => pause(2), { idempotent: true }),
  webSearch,
];

/** A piece of a reply, before it has its ids. */
type Part =
  | { readonly kind: 'text'; readonly pieces: readonly string[] }
  | { readonly kind: 'thinking'; readonly words: string }
  | { readonly kind: 'redacted' | 'unknown' | 'search' | 'open_search' }
  | { readonly kind: 'call'; readonly name: string; readonly input: string | object; readonly pieceSize: number };

const part: fc.Arbitrary<Part> = fc.oneof(
  fc.record({
    kind: fc.constant('text' as const),
    pieces: fc.array(fc.constantFrom('Hi ', 'é\u{1F600}', '\n', ''), { maxLength: 3 }),
  }),
  fc.record({ kind: fc.constant('thinking' as const), words: fc.constantFrom('', 'Hm. ', 'So\u{1F600}') }),
  fc.record({
    kind: fc.constantFrom('redacted' as const, 'unknown' as const, 'search' as const, 'open_search' as const),
  }),
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('call' as const),
      name: fc.constantFrom('echo', 'add', 'slow', 'stuck', 'broken', 'photo', 'early', 'nowhere'),
      input: fc.constantFrom<string | object>(
        {},
        { a: 1, b: 2 },
        { a: 'x' },
        '',
        '{"a":',
        '[1]',
        'null',
        '{"é":"\u{1F600}"}',
      ),
      pieceSize: fc.integer({ min: 1, max: 9 }),
    }),
  },
);
const roundPlan = fc.record({ parts: fc.array(part, { maxLength: 7 }), pause: fc.boolean(), pings: fc.boolean() });
const lastPlan = fc.record({
  parts: fc.array(part, { maxLength: 4 }),
  stop: fc.constantFrom(
    'end_turn',
    'max_tokens',
    'stop_sequence',
    'refusal',
    'model_context_window_exceeded',
    'news',
    null,
  ),
});
const talkPlan = fc.record({
  rounds: fc.array(roundPlan, { maxLength: 5 }),
  last: lastPlan,
  concurrency: fc.integer({ min: 1, max: 4 }),
  maxRounds: fc.integer({ min: 1, max: 12 }),
  seed: fc.integer(),
});

/** Gives each call its id and each server tool its result, in this reply or in the next. */
function writer() {
  let calls = 0;
  let searches = 0;
  let open: string[] = [];
  const write = (one: Part): readonly BlockSpec[] => {
    switch (one.kind) {
      case 'text':
        return [text(one.pieces)];
      case 'thinking':
        return [thinking(one.words)];
      case 'redacted':
        return [redactedThinking()];
      case 'unknown':
        return [whole({ type: 'news_flash', items: [null, { n: 1 }] })];
      case 'search':
      case 'open_search': {
        const id = `srvtoolu_${String(++searches)}`;
        const used = serverToolUse({ id, name: 'web_search', input: { query: id } });
        if (one.kind === 'search') return [used, found(id)];
        open.push(id);
        return [used];
      }
      case 'call':
        return [
          toolUse({ id: `toolu_${String(++calls)}`, name: one.name, input: one.input, pieceSize: one.pieceSize }),
        ];
    }
  };
  return (parts: readonly Part[]): BlockSpec[] => {
    const results = open.map(found);
    open = [];
    return [...results, ...parts.flatMap(write)];
  };
}
const found = (id: string): BlockSpec => whole({ type: 'web_search_tool_result', tool_use_id: id, content: [] });

type Plan = typeof talkPlan extends fc.Arbitrary<infer T> ? T : never;

/** A pause never waits for a call of the client's, and a round that is to go on needs something to go on with. */
function script({ rounds, last }: Plan): Round[] {
  const write = writer();
  const before = rounds.map(({ parts, pause: pauses, pings }): Round => {
    const kept = pauses ? parts.filter(({ kind }) => kind !== 'call') : [...parts, sure];
    const content = write(kept);
    const paused = [...content, text('To be continued.')];
    const spec: ReplySpec = pauses ? { content: paused, stop_reason: 'pause_turn' } : { content };
    return { events: reply(spec), pings };
  });
  // Nothing is left open by a reply that has come to its end.
  const isWhole = last.stop === 'end_turn' || last.stop === 'stop_sequence';
  const parts = last.parts.filter(({ kind }) => !isWhole || (kind !== 'open_search' && kind !== 'call'));
  return [...before, { events: reply({ content: write(parts), stop_reason: last.stop }) }];
}
const sure: Part = { kind: 'call', name: 'echo', input: { sure: true }, pieceSize: 4 };

it('ends with a conversation_end whose messages can be gone on with, and is never refused', async () => {
  await fc.assert(
    fc.asyncProperty(talkPlan, async (plan) => {
      const rounds = script(plan);
      const server = await strictServer(rounds, { seed: plan.seed, maxChunk: 120 });
      try {
        const { concurrency, maxRounds } = plan;
        const held = await talk(server, rounds, tools, { tools: { concurrency }, maxRounds });

        const count = Math.min(rounds.length, maxRounds);
        expect(held.error).toBeUndefined();
        expect(held.refusals).toEqual([]);
        expect(held.end).toMatchObject({
          ...(maxRounds < rounds.length
            ? { reason: 'max_rounds' }
            : { reason: 'finished', stop_reason: plan.last.stop }),
          rounds: count,
        });
        expect(held.requests).toHaveLength(count);
        expect(only(held.events, 'round_end')).toHaveLength(count);
        expect(held.nextRefusal).toBeUndefined();
        expect(server.openSockets()).toBe(0);
      } finally {
        await server.close();
      }
    }),
    { ...times(60), endOnFailure: false },
  );
}, 60_000);
