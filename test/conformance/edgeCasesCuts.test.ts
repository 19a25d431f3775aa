/** PROTOCOL.md section 6: bodies that end too early, or hold no reply (cases 21 to 23). */
import { claudeStream, converse, toErrorFacts } from 'rxclaude';
import type { ErrorTag, RoundEvent } from 'rxclaude';
import { callsReply, textReply } from '../support/replies.js';
import { sdkClient } from '../support/sdkClient.js';
import type { ScriptedResponse } from '../support/sseServer.js';
import { only, pause, run } from './support/run.js';
import { servers, sse } from './support/servers.js';
import { endOf, expectFailed, expectSound, question, quick, resultsOf, started, talk } from './support/talk.js';
import { anyTool } from './support/tools.js';
import { tagged } from '../support/errors.js';

const { bytes, strict } = servers();

const answer = textReply(['It ', 'is ', 'noon.']);
const done = { events: textReply('Done.') };

it.each(answer.slice(0, -1).map((_event, at) => at))(
  '21: body ends without message_stop, after event %i: truncated stream, never complete',
  async (at) => {
    const cut = answer.slice(0, at + 1);
    const server = await bytes(sse(cut), sse(cut));

    const alone = await run(claudeStream(sdkClient(server.url), question));
    const whole = await run(converse(sdkClient(server.url), question, { retry: false }));

    expect(alone.events).toEqual(cut);
    for (const { error, completed } of [alone, whole]) {
      expect(completed).toBe(false);
      expect(error).toEqual(tagged('TruncatedStreamError'));
      expect(error).toMatchObject({ events: at + 1, lastEvent: (answer[at] as RoundEvent).type });
    }
    expect(only(whole.events, 'round_end')).toEqual([]);
    expect(endOf(whole.events)).toMatchObject({ reason: 'error', error: toErrorFacts(whole.error) });
    expect(server.requests).toHaveLength(2);
  },
);

it('21: body ends without message_stop every time: truncated stream behind the last retry', async () => {
  const cut = { events: answer.slice(0, 5) };
  const rounds = [cut, cut, cut];

  const held = await talk(await strict(rounds), rounds, [], { retry: quick });

  expectFailed(held);
  expect(held.error).toEqual(tagged('TruncatedStreamError'));
  expect(held.error).toMatchObject({ round: 1, attempt: 3 });
  expect(held.requests).toHaveLength(3);
  expect(held.end.messages.slice(1)).toEqual([{ role: 'assistant', content: [{ type: 'text', text: 'It is ' }] }]);
});

describe('22: body ends after message_delta, before message_stop', () => {
  const cut = (...names: readonly string[]): object[] =>
    callsReply(...names.map((name, at) => ({ id: `t${String(at + 1)}`, name }))).slice(0, -1);

  it.each(['end', 'destroy'] as const)(
    '22: (%s): still an error, a started tool is stopped and shown, nothing is asked or run again',
    async (then) => {
      const signals: AbortSignal[] = [];
      let finished = 0;
      const slow = anyTool('slow', async (_input, { signal }) => {
        signals.push(signal);
        await pause(60);
        if (!signal.aborted) finished++;
      });
      const rounds = [{ events: cut('slow'), then }];

      const held = await talk(await strict(rounds), rounds, [slow], { retry: quick });
      await pause(80);

      expectFailed(held);
      expect(held.error).toEqual(tagged('TruncatedStreamError'));
      expect(held.requests).toHaveLength(1);
      // Whatever ran can be seen to have run, and nothing runs on.
      expect(started(held.events)).toHaveLength(signals.length);
      expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
      expect(finished).toBe(0);
      expect(resultsOf(held.end as never)).toMatchObject([
        { tool_use_id: 't1', is_error: true, content: expect.stringContaining('Stopped while running') as unknown },
      ]);
    },
  );

  it('22: a tool that may run twice and had finished is not run again by the retry', async () => {
    const runs: unknown[] = [];
    const look = anyTool('look', (_input, { call }) => runs.push(call.id), { idempotent: true });
    const rounds = [{ events: cut('look') }, { events: callsReply({ id: 't9', name: 'look' }) }, done];

    const held = await talk(await strict(rounds), rounds, [look], { retry: quick });

    expectSound(held);
    expect(runs).toEqual(['t1']);
    expect(resultsOf(held.requests[2])).toEqual([{ type: 'tool_result', tool_use_id: 't9', content: '1' }]);
  });

  it('22: with both kinds, neither is run twice, and the history tells what came of each', async () => {
    const runs: unknown[] = [];
    const note = (_input: unknown, { call }: { call: { name: string } }): number => runs.push(call.name);
    const tools = [anyTool('look', note, { idempotent: true }), anyTool('pay', note)];
    const rounds = [{ events: cut('look', 'pay') }];

    const held = await talk(await strict(rounds), rounds, tools, { retry: quick });

    expectFailed(held);
    expect(runs).toEqual(['look', 'pay']);
    expect(held.requests).toHaveLength(1);
    expect(resultsOf(held.end as never).map(({ content }) => content)).toEqual(['1', '2']);
  });
});

describe('23: body empty, or JSON body on a stream call', () => {
  const json = { 'content-type': 'application/json' };
  const message = JSON.stringify({ type: 'message', role: 'assistant', content: [], stop_reason: 'end_turn' });
  const bodies: readonly [what: string, response: ScriptedResponse, kind: ErrorTag][] = [
    ['an empty body', { chunks: [], then: 'end' }, 'TruncatedStreamError'],
    ['white space', { chunks: ['\n\n', ' '], then: 'end' }, 'TruncatedStreamError'],
    ['a comment', { chunks: [': hello\n\n'], then: 'end' }, 'TruncatedStreamError'],
    ['only pings', sse([{ type: 'ping' }, { type: 'ping' }]), 'TruncatedStreamError'],
    ['a JSON body', { headers: json, chunks: [message], then: 'end' }, 'UnexpectedResponseError'],
    ['a JSON body that says event stream', { chunks: [message], then: 'end' }, 'TruncatedStreamError'],
    [
      'an empty body without a type',
      { headers: { 'content-type': '' }, chunks: [], then: 'end' },
      'TruncatedStreamError',
    ],
  ];

  it.each(bodies)('23: %s: error, not empty complete', async (_what, response, kind) => {
    const server = await bytes(response, response);

    const alone = await run(claudeStream(sdkClient(server.url), question));
    const whole = await run(converse(sdkClient(server.url), question, { retry: false }));

    for (const { error, completed } of [alone, whole]) {
      expect(completed).toBe(false);
      expect(error).toEqual(tagged(kind));
    }
    const { reason, message: reply, messages } = endOf(whole.events);
    expect({ reason, reply, messages }).toEqual({ reason: 'error', reply: undefined, messages: question.messages });
  });

  it.each(bodies)(
    '23: %s: asked for again if a stream was cut, and not if it is none',
    async (_what, response, kind) => {
      const server = await bytes(response, sse(answer));

      const { error } = await run(converse(sdkClient(server.url), question, { retry: quick }));

      if (kind === 'TruncatedStreamError') expect(error).toBeUndefined();
      else expect(error).toEqual(tagged(kind));
      expect(server.requests).toHaveLength(kind === 'TruncatedStreamError' ? 2 : 1);
    },
  );
});
