import * as t from 'io-ts';
import { asyncScheduler, last, map, type Observable, of, take } from 'rxjs';
import { converse, defineTool } from '../../src/index.js';
import type { ClaudeClient, ClaudeEvent, ClaudeRequest, RoundEvent, Tool } from '../../src/index.js';
import { claude, marble } from '../index.js';
import { fakeTool } from './support/fakeTool.js';
import { observe, type Seen } from './support/observe.js';
import { tagged, timeoutGuardError, truncatedStreamError } from '../../test/support/errors.js';

// Whole agents in virtual time. In the diagram of a tool `p` is progress and `r` the result.
//
// s message_start  o a text block starts  t text  k a tool_use block starts  c content_block_stop
// w message_delta with stop_reason tool_use  e message_delta with stop_reason end_turn  m message_stop  p ping
// B round_start  E round_end  C conversation_end  K tool_call  S tool_start  P tool_progress  W tool_result

/** Claude calls the tool `weather` with `k`, and the tool `time` with `l`. */
const calls = { k: claude.toolUse('toolu_1', 'weather').start, l: claude.toolUse('toolu_2', 'time').start };

function ask(...tools: Tool[]): ClaudeRequest {
  return { model: 'claude-test', max_tokens: 100, messages: [{ role: 'user', content: 'Hi' }], tools };
}

/** A client whose replies come all at once, one after the other. */
function clientOf(...replies: (readonly ClaudeEvent[])[]) {
  const create = jest.fn<Observable<ClaudeEvent>, Parameters<ClaudeClient['messages']['create']>>();
  for (const reply of replies) create.mockReturnValueOnce(of(...reply));
  return { messages: { create } };
}

describe('a conversation', () => {
  marble('of two rounds, with two tools at work', (helpers) => {
    const { reply, scriptClaude, tool, flush, expectEvents, expectRequests, expectRuns } = helpers;
    const one = reply('  s---k-c---l-c---w----m|                             ', calls);
    const weather = tool('weather', '    ----------p---------(r|)            ', { r: 'sunny' });
    const time = tool('time', '          --------(r|)                        ', { r: 'noon' });
    const two = '                                            s-----o-t-c-e-m|';
    const expected = `
      ms                 0   4 6   10    16   21 24 26        36    42  46  50
      claude               s-k--c--k--c---w---m                  s-o-t-c-e-m
      weather                    K.........S=======P==========W
      time                             K....S====W
      result             (Bs)k-(cK)k-(cK)(wSS)m--W-P---------(WEBs)o-t-c-e-m(EC|)
    `;
    const oneSent = '    ^---------------------|                             ';
    const weatherRun = ' ----------------^-------------------|               ';
    const timeRun = '    ----------------^-------|                           ';
    const twoSent = '    ------------------------------------^--------------|';

    const client = scriptClaude(one, two);
    expectEvents(converse(client, ask(weather, time))).toBe(expected);
    expectRequests(client).toBe([oneSent, twoSent]);
    expectRuns(weather).toBe(weatherRun);
    expectRuns(time).toBe(timeRun);
    flush();
    expect(client.requests[1]!.body.messages).toEqual([
      { role: 'user', content: 'Hi' },
      {
        role: 'assistant',
        content: [
          { type: 'tool_use', id: 'toolu_1', name: 'weather', input: {} },
          { type: 'tool_use', id: 'toolu_2', name: 'time', input: {} },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'toolu_1', content: 'sunny' },
          { type: 'tool_result', tool_use_id: 'toolu_2', content: 'noon' },
        ],
      },
    ]);
  });

  marble('starts an idempotent tool while Claude still writes', (helpers) => {
    const { reply, scriptClaude, tool, expectEvents, expectRuns } = helpers;
    const one = reply('  s---k-c-----l---c---w----m|        ', calls);
    const two = '                                  s----e-m|';
    const expected = `
      ms                 0   4 6     12  16  20   25   30 32
      claude               s-k--c----k----c---w---m   s-e-m
      weather                    KS====W
      time                                 K...SW
      result             (Bs)k-(cKS)-k-W-(cK)(wSW)m(EBs)e-m(EC|)
    `;
    const weatherRun = ' ------^-------|                    ';

    const weather = tool('weather', '--------(r|)', {}, { idempotent: true });
    const time = tool('time', '(r|)');
    expectEvents(converse(scriptClaude(one, two), ask(weather, time))).toBe(expected);
    expectRuns(weather).toBe(weatherRun);
  });

  marble('runs no more than `concurrency` tools', (helpers) => {
    const { reply, scriptClaude, tool, expectEvents, expectRuns } = helpers;
    const one = reply('  s---k-c---l-c---w---m-|                 ', calls);
    const two = '                                      s-----e-m|';
    const expected = `
      ms                 0   4 6   10    16  20   25   30    36
      claude               s-k--c--k--c---w--m             s-e-m
      weather                    K.........S=======W
      time                             K............S===W
      result             (Bs)k-(cK)k-(cK)(wS)m----(WS)-(WEBs)e-m(EC|)
    `;
    const weatherRun = ' ----------------^--------|              ';
    const timeRun = '    -------------------------^----|         ';

    const weather = tool('weather', '---------(r|)');
    const time = tool('time', '-----(r|)');
    expectEvents(converse(scriptClaude(one, two), ask(weather, time), { tools: { concurrency: 1 } })).toBe(expected);
    expectRuns(weather).toBe(weatherRun);
    expectRuns(time).toBe(timeRun);
  });

  marble('starts again for each subscription', ({ scriptClaude, expectEvents, expectRequests }) => {
    const reply = '      s---o-t-e-m|         ';
    const first = '      (Bs)o-t-e-m(EC|)     ';
    const firstSent = '  ^----------|         ';
    const secondSub = '  -----^               ';
    const second = '     -----(Bs)o-t-e-m(EC|)';
    const secondSent = ' -----^----------|    ';

    const client = scriptClaude(reply, reply);
    const run = converse(client, ask());
    expectEvents(run).toBe(first);
    expectEvents(run, secondSub).toBe(second);
    expectRequests(client).toBe([firstSent, secondSent]);
  });
});

describe('a tool that is itself a conversation', () => {
  const subagent = (client: ClaudeClient) => {
    const inner = converse(client, ask(fakeTool('weather', () => 'sunny')));
    return fakeTool('subagent', () =>
      inner.pipe(
        last(),
        map((event) => (event.type === 'conversation_end' ? `${String(event.stop_reason)} after ${event.rounds}` : '')),
      ),
    );
  };
  const callToIt = claude.toolUse('toolu_1', 'subagent');
  const resultOf = ({ values, error }: Seen<RoundEvent>) => [
    error,
    ...values.flatMap((event) => (event.type === 'tool_result' ? [event.result.content] : [])),
    values.at(-1)?.type,
  ];

  marble('works in virtual time', ({ reply, scriptClaude, flush, expectEvents }) => {
    const one = reply(' s---k-c---w---m|                   ', { k: callToIt.start });
    const inner = '               s---o-t-e-m|             ';
    const two = '                            s-----e-m|    ';
    const expected = '  (Bs)k-(cK)(wS)m------(WEBs)e-m(EC|)';

    const client = scriptClaude(one, two);
    expectEvents(converse(client, ask(subagent(scriptClaude(inner))))).toBe(expected);
    flush();
    const result = { type: 'tool_result', tool_use_id: 'toolu_1', content: 'end_turn after 1' };
    expect(client.requests[1]!.body.messages.at(-1)).toEqual({ role: 'user', content: [result] });
  });

  it('works when all happens at once', () => {
    const answer = claude.message(claude.textBlock('Hi'));
    const inner = clientOf(claude.message(claude.toolUse('toolu_1', 'weather')), answer);
    const seen = observe(converse(clientOf(claude.message(callToIt), answer), ask(subagent(inner))));
    expect(resultOf(seen)).toEqual([undefined, 'end_turn after 2', 'conversation_end']);
  });
});

describe('silence', () => {
  marble('that is longer than timeout.each ends it, and its request', (helpers) => {
    const { scriptClaude, flush, expectEvents, expectRequests } = helpers;
    const reply = '    s---o-t------------m|';
    const expected = ' (Bs)o-t---------(C#) ';
    const sent = '     ^---------------!    ';

    const client = scriptClaude(reply);
    const aborts: number[] = [];
    const run = converse(client, ask(), { timeout: { each: 10 }, retry: false });
    expectEvents(run).toBe(expected, { '#': timeoutGuardError('each', 10) });
    expectRequests(client).toBe(sent);
    asyncScheduler.schedule(() => {
      client.requests[0]!.signal!.addEventListener('abort', () => aborts.push(asyncScheduler.now()));
    });
    flush();
    expect(aborts).toEqual([16]);
  });

  marble('is broken by a ping', ({ scriptClaude, expectEvents }) => {
    const reply = '    s---o-----p-----p-----m|    ';
    const expected = ' (Bs)o-----p-----p-----m(EC|)';

    expectEvents(converse(scriptClaude(reply), ask(), { timeout: { each: 10 } })).toBe(expected);
  });

  marble('does not count while tools are at work', ({ reply, scriptClaude, tool, expectEvents }) => {
    const one = reply('     s---k-c---w---m|                   ', calls);
    const weather = tool('weather', ' 50ms (r|)                ');
    const two = '                                s-----e-m|    ';
    const expected = '      (Bs)k-(cK)(wS)m 45ms (WEBs)e-m(EC|)';

    const run = converse(scriptClaude(one, two), ask(weather), { timeout: { each: 10 } });
    expectEvents(run).toBe(expected);
  });

  marble('of 120 s is too long, unless told otherwise', ({ scriptClaude, expectEvents }) => {
    const mute = '            -                 ';
    const expectedMute = '    B 119999ms (C#)   ';
    const stalled = '         s                 ';
    const expectedStalled = ' (Bs) 119996ms (C#)';

    const first = timeoutGuardError('first', 120_000);
    const each = timeoutGuardError('each', 120_000);
    expectEvents(converse(scriptClaude(mute), ask(), { retry: false })).toBe(expectedMute, { '#': first });
    expectEvents(converse(scriptClaude(stalled), ask(), { retry: false })).toBe(expectedStalled, { '#': each });
  });

  marble('starts counting again in each round', ({ reply, scriptClaude, tool, expectEvents }) => {
    const one = reply(' s---k-c---w----m|           ', calls);
    const two = '                       ----------s ';
    const expected = '  (Bs)k-(cK)(wSW)m(EB)----(C#)';

    const run = converse(scriptClaude(one, two), ask(tool('weather', '(r|)')), {
      timeout: { first: 8, each: 20 },
      retry: false,
    });
    expectEvents(run).toBe(expected, { '#': timeoutGuardError('first', 8) });
  });
});

describe('unsubscribing', () => {
  marble('stops the tool that runs, and sends no further request', (helpers) => {
    const { reply, scriptClaude, tool, flush, expectEvents, expectRequests, expectRuns } = helpers;
    const one = reply('     s---k-c---w---m|            ', calls);
    const weather = tool('weather', ' -----------------r');
    const unsub = '         --------------------!       ';
    const expected = '      (Bs)k-(cK)(wS)m             ';
    const sent = '          ^--------------|            ';
    const run = '           ----------^---------!       ';

    const aborts: number[] = [];
    const noting: Tool = {
      ...weather,
      run: (input, context) => {
        context.signal.addEventListener('abort', () => aborts.push(asyncScheduler.now()));
        return weather.run(input, context);
      },
    };
    const client = scriptClaude(one);
    expectEvents(converse(client, ask(noting)), unsub).toBe(expected);
    expectRequests(client).toBe(sent);
    expectRuns(weather).toBe(run);
    flush();
    expect(aborts).toEqual([20]);
  });

  marble('happens also when the reply is cut: an early tool is stopped', (helpers) => {
    const { reply, scriptClaude, tool, expectEvents, expectRuns } = helpers;
    const cut = reply('         s---k-c----|   ', calls);
    const weather = tool('weather', ' --------r', {}, { idempotent: true });
    const expected = '          (Bs)k-(cKS)(C#)';
    const run = '               ------^----!   ';

    const error = truncatedStreamError({ events: 3, lastEvent: 'content_block_stop' });
    expectEvents(converse(scriptClaude(cut), ask(weather), { retry: false })).toBe(expected, { '#': error });
    expectRuns(weather).toBe(run);
  });

  it('before the request sends none', () => {
    const client = clientOf(claude.message(claude.textBlock('Hi')));
    expect(observe(converse(client, ask()).pipe(take(1))).values.map(({ type }) => type)).toEqual(['round_start']);
    expect(client.messages.create).not.toHaveBeenCalled();
  });
});

describe('the parts of the pipeline', () => {
  const strict = defineTool({
    name: 'weather',
    description: 'Looks up a city.',
    input: t.type({ city: t.string }),
    run: ({ city }, { messages }) => `${city}, ${String(messages.length)}`,
  });

  it('tell Claude what is wrong with an input, and let it try again', () => {
    const client = clientOf(
      claude.message(claude.toolUse('toolu_1', 'weather', { city: 1 })),
      claude.message(claude.toolUse('toolu_2', 'weather', { city: 'Berlin' })),
      claude.message(claude.textBlock('Hi')),
    );
    const { values } = observe(converse(client, ask(strict)));
    const results = values.flatMap((event) => (event.type === 'tool_result' ? [event.result] : []));
    expect(results).toMatchObject([
      { is_error: true, content: expect.stringContaining('- city: expected') as unknown },
      { content: 'Berlin, 3' },
    ]);
    const [second] = client.messages.create.mock.calls[1]!;
    expect(second.messages[1]).toMatchObject({ content: [{ type: 'tool_use', input: { city: 1 } }] });
  });

  it('get `maxRounds`, `stopWhen` and the options of the stream', () => {
    const end = (options: object) => {
      const create = jest.fn(() => of(...claude.message(claude.toolUse('toolu_1', 'weather'))));
      const { values } = observe(converse({ messages: { create } }, ask(fakeTool('weather', () => 'sunny')), options));
      return [values.at(-1), create.mock.lastCall] as const;
    };
    expect(end({})[0]).toMatchObject({ reason: 'max_rounds', rounds: 10 });
    expect(end({ maxRounds: 3 })[0]).toMatchObject({ reason: 'max_rounds', rounds: 3 });
    expect(end({ stopWhen: () => true })[0]).toMatchObject({ reason: 'stop_when', rounds: 1 });
    const headers = { 'x-from': 'a test' };
    expect(end({ stream: { headers } })[1]).toMatchObject([{ stream: true }, { headers }]);
  });

  it.each([
    ['concurrency', { tools: { concurrency: 0 } }],
    ['maxRounds', { maxRounds: 0 }],
    ['timeout', { timeout: { each: -1 } }],
  ])('refuse a bad %s at once', (_, options) => {
    expect(() => converse(clientOf(), ask(), options)).toThrow(tagged('OptionError'));
  });

  it('refuse two tools of the same name at once', () => {
    expect(() => converse(clientOf(), ask(strict, strict))).toThrow(tagged('ToolDefinitionError'));
  });
});
