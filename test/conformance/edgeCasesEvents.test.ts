/** PROTOCOL.md section 6: events and the message they make (cases 1, 2, 33 to 37, 56). */
import { from, last, tap } from 'rxjs';
import { accumulateMessage, accumulateToolInput, claudeStream, converse, growingInput, textDeltas } from 'rxclaude';
import type { ClaudeEvent, ClaudeMessage, RoundEvent } from 'rxclaude';
import { blockEvents, callsReply, reply, text, textReply, thinking, toolUse, whole } from '../support/replies.js';
import { sdkClient, sdkFinalMessage } from '../support/sdkClient.js';
import { toSse } from '../support/sse.js';
import { deepFreeze } from './support/deepFreeze.js';
import { only, run } from './support/run.js';
import { servers, sse } from './support/servers.js';
import { expectSound, question, talk } from './support/talk.js';
import { echo } from './support/tools.js';
import { timeless } from '../support/timeless.js';

const { strict, bytes } = servers();

const talkative = reply({
  content: [
    thinking(['Let me ', 'see.'], 'sig'),
    text(['One ', 'moment.']),
    toolUse({ id: 't1', name: 'echo', input: { a: 1, b: 'two' }, pieceSize: 4 }),
  ],
});

/** The message that the events of one reply make. */
async function messageOf(events: readonly object[]): Promise<ClaudeMessage> {
  const server = await bytes(sse(events));
  const { events: messages, error } = await run(
    claudeStream(sdkClient(server.url).beta, question).pipe(accumulateMessage(), last()),
  );
  if (messages[0] === undefined) throw new Error(`No message, but ${String(error)}`);
  return messages[0];
}

describe('1: ping and unknown events', () => {
  const unknown = { type: 'telemetry_update', spans: [{ name: 'x' }], index: 0 };
  const isNoise = ({ type }: { type: string }): boolean => type === 'ping' || type === unknown.type;
  const noisy = (events: readonly object[], noise: object): object[] => [noise, ...events.flatMap((e) => [e, noise])];

  it.each([
    ['ping', { type: 'ping' }],
    ['an unknown event', unknown],
  ])('1: %s between any two events: same output as without; exposed as raw', async (_what, noise) => {
    const quiet = [{ events: talkative }, { events: textReply(['Do', 'ne.']) }];
    const loud = quiet.map(({ events }) => ({ events: noisy(events, noise) }));

    const plain = await talk(await strict(quiet), quiet, [echo]);
    const held = await talk(await strict(loud), loud, [echo]);

    expectSound(held);
    const kept = (events: readonly RoundEvent[]) => timeless(events.filter((event) => !isNoise(event)));
    expect(JSON.stringify(kept(held.events))).toBe(JSON.stringify(kept(plain.events)));
    expect(JSON.stringify(held.requests)).toBe(JSON.stringify(plain.requests));
    const raw = held.events.filter(({ type }) => type === noise.type);
    const sent = loud.flatMap(({ events }) => events).filter((event) => (event as ClaudeEvent).type === raw[0]!.type);
    expect(raw).toEqual(sent);
  });
});

it('2: unknown delta type and block type: no throw; block kept verbatim in the message and echoed back', async () => {
  const strange = { type: 'hologram', data: { beams: [1, 2] }, index: 9 };
  const events = reply({
    content: [
      whole(strange, [{ type: 'hologram_delta', beam: 3 }]),
      {
        ...text(['Look: ']),
        deltas: [
          { type: 'sparkle_delta', text: 'no' },
          { type: 'text_delta', text: 'Look:' },
        ],
      },
      toolUse({ id: 't1', name: 'echo' }),
    ],
  });
  const rounds = [{ events }, { events: textReply('Done.') }];

  const held = await talk(await strict(rounds), rounds, [echo]);

  expectSound(held);
  const content = [strange, { type: 'text', text: 'Look:' }, { type: 'tool_use', id: 't1', name: 'echo', input: {} }];
  expect(held.requests[1]!.messages[1]).toEqual({ role: 'assistant', content });
  expect(only(held.events, 'round_end')[0]!.message.content).toEqual(content);
  const deltas = only(held.events, 'content_block_delta').map(({ delta }) => delta.type as string);
  expect(deltas).toEqual(expect.arrayContaining(['hologram_delta', 'sparkle_delta']));
});

it('33: two message_delta, second without stop_reason: stop_reason kept; usage = last cumulative values', async () => {
  const [start, ...rest] = textReply('Hi');
  const stop = (delta: object, usage: object): object => ({ type: 'message_delta', delta, usage });
  const events = [
    start!,
    ...rest.slice(0, -2),
    stop({ stop_reason: 'stop_sequence', stop_sequence: 'END' }, { output_tokens: 5, input_tokens: 2679 }),
    stop({}, { output_tokens: 9, input_tokens: 10_682, cache_read_input_tokens: null }),
    { type: 'message_stop' },
  ];

  const message = await messageOf(events);
  const rounds = [{ events }];
  const held = await talk(await strict(rounds), rounds);

  expect(message).toMatchObject({ stop_reason: 'stop_sequence', stop_sequence: 'END' });
  expect(message.usage).toMatchObject({ input_tokens: 10_682, output_tokens: 9, cache_read_input_tokens: 0 });
  expectSound(held);
  expect(held.end).toMatchObject({ reason: 'finished', stop_reason: 'stop_sequence' });
  expect(held.end.usage).toMatchObject({ input_tokens: 10_682, output_tokens: 9 });
});

it('34: usage of R rounds: total = sum of the last cumulative usage of each round', async () => {
  const usage = (input: number, output: number, more: object = {}) => ({
    usage: { input_tokens: input, output_tokens: output, cache_read_input_tokens: 7, ...more },
  });
  const call = (id: string) => toolUse({ id, name: 'echo' });
  const rounds = [
    { events: reply({ content: [call('t1')], ...usage(100, 10) }) },
    { events: reply({ content: [call('t2')], ...usage(200, 20, { server_tool_use: { web_search_requests: 2 } }) }) },
    { events: reply({ content: ['Done.'], ...usage(28, 30, { output_tokens_details: { thinking_tokens: 4 } }) }) },
  ];

  const held = await talk(await strict(rounds), rounds, [echo]);

  expectSound(held);
  expect(held.end.rounds).toBe(3);
  expect(held.end.usage).toEqual({
    input_tokens: 328,
    output_tokens: 60,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 21,
    thinking_tokens: 4,
    web_search_requests: 2,
    web_fetch_requests: 0,
  });
  expect(only(held.events, 'round_end').map((end) => end.usage.output_tokens)).toEqual([10, 20, 30]);
});

describe('35 and 36: indexes', () => {
  const start = textReply('x')[0]!;
  const [delta, stop] = textReply('x').slice(-2) as [object, object];
  const piece = (index: unknown, words: string) => ({
    type: 'content_block_delta',
    index,
    delta: { type: 'text_delta', text: words },
  });

  it('35: content_block_delta for an unknown or other index: no crash, as the SDK has it', async () => {
    const stray = { type: 'content_block_delta', index: 5, delta: { type: 'input_json_delta', partial_json: '{"x":' } };
    const events = [
      start,
      ...blockEvents(text(['A']), 0),
      piece(7, 'nowhere'),
      stray,
      ...blockEvents(toolUse({ id: 't1', name: 'echo', input: { a: 1 } }), 1),
      piece(1, 'not for a call'),
      delta,
      stop,
    ];
    const server = await bytes(sse(events));

    const message = await messageOf(events);
    // At a delta before any block, and at a stop without a block, the SDK itself fails.
    const early = [events[0]!, piece(0, 'too early'), piece(-1, 'nowhere'), ...events.slice(1, -2)];
    const worse = [...early, { type: 'content_block_stop', index: 5 }, delta, stop];
    const ours = await run(from(worse as RoundEvent[]).pipe(accumulateToolInput()));

    const sdk = await sdkFinalMessage(sdkClient(server.url), question as never);
    expect(message.content).toEqual(JSON.parse(JSON.stringify(sdk.content)));
    expect(await messageOf(worse)).toEqual(message);
    expect(only(ours.events, 'tool_call')).toMatchObject([{ id: 't1', input: { right: { a: 1 } } }]);
  });

  it('36: interleaved indexes: every block complete and at its index', async () => {
    const first = blockEvents(toolUse({ id: 't1', name: 'echo', input: { n: 'first' }, pieceSize: 2 }), 0);
    const second = blockEvents(toolUse({ id: 't2', name: 'echo', input: { n: 'second' }, pieceSize: 3 }), 1);
    const third = blockEvents(text(['Be', 'tween']), 2);
    const mixed = Array.from({ length: 20 }, (_none, at) => [third[at], first[at], second[at]])
      .flat()
      .filter((event) => event !== undefined);
    const end = callsReply({ id: 'x', name: 'x' }).slice(-2);
    const rounds = [{ events: [start, ...mixed, ...end] }, { events: textReply('Done.') }];

    const held = await talk(await strict(rounds), rounds, [echo]);

    const message = only(held.events, 'round_end')[0]!.message;
    expect(message.content).toEqual([
      { type: 'tool_use', id: 't1', name: 'echo', input: { n: 'first' } },
      { type: 'tool_use', id: 't2', name: 'echo', input: { n: 'second' } },
      { type: 'text', text: 'Between' },
    ]);
    const results = held.requests[1]!.messages.at(-1)!.content as readonly object[];
    expect(results).toMatchObject([
      { tool_use_id: 't1', content: '{"n":"first"}' },
      { tool_use_id: 't2', content: '{"n":"second"}' },
    ]);
    expectSound(held);
  });
});

describe('37: message_start event object retained by the user', () => {
  it('37: is not mutated later, nor is any other event', async () => {
    const rounds = [{ events: talkative }, { events: textReply(['Do', 'ne.']) }];
    const server = await strict(rounds);
    const snapshots: string[] = [];
    const kept: RoundEvent[] = [];
    const keep = tap((event: RoundEvent) => {
      kept.push(event);
      snapshots.push(JSON.stringify(event));
    });

    const { error } = await run(
      converse(sdkClient(server.url).beta, { ...question, tools: [echo] }).pipe(keep, accumulateMessage()),
    );

    expect(error).toBeUndefined();
    expect(kept.map((event) => JSON.stringify(event))).toEqual(snapshots);
    expect(only(kept, 'message_start')[0]!.message).toMatchObject({ content: [], stop_reason: null });
  });

  it('37: frozen events of a fake client pass through the whole pipeline', async () => {
    const script = [talkative, textReply('Done.')].map((events) => deepFreeze(structuredClone(events)) as RoundEvent[]);
    const fake = { messages: { create: () => from(script.shift() ?? []) } };

    const { events, error } = await run(converse(fake as never, { ...question, tools: [echo] }));

    expect(error).toBeUndefined();
    expect(events.at(-1)).toMatchObject({ type: 'conversation_end', reason: 'finished', stop_reason: 'end_turn' });
  });
});

describe('56: 10 000 text deltas', () => {
  const words = Array.from({ length: 10_000 }, (_none, at) => `w${String(at)} `);
  const long = reply({
    content: [
      thinking('Hm.'),
      text(words),
      toolUse({ id: 't1', name: 'echo', input: { words }, pieceSize: 10 }),
      text(['The end.']),
    ],
    stop_reason: 'end_turn',
  });

  /** Runs something and returns how many characters were given to JSON.parse meanwhile. */
  async function charactersParsed(work: () => Promise<unknown>): Promise<number> {
    const parse = jest.spyOn(JSON, 'parse');
    try {
      await work();
      return parse.mock.calls.reduce((sum, [json]) => sum + json.length, 0);
    } finally {
      parse.mockRestore();
    }
  }

  it('56: each piece of JSON is parsed once: on the wire, and once more as the input of the tool', async () => {
    const server = await bytes(sse(long), sse(long));
    const body = toSse(long).length;
    const input = JSON.stringify({ words }).length;
    const source = claudeStream(sdkClient(server.url), question);

    const wire = await charactersParsed(async () => run(source));
    const whole = await charactersParsed(async () => run(source.pipe(accumulateToolInput(), accumulateMessage())));

    expect(wire).toBeLessThan(body);
    // The call's own value and the one in the message.
    expect(whole - wire).toBeLessThanOrEqual(2 * input);
  });

  it('56: one message per change, blocks that did not change are the same objects in all of them', async () => {
    const events = deepFreeze(long) as RoundEvent[];

    const { events: messages } = await run(from(events).pipe(accumulateToolInput(), accumulateMessage()));

    expect(messages.length).toBeGreaterThan(words.length);
    expect(messages.length).toBeLessThan(words.length + 30);
    expect(new Set(messages).size).toBe(messages.length);
    const [thought, written, call] = messages.at(-1)!.content;
    const later = messages.filter(({ content }) => content.length > 1);
    expect(later.every(({ content }) => content[0] === thought)).toBe(true);
    const last = messages.filter(({ content }) => content.length > 3);
    expect(last.length).toBeGreaterThan(2);
    expect(last.every(({ content }) => content[1] === written && content[2] === call)).toBe(true);
    expect(written).toEqual({ type: 'text', text: words.join('') });
  });

  it('56: a growing input is one tree that grows, not a new one for each piece', async () => {
    const { events: inputs } = await run(from(long as RoundEvent[]).pipe(accumulateToolInput(), growingInput()));
    // The first piece is empty, and there is no value yet.
    const [nothing, ...growing] = inputs.filter(({ complete }) => !complete).map(({ value }) => value);
    expect(nothing).toBeUndefined();
    expect(growing.length).toBeGreaterThan(5000);
    expect(new Set(growing).size).toBe(1);
    expect(growing[0]).toEqual({ words });
  });

  it('56: textDeltas gives each piece once', async () => {
    const server = await bytes(sse(textReply(words)));
    const { events } = await run(claudeStream(sdkClient(server.url), question).pipe(textDeltas()));
    expect(events).toEqual(words);
  });
});
