import * as t from 'io-ts';
import { config, EMPTY, from, lastValueFrom, NEVER, of, Subject, throwError, toArray, type Observable } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { converse, debugEvents, defineTool, type ClaudeClient, type RoundEvent } from 'rxclaude';
import { reply, text, textReply, thinking, toolUse } from '../../support/replies.js';
import { blockDelta, blockStart, blockStop, messageStart, textDelta } from '../message/wire.js';

/** The lines of a stream, without the time, and all that passed through. */
async function linesOf(source: Observable<RoundEvent>, maxChars?: number): Promise<string[]> {
  const lines: string[] = [];
  const sink = (line: string): void => void lines.push(line);
  await lastValueFrom(source.pipe(debugEvents({ sink, ...(maxChars !== undefined && { maxChars }) }), toArray())).catch(
    () => undefined,
  );
  return lines.map((line) => line.replace(/^ *\d+ ms {2}/, ''));
}

const linesOfEvents = async (...events: object[]): Promise<string[]> => linesOf(from(events as RoundEvent[]));

/** A client that answers with one reply after another. */
function scripted(...replies: object[][]): ClaudeClient {
  return { messages: { create: () => from(replies.shift() ?? []) as Observable<never> } };
}

const weather = defineTool({
  name: 'get_weather',
  description: 'The weather.',
  input: t.type({ city: t.string }),
  run: ({ city }) =>
    city === 'Atlantis' ? Promise.reject(new Error('No such city')) : from(['looking', `14 °C in ${city}`]),
});

describe('the lines of a conversation', () => {
  it('can be read like a story', async () => {
    const client = scripted(
      reply({
        content: [
          thinking(['They want ', 'the weather.']),
          'Let me look.',
          toolUse({ id: 'toolu_1', name: 'get_weather', input: { city: 'Berlin' }, pieceSize: 10 }),
          toolUse({ id: 'toolu_2', name: 'get_weather', input: { city: 'Atlantis' } }),
          toolUse({ id: 'toolu_3', name: 'get_weather', input: { town: 'Rome' } }),
        ],
      }),
      textReply(['It is ', '14 °C.']),
    );
    const request = {
      model: 'claude-opus-5-5',
      max_tokens: 100,
      messages: [{ role: 'user' as const, content: 'How warm is it?' }],
      tools: [weather],
    };
    const lines = await linesOf(converse(client, request));
    expect(lines.map((line) => line.replace(/, \d+ ms,/, ', n ms,'))).toEqual([
      'round 1 round_start -> claude-opus-5-5, 1 message, 1 tool, last: user How warm is it?',
      'round 1 message_start msg_test claude-opus-5-5',
      'round 1 ping',
      'round 1 [0] content_block_start thinking',
      'round 1 [0] thinking_delta 10 chars',
      'round 1 [0] thinking_delta 12 chars',
      'round 1 [0] signature_delta 21 chars',
      'round 1 [0] content_block_stop 22 chars: They want the weather.',
      'round 1 [1] content_block_start text',
      'round 1 [1] text_delta 12 chars',
      'round 1 [1] content_block_stop 12 chars: Let me look.',
      'round 1 [2] content_block_start tool_use get_weather',
      'round 1 [2] input_json_delta 0 chars',
      'round 1 [2] tool_input get_weather toolu_1 0 chars',
      'round 1 [2] input_json_delta 10 chars',
      'round 1 [2] tool_input get_weather toolu_1 10 chars',
      'round 1 [2] input_json_delta 7 chars',
      'round 1 [2] tool_input get_weather toolu_1 7 chars',
      'round 1 [2] content_block_stop',
      'round 1 [2] tool_call get_weather toolu_1 {"city":"Berlin"}',
      'round 1 [3] content_block_start tool_use get_weather',
      'round 1 [3] input_json_delta 0 chars',
      'round 1 [3] tool_input get_weather toolu_2 0 chars',
      'round 1 [3] input_json_delta 19 chars',
      'round 1 [3] tool_input get_weather toolu_2 19 chars',
      'round 1 [3] content_block_stop',
      'round 1 [3] tool_call get_weather toolu_2 {"city":"Atlantis"}',
      'round 1 [4] content_block_start tool_use get_weather',
      'round 1 [4] input_json_delta 0 chars',
      'round 1 [4] tool_input get_weather toolu_3 0 chars',
      'round 1 [4] input_json_delta 15 chars',
      'round 1 [4] tool_input get_weather toolu_3 15 chars',
      'round 1 [4] content_block_stop',
      'round 1 [4] tool_call get_weather toolu_3 invalid: The input of `get_weather` does not match its schema: - city: expected string, f… (143 chars)',
      'round 1 message_delta tool_use',
      'round 1 tool_start get_weather toolu_1',
      'round 1 tool_progress get_weather toolu_1 looking',
      'round 1 tool_result get_weather toolu_1 ok, n ms, 15 chars: 14 °C in Berlin',
      'round 1 tool_start get_weather toolu_2',
      'round 1 tool_result get_weather toolu_3 error, n ms, 143 chars: The input of `get_weather` does not match its schema: - city: expected string, f… (143 chars)',
      'round 1 message_stop',
      'round 1 tool_result get_weather toolu_2 error, n ms, 19 chars: No such city',
      'round 1 round_end tool_use, 3 results, 100 tokens in, 20 out, then resume',
      expect.stringMatching(
        /^round 2 round_start -> claude-opus-5-5, 3 messages, 1 tool, last: user \[\{"type":"tool_result","tool_use_id":"toolu_1",.*… \(\d+ chars\)$/,
      ),
      'round 2 message_start msg_test claude-opus-5-5',
      'round 2 ping',
      'round 2 [0] content_block_start text',
      'round 2 [0] text_delta 6 chars',
      'round 2 [0] text_delta 6 chars',
      'round 2 [0] content_block_stop 12 chars: It is 14 °C.',
      'round 2 message_delta end_turn',
      'round 2 message_stop',
      'round 2 round_end end_turn, 0 results, 100 tokens in, 20 out, then end',
      'round 2 conversation_end finished end_turn, 2 rounds, 200 tokens in, 40 out',
      'complete',
    ]);
  });

  it('begin with the time since the subscription', () => {
    const lines: string[] = [];
    new TestScheduler((actual, expected) => {
      expect(actual).toEqual(expected);
    }).run(({ cold, expectObservable, flush }) => {
      const source = cold<RoundEvent>('5ms p 994ms p 9s (p|)', { p: { type: 'ping' } });
      expectObservable(source.pipe(debugEvents({ sink: (line) => lines.push(line) }))).toBe('5ms p 994ms p 9s (p|)', {
        p: { type: 'ping' },
      });
      flush();
    });
    expect(lines).toEqual(['     5 ms  ping', '  1000 ms  ping', ' 10001 ms  ping', ' 10001 ms  complete']);
  });

  it('tell how the stream ended', async () => {
    expect(await linesOf(EMPTY)).toEqual(['complete']);
    expect(await linesOf(throwError(() => new RangeError('kaput')))).toEqual(['error RangeError: kaput']);
    expect(await linesOf(throwError(() => 'a word'))).toEqual(['error string: a word']);
    const lines: string[] = [];
    NEVER.pipe(debugEvents({ sink: (line) => lines.push(line) }))
      .subscribe()
      .unsubscribe();
    expect(lines).toEqual([expect.stringMatching(/ ms {2}unsubscribed$/)]);
  });

  it('name events, blocks and deltas that nobody knows', async () => {
    expect(
      await linesOfEvents(
        { type: 'from_the_future', secret: 'x' },
        blockStart(0, { type: 'connector_text' }),
        blockDelta(0, { type: 'connector_delta', parts: [1] }),
        blockStop(0),
      ),
    ).toEqual([
      'from_the_future',
      '[0] content_block_start connector_text',
      expect.stringMatching(/^\[0\] connector_delta \d+ chars$/),
      '[0] content_block_stop',
      'complete',
    ]);
  });

  it('cut long values and say how long they were', async () => {
    const events = from([
      blockStart(0, { type: 'text', text: '' }),
      textDelta(0, 'x'.repeat(500)),
      blockStop(0),
    ] as RoundEvent[]);
    expect((await linesOf(events, 10))[2]).toBe('[0] content_block_stop 500 chars: xxxxxxxxxx… (500 chars)');
    expect((await linesOf(events, Infinity))[2]).toBe(`[0] content_block_stop 500 chars: ${'x'.repeat(500)}`);
    expect((await linesOf(events))[2]).toHaveLength('[0] content_block_stop 500 chars: … (500 chars)'.length + 80);
  });

  it('stay short whatever is in an event', async () => {
    const long = 'x'.repeat(100_000);
    const lines = await linesOfEvents(
      messageStart({ id: long, model: long }),
      blockStart(0, { type: long, name: long }),
      { type: 'tool_start', id: long, name: long, index: 0 },
      { type: long },
    );
    for (const line of lines) expect(line.length).toBeLessThan(1_000);
    for (const line of await linesOf(throwError(() => new Error(long)))) expect(line.length).toBeLessThan(1_000);
  });

  it('never cut a surrogate pair in two', async () => {
    const events = from([
      blockStart(0, { type: 'text', text: '' }),
      textDelta(0, '😀'.repeat(50)),
      blockStop(0),
    ] as RoundEvent[]);
    for (const maxChars of [1, 2, 3, 4, 5]) expect((await linesOf(events, maxChars))[2]).not.toMatch(/\p{Surrogate}/u);
  });

  it('of a reply that was sent again do not hold the text of the one before', async () => {
    const start = [messageStart(), blockStart(0, { type: 'text', text: '' }), textDelta(0, 'once')];
    const lines = await linesOfEvents(...start, ...start, blockStop(0));
    expect(lines.at(-2)).toBe('[0] content_block_stop 4 chars: once');
  });
});

describe('debugEvents', () => {
  it('lets every event through as it is, at once', () => {
    const source = new Subject<RoundEvent>();
    const seen: RoundEvent[] = [];
    source.pipe(debugEvents({ sink: () => {} })).subscribe((event) => seen.push(event));
    const event: RoundEvent = { type: 'ping' };
    source.next(event);
    expect(seen[0]).toBe(event);
  });

  it('writes to console.debug unless told otherwise', () => {
    const debug = jest.spyOn(console, 'debug').mockImplementation(() => {});
    of<RoundEvent>({ type: 'ping' }).pipe(debugEvents()).subscribe();
    expect(debug.mock.calls.flat()).toEqual([expect.stringMatching(/ping$/), expect.stringMatching(/complete$/)]);
    debug.mockRestore();
  });

  it('keeps count for each subscriber', () => {
    const lines: string[] = [];
    const start = { type: 'round_start', round: 1, request: { model: 'm', max_tokens: 1, messages: [] } } as RoundEvent;
    const source = of<RoundEvent>(start);
    const debugged = source.pipe(debugEvents({ sink: (line) => lines.push(line) }));
    debugged.subscribe();
    const after = of<RoundEvent>({ type: 'ping' }).pipe(debugEvents({ sink: (line) => lines.push(line) }));
    after.subscribe();
    expect(lines.at(-2)).toMatch(/ ms {2}ping$/);
  });

  it('hands on what the sink throws, and nothing of it is left for the process to die of', async () => {
    const left: unknown[] = [];
    config.onUnhandledError = (error: unknown) => left.push(error);
    const errors: unknown[] = [];
    const sink = (): never => {
      throw new Error('disk full');
    };
    of<RoundEvent>({ type: 'ping' })
      .pipe(debugEvents({ sink }))
      .subscribe({ error: (reason: unknown) => errors.push(reason) });
    await new Promise((resolve) => setTimeout(resolve, 5));
    config.onUnhandledError = null;
    expect(errors).toEqual([new Error('disk full')]);
    expect(left).toEqual([]);
  });

  it('survives values that cannot be written as JSON', async () => {
    const cycle: Record<string, unknown> = { n: 5n };
    cycle['self'] = cycle;
    const progress = (value: unknown): object => ({ type: 'tool_progress', id: 't', name: 'x', index: 0, value });
    const lines = await linesOfEvents(
      ...[cycle, 5n, Symbol('s'), undefined, () => 1, new Map([[1, 2]]), { toJSON: () => undefined }].map(progress),
    );
    expect(lines).toHaveLength(8);
  });

  it('shows text as it is written by its size only, and whole at its end', async () => {
    const lines = await linesOfEvents(...reply({ content: [text(['one ', 'two']), thinking(['three'])] }));
    expect(lines.filter((line) => line.includes('one') || line.includes('two'))).toEqual([
      '[0] content_block_stop 7 chars: one two',
    ]);
    expect(lines.filter((line) => line.includes('three'))).toEqual(['[1] content_block_stop 5 chars: three']);
  });
});
