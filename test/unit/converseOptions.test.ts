/** That `converse` hands its options on to the operators that they are for. */
import * as t from 'io-ts';
import { NEVER, of } from 'rxjs';
import { converse, defineTool } from 'rxclaude';
import type { ClaudeClient, ConverseOptions, Guard, RoundEvent, Tool } from 'rxclaude';
import { claude } from '../../marbles/index.js';
import { fromClaude } from '../support/events.js';
import { fakeClient } from '../support/fakeClient.js';
import { fakeTool } from '../../marbles/specs/support/fakeTool.js';
import { observe } from '../../marbles/specs/support/observe.js';
import { toSse } from '../support/sse.js';

const messages = [{ role: 'user' as const, content: 'Hi' }];
const answer = of(fromClaude.s, fromClaude.o, fromClaude.t, fromClaude.c, fromClaude.e, fromClaude.m);

/** Holds a conversation in which Claude calls the tool `k` once, with this input, and gives what became of the call. */
function callOnce(input: string, tool: Tool, options: ConverseOptions = {}) {
  const calling = [
    claude.messageStart(),
    claude.toolUseStart('toolu_k', 'k', 0),
    claude.inputJson(input, 0),
    claude.contentBlockStop(0),
  ];
  const client = fakeClient(of(...calling, claude.stop('tool_use'), claude.messageStop()), answer);
  const request = { model: 'claude-test', max_tokens: 100, messages, tools: [tool] };
  const seen = observe(converse(client, request, options));
  const results = seen.values.flatMap((event) => (event.type === 'tool_result' ? [event] : []));
  return { ...seen, result: results[0], client };
}

describe('bounds', () => {
  const echo = fakeTool('k', (input) => input);
  const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'A'.repeat(400) } };

  it('maxInputChars: Claude is told to send less, and goes on', () => {
    const { result, end, client } = callOnce('{"text":"0123456789"}', echo, { input: { maxInputChars: 20 } });
    expect(result).toMatchObject({ outcome: { left: { _tag: 'InputTooLarge', limit: 'maxInputChars', maximum: 20 } } });
    expect(result!.result).toMatchObject({
      is_error: true,
      content: expect.stringContaining('20 characters') as unknown,
    });
    expect(end).toBe('complete');
    expect(client.sent).toHaveLength(2);
    expect(callOnce('{"text":"012345678"}', echo, { input: { maxInputChars: 20 } }).result!.outcome._tag).toBe('Right');
  });

  it('maxInputDepth: Claude is told, too', () => {
    const { result } = callOnce('{"a":{"b":{}}}', echo, { input: { maxInputDepth: 2 } });
    expect(result).toMatchObject({ outcome: { left: { _tag: 'InputTooLarge', limit: 'maxInputDepth', maximum: 2 } } });
    expect(callOnce('{"a":{}}', echo, { input: { maxInputDepth: 2 } }).result!.outcome._tag).toBe('Right');
  });

  it('maxResultChars: what Claude is shown is cut', () => {
    const { result } = callOnce(
      '{}',
      fakeTool('k', () => '0123456789'),
      { tools: { maxResultChars: 4 } },
    );
    expect(result!.result.content).toBe('0123\n[cut: the first 4 of 10 characters]');
    const own = fakeTool('k', () => '0123456789', { maxResultChars: 6 });
    expect(callOnce('{}', own, { tools: { maxResultChars: 4 } }).result!.result.content).toMatch(/^012345\n/);
  });

  it('maxFileChars: a file beyond is left out', () => {
    const files = fakeTool('k', () => [image]);
    const { result } = callOnce('{}', files, { tools: { maxFileChars: 100 } });
    expect(result!.result.content).toEqual([{ type: 'text', text: expect.stringContaining('left out') as unknown }]);
    expect(callOnce('{}', files).result!.result.content).toEqual([image]);
  });

  it('maxBufferedChars: fails when too much waits for an asynchronous schema', () => {
    const decode = () => new Promise<never>(() => {});
    const { error, values } = callOnce(
      '{}',
      fakeTool('k', () => '', { decode }),
      { input: { maxBufferedChars: 150 } },
    );
    expect(error).toMatchObject({ _tag: 'LimitError', limit: 'maxBufferedChars', maximum: 150, found: 200, round: 1 });
    expect(values.at(-1)).toMatchObject({ type: 'conversation_end', reason: 'error' });
  });

  it('maxEventChars: fails at an event that is larger', async () => {
    const body = toSse([fromClaude.s, fromClaude.o, fromClaude.t, fromClaude.c, fromClaude.e, fromClaude.m]);
    const headers = { 'content-type': 'text/event-stream' };
    const client: ClaudeClient = { messages: { create: async () => new Response(body, { headers }) } };
    const run = (maxEventChars: number) =>
      new Promise<RoundEvent>((resolve) => {
        let last: RoundEvent;
        converse(client, { model: 'm', max_tokens: 1, messages }, { stream: { maxEventChars } }).subscribe({
          next: (event) => (last = event),
          error: () => {
            resolve(last);
          },
          complete: () => {
            resolve(last);
          },
        });
      });
    expect(await run(100)).toMatchObject({ reason: 'error', error: { limit: 'maxEventChars', maximum: 100 } });
    expect(await run(1_000)).toMatchObject({ reason: 'finished', stop_reason: 'end_turn' });
  });
});

describe('guard', () => {
  const strict = (guard?: Tool['guard']) =>
    defineTool({
      name: 'k',
      description: 'Looks up a city.',
      input: t.type({ city: t.string }),
      run: ({ city }) => city,
      ...(guard && { guard }),
    }) as unknown as Tool;

  it('refuses a call, and Claude is told why', () => {
    const { result, client, end } = callOnce('{"city":"Berlin"}', strict(), {
      tools: { guard: () => 'Not on Sundays.' },
    });
    expect(result).toMatchObject({ outcome: { left: { _tag: 'Refused' } }, duration: 0 });
    const content = '`k` was not run: Not on Sundays.';
    const block = { type: 'tool_result', tool_use_id: 'toolu_k', content, is_error: true };
    expect(client.sent[1]!.params.messages.at(-1)).toEqual({ role: 'user', content: [block] });
    expect(end).toBe('complete');
  });

  it('is asked about valid inputs only, before the guard of the tool', () => {
    const asked: unknown[] = [];
    const note = (who: string) => (input: unknown) => {
      asked.push([who, input]);
    };
    const tool = strict(note('own'));
    expect(callOnce('{"city":"Berlin"}', tool, { tools: { guard: note('common') } }).result!.outcome).toMatchObject({
      right: 'Berlin',
    });
    expect(callOnce('{"city":1}', tool, { tools: { guard: note('common') } }).result).toMatchObject({
      outcome: { left: { _tag: 'InvalidInput' } },
    });
    expect(asked).toEqual([
      ['common', { city: 'Berlin' }],
      ['own', { city: 'Berlin' }],
    ]);
  });

  it('sees the history, and a signal that is aborted when nobody waits any more', () => {
    const contexts: { messages: readonly unknown[]; signal: AbortSignal }[] = [];
    const calling = of(fromClaude.s, fromClaude.k, fromClaude.a, fromClaude.w, fromClaude.m);
    const guard: Guard = (_, context) => {
      contexts.push(context);
      return new Promise(() => {});
    };
    const request = { model: 'm', max_tokens: 1, messages, tools: [fakeTool('k', () => NEVER)] };
    const subscription = converse(fakeClient(calling), request, { tools: { guard } }).subscribe();
    expect(contexts[0]!.messages).toEqual(messages);
    expect(contexts[0]!.signal.aborted).toBe(false);
    subscription.unsubscribe();
    expect(contexts[0]!.signal.aborted).toBe(true);
  });
});
