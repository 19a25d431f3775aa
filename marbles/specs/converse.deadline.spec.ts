import { asyncScheduler, filter, map, of, type Observable } from 'rxjs';
import {
  accumulateToolInput,
  converse,
  debugEvents,
  executeTools,
  resumeConversation,
  retryRound,
  toErrorFacts,
  validateWith,
} from '../../src/index.js';
import type {
  ClaudeClient,
  ClaudeRequest,
  ConverseOptions,
  Deadline,
  Round,
  RoundEvent,
  Tool,
} from '../../src/index.js';
import { added, claude, marble } from '../index.js';
import type { ScriptedClient } from '../index.js';
import { answered, cutOff, said, unrun } from './support/messages.js';
import { deadlineError } from '../../test/support/errors.js';

// s message_start  o a text block starts  t text  k a tool_use block starts  c content_block_stop
// w message_delta with stop_reason tool_use  e message_delta with stop_reason end_turn
// y message_delta with stop_reason pause_turn  m message_stop  B round_start  R round_retry  E round_end
// C conversation_end  K tool_call  S tool_start  W tool_result  X tool_result with is_error

/** Claude says `Hi`, calls the tool `weather` with `k`, and the tool `time` with `l`. */
const values = {
  t: claude.text('Hi'),
  k: claude.toolUse('toolu_weather', 'weather').start,
  l: claude.toolUse('toolu_time', 'time').start,
};
const hi = { type: 'text', text: 'Hi' };
const callWeather = { type: 'tool_use', id: 'toolu_weather', name: 'weather', input: {} };
const callTime = { type: 'tool_use', id: 'toolu_time', name: 'time', input: {} };
const user = { role: 'user' as const, content: 'Hi' };
const why = 'time is nearly up';

function ask(...tools: Tool[]): ClaudeRequest {
  return { model: 'claude-test', max_tokens: 100, messages: [user], tools };
}

/** A conversation with this deadline; its tools have 6 ms of grace unless told otherwise. */
function hold(client: ClaudeClient, deadline: Deadline, tools: Tool[], options: ConverseOptions = {}) {
  return converse(client, ask(...tools), { grace: 6, deadline, ...options });
}

/** The history and the tool_choice of each request. */
function sentTo({ requests }: ScriptedClient): unknown[][] {
  return requests.map(({ body }) => [body.messages, body.tool_choice]);
}

/** These messages in full: other expectations may name only some fields. */
function exactly(messages: readonly object[]): unknown[] {
  return messages.map((message) => expect.objectContaining(message) as unknown);
}

describe('a conversation with 60 s of time, 5 s of them for its end', () => {
  const limits = { total: 60_000, wrapUp: 5_000 };

  marble('has its tools stopped after 55 s, and one last round without tools', (helpers) => {
    const { reply, scriptClaude, tool, flush, expectEvents, expectRuns } = helpers;
    const one = reply('     s---k-c---w---m|                            ', values);
    const weather = tool('weather', ' 10m r                             ');
    const two = reply('                             s-----o-t-c-e-m|    ', values);
    const expected = '      (Bs)k-(cK)(wS)m 55985ms (XEBs)o-t-c-e-m(EC|)';
    const weatherRun = '    ----------^---- 55985ms !                   ';

    const aborts: number[] = [];
    const noting: Tool = {
      ...weather,
      run: (input, context) => {
        context.signal.addEventListener('abort', () => aborts.push(asyncScheduler.now()));
        return weather.run(input, context);
      },
    };
    const client = scriptClaude(one, two);
    const history = [user, said(callWeather), answered(cutOff('weather', why))];
    const C = { reason: 'wrap_up', rounds: 2, messages: [...history, said(hi)] };
    expectEvents(hold(client, limits, [noting], { grace: 1_000 })).toBe(expected, { C });
    expectRuns(weather).toBe(weatherRun);
    flush();
    expect(aborts).toEqual([55_000]);
    expect(sentTo(client)).toEqual([
      [[user], undefined],
      [history, { type: 'none' }],
    ]);
    expect(client.requests[1]!.body.tools).toEqual(client.requests[0]!.body.tools);
  });

  marble('does not run a tool that Claude calls only then', (helpers) => {
    const { reply, scriptClaude, tool, flush, expectEvents, expectRuns } = helpers;
    const one = reply(' s---k-c---- 54993ms l-c---w----m|                  ', values);
    const two = reply('                                 s----o-t-c-e-m|    ', values);
    const expected = '  (Bs)k-(cK)- 54993ms k-(cL)(wXY)m(EBs)o-t-c-e-m(EC|)';

    const weather = tool('weather', '(r|)');
    const time = tool('time', '(r|)', {}, { idempotent: true });
    const client = scriptClaude(one, two);
    expectEvents(hold(client, limits, [weather, time])).toBe(expected, {
      K: added.toolCall('toolu_weather', 'weather', {}, 0),
      L: added.toolCall('toolu_time', 'time', {}, 1),
      X: { type: 'tool_result', name: 'weather', result: { is_error: true } },
      Y: { type: 'tool_result', name: 'time', result: { is_error: true } },
      C: { reason: 'wrap_up' },
    });
    expectRuns(weather).toBe([]);
    expectRuns(time).toBe([]);
    flush();
    const history = [user, said(callWeather, callTime), answered(unrun('weather', why), unrun('time', why))];
    expect(sentTo(client)[1]).toEqual([history, { type: 'none' }]);
  });

  marble('that is done in time notices nothing', ({ reply, scriptClaude, tool, flush, expectEvents }) => {
    const one = reply(' s---k-c---w----m|                           ', values);
    const two = '                       s----o-t- 54950ms c-e-m|    ';
    const expected = '  (Bs)k-(cK)(wSW)m(EBs)o-t- 54950ms c-e-m(EC|)';

    const client = scriptClaude(one, two);
    const run = hold(client, limits, [tool('weather', '(r|)')]);
    expectEvents(run).toBe(expected, { C: { reason: 'finished', stop_reason: 'end_turn', rounds: 2 } });
    flush();
    expect(sentTo(client)[1]).toEqual([expect.anything(), undefined]);
  });

  marble('that is answered to its end by then has no further round', ({ scriptClaude, tool, expectEvents }) => {
    const one = '      s---o-t- 54990ms t-t-t-t-t-c-e-m|    ';
    const expected = ' (Bs)o-t- 54990ms t-t-t-t-t-c-e-m(EC|)';

    const run = hold(scriptClaude(one), limits, [tool('weather', '-')]);
    expectEvents(run).toBe(expected, { C: { reason: 'finished', stop_reason: 'end_turn', rounds: 1 } });
  });
});

describe('the tools that are stopped', () => {
  marble('have no more than half of the time that is left', (helpers) => {
    const { reply, scriptClaude, tool, expectEvents, expectRuns } = helpers;
    const one = reply('     s---k-c---w---m|                            ', values);
    const weather = tool('weather', ' -                                 ');
    const two = '                                        s----o-e-m|    ';
    const expected = '      (Bs)k-(cK)(wS)m--------------(EBs)o-e-m(EC|)';
    const weatherRun = '    ----------^------------------!              ';

    const run = hold(scriptClaude(one, two), { total: 40, wrapUp: 22 }, [weather], { grace: 1_000 });
    expectEvents(run).toBe(expected, { C: { reason: 'wrap_up' } });
    expectRuns(weather).toBe(weatherRun);
  });
});

describe('the last round', () => {
  marble('fails with the total limit when it takes too long, after its end', (helpers) => {
    const { reply, scriptClaude, tool, expectEvents } = helpers;
    const one = reply(' s---k-c---w---m|                       ', values);
    const two = reply('                         s------o-t---c-', values);
    const expected = '  (Bs)k-(cK)(wS)m---------(XEBs)-o-t-(C#)';

    const run = hold(scriptClaude(one, two), { total: 35, wrapUp: 17 }, [tool('weather', '-')]);
    const error = Object.assign(deadlineError(35), { round: 2 });
    const messages = [user, said(callWeather), answered(cutOff('weather', why)), said(hi)];
    const C = { reason: 'error', error: toErrorFacts(error), rounds: 2, messages: exactly(messages) };
    expectEvents(run).toBe(expected, { C, '#': error });
  });

  marble('is the last one even when Claude calls a tool, which is not run', (helpers) => {
    const { reply, scriptClaude, tool, expectEvents, expectRuns } = helpers;
    const one = reply(' s---k-c---w---m|                              ', values);
    const two = reply('                         s-----l-c---w---m|    ', values);
    const expected = '  (Bs)k-(cK)(wS)m---------(XEBs)k-(cL)(wY)m(EC|)';

    const time = tool('time', '(r|)', {}, { idempotent: true });
    const weatherMessages = [user, said(callWeather), answered(cutOff('weather', why))];
    const messages = [...weatherMessages, said(callTime), answered(unrun('time', why))];
    const run = hold(scriptClaude(one, two), { total: 99, wrapUp: 81 }, [tool('weather', '-'), time]);
    expectEvents(run).toBe(expected, {
      K: added.toolCall('toolu_weather', 'weather'),
      L: added.toolCall('toolu_time', 'time', {}, 0, 2),
      X: { type: 'tool_result', name: 'weather', result: { is_error: true } },
      Y: { type: 'tool_result', name: 'time', result: { is_error: true } },
      C: { reason: 'wrap_up', rounds: 2, messages: exactly(messages) },
    });
    expectRuns(time).toBe([]);
  });

  marble('does not come where it would be one too many', ({ reply, scriptClaude, tool, expectEvents }) => {
    const one = reply(' s---k-c---w---m|              ', values);
    const expected = '  (Bs)k-(cK)(wS)m---------(XEC|)';

    const run = hold(scriptClaude(one), { total: 99, wrapUp: 81 }, [tool('weather', '-')], { maxRounds: 1 });
    expectEvents(run).toBe(expected, { C: { reason: 'max_rounds' } });
  });

  marble('may be stopped', ({ hot, reply, scriptClaude, tool, expectEvents }) => {
    const one = reply(' s---k-c---w---m|                      ', values);
    const two = '                               s-----o-t---c-';
    const stop$ = hot(' ----------------------------------x   ');
    const expected = '  (Bs)k-(cK)(wS)m---------(XEBs)o-t-(C|)';

    const run = hold(scriptClaude(one, two), { total: 99, wrapUp: 81 }, [tool('weather', '-')], { stop$ });
    expectEvents(run).toBe(expected, { C: { reason: 'stopped', rounds: 2 } });
  });

  marble('does not come from an attempt that breaks off: the attempt is repeated', (helpers) => {
    const { reply, scriptClaude, tool, flush, expectEvents } = helpers;
    const one = '      s---o-t-#                                        ';
    const two = reply('                   s---k-c---w---m|              ', values);
    const three = '                                      s----o-e-m|    ';
    const expected = ' (Bs)o-t-R----------s---k-(cK)(wX)m(EBs)o-e-m(EC|)';

    const retry = { minDelay: 11, random: () => 1 };
    const client = scriptClaude(one, two, three);
    const run = hold(client, { total: 99, wrapUp: 81 }, [tool('weather', '-')], { retry });
    expectEvents(run).toBe(expected, { C: { reason: 'wrap_up' } });
    flush();
    expect(sentTo(client).map(([, choice]) => choice)).toEqual([undefined, undefined, { type: 'none' }]);
  });

  describe.each([
    ['undefined', undefined],
    ['an empty list', []],
  ])('of a request whose tools are %s', (_, tools) => {
    marble('has no tool_choice, which the API accepts only with tools', ({ scriptClaude, flush, expectEvents }) => {
      const one = '      s---o-t-c-----y-m|                  ';
      const two = '                       s----o-t-c-e-m|    ';
      const expected = ' (Bs)o-t-c-----y-m(EBs)o-t-c-e-m(EC|)';

      const client = scriptClaude(one, two);
      const request: ClaudeRequest = {
        model: 'claude-test',
        max_tokens: 100,
        messages: [user],
        ...(tools && { tools }),
      };
      const run = converse(client, request, { deadline: { total: 99, wrapUp: 86 } });
      expectEvents(run).toBe(expected, { C: { reason: 'wrap_up' } });
      flush();
      expect(sentTo(client).map(([, choice]) => choice)).toEqual([undefined, undefined]);
    });
  });
});

describe('a round that does not hand `stopTools$` on', () => {
  marble('is cut off when the time of grace is over, and its calls are answered', (helpers) => {
    const { reply, tool, expectEvents, expectRuns } = helpers;
    const one = reply('     s---k-c---w---m|                           ', values);
    const weather = tool('weather', ' -                                ');
    const two = reply('                             s----o-t-c-e-m|    ', values);
    const expected = '      (Bs)k-(cK)(wS)m---------(EBs)o-t-c-e-m(EC|)';
    const weatherRun = '    ----------^-------------!                  ';

    const toRound: Round = (_, { round }) =>
      (round === 1 ? one : two).pipe(accumulateToolInput(), executeTools([weather]));
    const deadline = { total: 99, wrapUp: 81 };
    const run = of(ask(weather)).pipe(resumeConversation(toRound, { grace: 6, deadline }));
    const messages = [user, said(callWeather), answered(cutOff('weather', why)), said(hi)];
    expectEvents(run).toBe(expected, { C: { reason: 'wrap_up', messages } });
    expectRuns(weather).toBe(weatherRun);
  });
});

describe('a conversation keeps its deadline', () => {
  const changes: [string, (events$: Observable<RoundEvent>) => Observable<RoundEvent>, string][] = [
    ['logged', (events$) => events$.pipe(debugEvents({ sink: () => {} })), '(XEBs)'],
    ['copied', (events$) => events$.pipe(map((event) => ({ ...event }))), '(XEBs)'],
    ['written as JSON and read again', (events$) => events$.pipe(map(throughJson)), '(XEBs)'],
    [
      'left out, such as round_start',
      (events$) => events$.pipe(filter(({ type }) => type !== 'round_start')),
      '(XEs)-',
    ],
  ];

  describe.each(changes)('when its events are %s', (name, change, turn) => {
    marble('and has its last word', ({ reply, scriptClaude, tool, expectEvents }) => {
      const one = reply(' s---k-c---w---m|                            ', values);
      const two = '                               s-----o-t-c-e-m|    ';
      const starts = name.includes('round_start') ? 's---' : '(Bs)';
      const expected = `  ${starts}k-(cK)(wS)m---------${turn}o-t-c-e-m(EC|)`;

      const run = hold(scriptClaude(one, two), { total: 99, wrapUp: 81 }, [tool('weather', '-')]);
      expectEvents(change(run)).toBe(expected, { C: { reason: 'wrap_up' } });
    });

    marble('and its end before the error', ({ reply, scriptClaude, tool, expectEvents }) => {
      const one = reply(' s---k-c---w---m-----', values);
      const starts = name.includes('round_start') ? 's---' : '(Bs)';
      const expected = `  ${starts}k-(cK)(wS)m----(C#)`;

      const run = hold(scriptClaude(one), { total: 19 }, [tool('weather', '-')]);
      const error = Object.assign(deadlineError(19), { round: 1 });
      expectEvents(change(run)).toBe(expected, { C: { reason: 'error' }, '#': error });
    });
  });

  marble('when the events of its rounds are written as JSON and read again', (helpers) => {
    const { reply, tool, expectEvents, expectRuns } = helpers;
    const one = reply('     s---k-c---w---m|                            ', values);
    const weather = tool('weather', ' -                                 ');
    const two = reply('                             s-----o-t-c-e-m|    ', values);
    const expected = '      (Bs)k-(cK)(wS)m---------(XEBs)o-t-c-e-m(EC|)';
    const weatherRun = '    ----------^-------------!                   ';

    const toRound: Round = (_, { round, stopTools$ }) =>
      (round === 1 ? one : two).pipe(
        ...([map(throughJson), accumulateToolInput(), map(throughJson), validateWith([weather])] as const),
        ...([map(throughJson), retryRound(), map(throughJson)] as const),
        executeTools([weather], { stop$: stopTools$, grace: 6 }),
        map(throughJson),
      );
    const deadline = { total: 99, wrapUp: 81 };
    const run = of(ask(weather)).pipe(resumeConversation(toRound, { grace: 6, deadline }));
    expectEvents(run).toBe(expected, { C: { reason: 'wrap_up' } });
    expectRuns(weather).toBe(weatherRun);
  });
});

function throughJson(event: RoundEvent): RoundEvent {
  return JSON.parse(JSON.stringify(event)) as RoundEvent;
}
