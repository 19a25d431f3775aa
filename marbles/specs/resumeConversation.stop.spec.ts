import { asyncScheduler, type Observable, of, Subject } from 'rxjs';
import { accumulateToolInput, claudeStream, executeTools } from '../../src/index.js';
import { checkHistory } from '../../src/history/index.js';
import { resumeConversation, retryRound } from '../../src/index.js';
import type { ClaudeClient, ClaudeRequest, RoundEvent, Tool } from '../../src/index.js';
import { claude, marble } from '../index.js';
import { reacting } from './support/reacting.js';
import { frozen } from './support/frozen.js';
import { answered, answerTo, cutOff, said, unrun } from './support/messages.js';

// The conversation is stopped where `stop$` has an x.
//
// s message_start  o a text block starts  t text  k a tool_use block starts  i a piece of a tool's input
// c content_block_stop  w message_delta with stop_reason tool_use  e message_delta with stop_reason end_turn
// m message_stop  B round_start  R round_retry  E round_end  C conversation_end  I tool_input  K tool_call
// S tool_start  W tool_result  X tool_result with is_error

/** Claude says `Hi`, calls the tool `weather` with `k` (and `i` as its input), and the tool `time` with `l`. */
const values = frozen({
  t: claude.text('Hi'),
  k: claude.toolUse('toolu_weather', 'weather').start,
  i: claude.inputJson('{"city":"Oslo"}'),
  l: claude.toolUse('toolu_time', 'time').start,
});
const hi = { type: 'text', text: 'Hi' };
const callWeather = { type: 'tool_use', id: 'toolu_weather', name: 'weather', input: {} };
const callTime = { type: 'tool_use', id: 'toolu_time', name: 'time', input: {} };
const why = 'the conversation was stopped';
const q: ClaudeRequest = frozen({ model: 'claude-test', max_tokens: 100, messages: [{ role: 'user', content: 'Hi' }] });

interface Setting {
  readonly stop$: Observable<unknown>;
  readonly grace: number;
  readonly tools?: Tool[];
  /** Whether the rounds hand `stopTools$` on. Default: true. */
  readonly wired?: false;
}

/** A conversation whose rounds are as `converse` makes them, with a wait of 6 ms before another attempt. */
function hold(client: ClaudeClient, { stop$, grace, tools = [], wired }: Setting): Observable<RoundEvent> {
  const retry = retryRound({ minDelay: 6, random: () => 1 });
  const conversation = resumeConversation(
    (request, { stopTools$ }) =>
      claudeStream(client, request).pipe(
        accumulateToolInput(),
        retry,
        executeTools(tools, wired === false ? {} : { stop$: stopTools$, grace }),
      ),
    { stop$, grace },
  );
  return of(q).pipe(conversation);
}

/** These messages in full: other expectations may name only some fields. */
function exactly(messages: readonly object[]): unknown[] {
  return messages.map((message) => expect.objectContaining(message) as unknown);
}

/**
 * The end of a conversation that was stopped and has added these messages to its history. The API
 * accepts every such history with a new user message at its end.
 */
function stopped(added: object[], more: object = {}): unknown {
  const messages = [...q.messages, ...added] as ClaudeRequest['messages'];
  expect(checkHistory([...messages, { role: 'user', content: 'And now?' }])).toEqual([]);
  return { type: 'conversation_end', reason: 'stopped', error: undefined, messages: exactly(messages), ...more };
}

describe('stopped while Claude speaks', () => {
  marble('before the reply begins', ({ hot, scriptClaude, expectEvents, expectRequests }) => {
    const one = '       -------s---';
    const stop$ = hot(' ----x      ');
    const expected = '  B---(C|)   ';
    const sent = '      ^---!      ';

    const client = scriptClaude(one);
    const C = stopped([], { message: undefined, rounds: 1 });
    expectEvents(hold(client, { stop$, grace: 9 })).toBe(expected, { C });
    expectRequests(client).toBe(sent);
  });

  marble('in the text: it ends at once, and keeps what there is', (helpers) => {
    const { hot, reply, scriptClaude, expectEvents, expectRequests } = helpers;
    const one = reply(' s---o-t-t---t--', values);
    const stop$ = hot(' ----------x    ');
    const expected = '  (Bs)o-t-t-(C|) ';
    const sent = '      ^---------!    ';

    const client = scriptClaude(one);
    const content = [{ type: 'text', text: 'HiHi' }];
    const C = stopped([said(...content)], { message: { stop_reason: null, content } });
    expectEvents(hold(client, { stop$, grace: 9 })).toBe(expected, { C });
    expectRequests(client).toBe(sent);
  });

  marble('in a half-written call: the half is left out', ({ hot, reply, scriptClaude, expectEvents }) => {
    const one = reply(' s---o-t-c-k-i-----c-', values);
    const stop$ = hot(' ----------------x   ');
    const expected = '  (Bs)o-t-c-k-(iI)(C|)';

    const run = hold(scriptClaude(one), { stop$, grace: 9 });
    expectEvents(run).toBe(expected, { C: stopped([said(hi)]) });
  });

  marble('after a call: it is answered, and not run', ({ hot, reply, scriptClaude, expectEvents }) => {
    const one = reply(' s---k-i---c-----w---m|', values);
    const stop$ = hot(' --------------x       ');
    const expected = '  (Bs)k-(iI)(cK)(C|)    ';

    const call = { ...callWeather, input: { city: 'Oslo' } };
    const run = hold(scriptClaude(one), { stop$, grace: 9 });
    expectEvents(run).toBe(expected, { C: stopped([said(call), answered(unrun('weather', why))]) });
  });

  marble('with one early tool done and one not: both calls are answered truly', (helpers) => {
    const { hot, reply, scriptClaude, tool, expectEvents, expectRuns } = helpers;
    const one = reply(' s---k-c-----l-c------w-', values);
    const stop$ = hot(' -------------------x   ');
    const expected = `
      ms                0   4 6    11 14   19
      claude              s-k--c----k--c
      weather                   KS=W
      time                              KS==
      result            (Bs)k-(cKS)Wk-(cKS)(C|)
    `;
    const timeRun = '   --------------^----!   ';

    const weather = tool('weather', '-----(r|)', { r: 'sunny' }, { idempotent: true });
    const time = tool('time', '--------r', {}, { idempotent: true });
    const results = answered(answerTo('weather', 'sunny'), cutOff('time', why));
    const run = hold(scriptClaude(one), { stop$, grace: 9, tools: [weather, time] });
    expectEvents(run).toBe(expected, { C: stopped([said(callWeather, callTime), results]) });
    expectRuns(time).toBe(timeRun);
  });
});

describe('stopped while tools run', () => {
  marble('their results in the time of grace count', (helpers) => {
    const { hot, reply, scriptClaude, tool, flush, expectEvents, expectRequests, expectRuns } = helpers;
    const one = reply('     s---k-c---w---m|          ', values);
    const weather = tool('weather', ' ----------(r|)  ', { r: 'sunny' });
    const stop$ = hot('     ----------------x         ');
    const expected = '      (Bs)k-(cK)(wS)m-----(WEC|)';
    const sent = '          ^--------------|          ';
    const weatherRun = '    ----------^---------|     ';

    const aborts: number[] = [];
    const noting: Tool = {
      ...weather,
      run: (input, context) => {
        context.signal.addEventListener('abort', () => aborts.push(asyncScheduler.now()));
        return weather.run(input, context);
      },
    };
    const client = scriptClaude(one);
    const added = [said(callWeather), answered(answerTo('weather', 'sunny'))];
    const C = stopped(added, { rounds: 1, usage_estimated: false, message: { stop_reason: 'tool_use' } });
    expectEvents(hold(client, { stop$, grace: 9, tools: [noting] })).toBe(expected, { C });
    expectRequests(client).toBe(sent);
    expectRuns(weather).toBe(weatherRun);
    flush();
    expect(aborts).toEqual([16]);
  });

  marble('they are given up when that is over', ({ hot, reply, scriptClaude, tool, expectEvents, expectRuns }) => {
    const one = reply('     s---k-c---w---m|           ', values);
    const weather = tool('weather', ' --------------r  ');
    const stop$ = hot('     ----------------x          ');
    const expected = '      (Bs)k-(cK)(wS)m------(XEC|)';
    const weatherRun = '    ----------^----------!     ';

    const run = hold(scriptClaude(one), { stop$, grace: 5, tools: [weather] });
    expectEvents(run).toBe(expected, { C: stopped([said(callWeather), answered(cutOff('weather', why))]) });
    expectRuns(weather).toBe(weatherRun);
  });

  marble('they are given up at once without grace', (helpers) => {
    const { hot, reply, scriptClaude, tool, expectEvents, expectRuns } = helpers;
    const one = reply('     s---k-c---w---m|         ', values);
    const weather = tool('weather', ' --------------r');
    const stop$ = hot('     ----------------x        ');
    const expected = '      (Bs)k-(cK)(wS)m-(XEC|)   ';
    const weatherRun = '    ----------^-----!        ';

    const run = hold(scriptClaude(one), { stop$, grace: 0, tools: [weather] });
    expectEvents(run).toBe(expected, { C: stopped([said(callWeather), answered(cutOff('weather', why))]) });
    expectRuns(weather).toBe(weatherRun);
  });

  marble('in a round that ignores `stopTools$`: it is cut off, and what had come is kept', (helpers) => {
    const { hot, reply, scriptClaude, tool, expectEvents, expectRuns } = helpers;
    const one = reply(' s---k-c---l-c---w-------m|      ', values);
    const weather = tool('weather', '   ------(r|)      ', { r: 'sunny' });
    const time = tool('time', '         ---------------r');
    const stop$ = hot(' --------------------------x     ');
    const expected = `
      ms                0   4 6   10    16    22 24     31
      claude              s-k--c--k--c---w------m
      weather                   K.........S===W
      time                            K....S============
      result            (Bs)k-(cK)k-(cK)(wSS)-W-m------(C|)
    `;
    const timeRun = '   ----------------^--------------!';

    const results = answered(answerTo('weather', 'sunny'), cutOff('time', why));
    const run = hold(scriptClaude(one), { stop$, grace: 5, tools: [weather, time], wired: false });
    expectEvents(run).toBe(expected, { C: stopped([said(callWeather, callTime), results]) });
    expectRuns(time).toBe(timeRun);
  });

  marble('and one of them fails the round: it is stopped all the same', (helpers) => {
    const { hot, reply, scriptClaude, tool, expectEvents } = helpers;
    const one = reply(' s---k-c---w------#       ', { ...values, '#': new Error('boom') });
    const stop$ = hot(' ---------------x         ');
    const expected = '  (Bs)k-(cK)(wS) 10ms (XC|)';

    const run = hold(scriptClaude(one), { stop$, grace: 9, tools: [tool('weather', '-')] });
    expectEvents(run).toBe(expected, { C: stopped([said(callWeather), answered(cutOff('weather', why))]) });
  });
});

describe('stopped when Claude has said all', () => {
  marble('waits for the end of the round', ({ hot, reply, scriptClaude, expectEvents }) => {
    const one = reply(' s---o-t-c-e---m|    ', values);
    const stop$ = hot(' ------------x       ');
    const expected = '  (Bs)o-t-c-e---m(EC|)';

    const C = stopped([said(hi)], { message: { stop_reason: 'end_turn' }, usage_estimated: false });
    expectEvents(hold(scriptClaude(one), { stop$, grace: 9 })).toBe(expected, { C });
  });

  marble('but not longer than the time of grace', ({ hot, reply, scriptClaude, expectEvents, expectRequests }) => {
    const one = reply(' s---o-t-c-e---m----- ', values);
    const stop$ = hot(' ------------x        ');
    const expected = '  (Bs)o-t-c-e---m--(C|)';
    const sent = '      ^----------------!   ';

    const client = scriptClaude(one);
    expectEvents(hold(client, { stop$, grace: 5 })).toBe(expected, { C: stopped([said(hi)]) });
    expectRequests(client).toBe(sent);
  });

  marble('sends nothing again, even when the response breaks in that time', (helpers) => {
    const { hot, reply, scriptClaude, expectEvents, expectRequests } = helpers;
    const one = reply(' s---o-t-c-e---#   ', values);
    const stop$ = hot(' ------------x     ');
    const expected = '  (Bs)o-t-c-e---(C|)';
    const sent = '      ^-------------#   ';

    const client = scriptClaude(one);
    expectEvents(hold(client, { stop$, grace: 9 })).toBe(expected, { C: stopped([said(hi)]) });
    expectRequests(client).toBe(sent);
  });
});

describe('stopped where nothing is under way', () => {
  marble('between two rounds, at a round_end', ({ reply, scriptClaude, tool, expectEvents, expectRequests }) => {
    const one = reply(' s---k-c---w----m|    ', values);
    const expected = '  (Bs)k-(cK)(wSW)m(EC|)';
    const sent = '      ^---------------|    ';

    const stop$ = new Subject<string>();
    const client = scriptClaude(one);
    const stopAtEnd = reacting<RoundEvent>(({ type }) => {
      if (type === 'round_end') stop$.next('enough');
    });
    const run = hold(client, { stop$, grace: 9, tools: [tool('weather', '(r|)', { r: 'sunny' })] });
    const C = stopped([said(callWeather), answered(answerTo('weather', 'sunny'))], { rounds: 1 });
    expectEvents(run.pipe(stopAtEnd)).toBe(expected, { C });
    expectRequests(client).toBe(sent);
  });

  marble('between two rounds, at a round_start', ({ reply, scriptClaude, tool, expectEvents, expectRequests }) => {
    const one = reply(' s---k-c---w----m|     ', values);
    const expected = '  (Bs)k-(cK)(wSW)m(EBC|)';
    const sent = '      ^---------------|     ';

    const stop$ = new Subject<string>();
    const client = scriptClaude(one);
    const stopAtSecondStart = reacting<RoundEvent>((event) => {
      if (event.type === 'round_start' && event.round === 2) stop$.next('enough');
    });
    const run = hold(client, { stop$, grace: 9, tools: [tool('weather', '(r|)', { r: 'sunny' })] });
    const added = [said(callWeather), answered(answerTo('weather', 'sunny'))];
    const C = stopped(added, { rounds: 2, usage_estimated: false });
    expectEvents(run.pipe(stopAtSecondStart)).toBe(expected, { C });
    expectRequests(client).toBe(sent);
  });

  marble('in the wait before another attempt', ({ hot, reply, scriptClaude, expectEvents, expectRequests }) => {
    const one = reply(' s---o-t-#      ', values);
    const stop$ = hot(' -----------x   ');
    const expected = '  (Bs)o-t-R--(C|)';
    const sent = '      ^-------#      ';

    const client = scriptClaude(one);
    expectEvents(hold(client, { stop$, grace: 9 })).toBe(expected, { C: stopped([]) });
    expectRequests(client).toBe(sent);
  });
});
