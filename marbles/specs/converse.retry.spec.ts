import { asyncScheduler, of } from 'rxjs';
import { converse, createBreaker, toErrorFacts } from '../../src/index.js';
import type { ClaudeRequest, ConverseOptions, RetryPolicy, Tool } from '../../src/index.js';
import { apiError, claude, marble } from '../index.js';
import { answered, answerTo, cutOff, said } from './support/messages.js';
import { circuitOpenError, tagged, timeoutGuardError } from '../../test/support/errors.js';

// What breaks off fails with the API's `overloaded_error`, unless a test says otherwise.
//
// s message_start  o a text block starts  t text  k a tool_use block starts  c content_block_stop
// w message_delta with stop_reason tool_use  e message_delta with stop_reason end_turn  m message_stop  B round_start
// R round_retry  E round_end  C conversation_end  K tool_call  S tool_start  W tool_result
// X tool_result with is_error

const user = { role: 'user' as const, content: 'Hi' };
/** Claude says `Hi`, or calls the tool `weather`. */
const values = { t: claude.text('Hi'), k: claude.toolUse('toolu_weather', 'weather').start };
const hi = { type: 'text', text: 'Hi' };
const call = { type: 'tool_use', id: 'toolu_weather', name: 'weather', input: {} };
const busy = apiError('overloaded_error');
/** A wait of 4 ms, and of 8 the second time. */
const retry: RetryPolicy = { minDelay: 4, random: () => 1 };

function ask(...tools: Tool[]): ClaudeRequest {
  return { model: 'claude-test', max_tokens: 100, messages: [user], tools };
}

/** These messages in full: other expectations may name only some fields. */
function exactly(messages: readonly object[]): unknown[] {
  return messages.map((message) => expect.objectContaining(message) as unknown);
}

describe('a round that breaks off', () => {
  marble('is tried again, as the same round with the same request', (helpers) => {
    const { reply, scriptClaude, flush, expectEvents, expectRequests } = helpers;
    const one = reply(' s---o-t-#                     ', values);
    const two = reply('             s---o-t-c-e-m|    ', values);
    const expected = '  (Bs)o-t-R---s---o-t-c-e-m(EC|)';
    const oneSent = '   ^-------#                     ';
    const twoSent = '   ------------^------------|    ';

    const client = scriptClaude(one, two);
    const messages = [user, said(hi)];
    const usage = { input_tokens: 20, output_tokens: 6 };
    const C = { reason: 'finished', stop_reason: 'end_turn', rounds: 1, messages, usage, usage_estimated: true };
    expectEvents(converse(client, ask(), { retry })).toBe(expected, { C });
    expectRequests(client).toBe([oneSent, twoSent]);
    flush();
    expect(client.requests[1]!.body).toEqual(client.requests[0]!.body);
  });

  marble('is tried again twice unless told otherwise, with longer waits', (helpers) => {
    const { reply, scriptClaude, flush, expectEvents } = helpers;
    const refusal = apiError('overloaded_error', { status: 529 });
    const error = apiError('overloaded_error', { message: 'the last one' });
    const one = '      s---#                       ';
    const two = reply('        s---#               ', { '#': refusal });
    const three = reply('                  s---#   ', { '#': error });
    const expected = ' (Bs)R---s---R-------s---(C#)';

    const random = jest.spyOn(Math, 'random').mockReturnValue(0.004);
    const C = { reason: 'error', error: toErrorFacts(Object.assign(error, { round: 1, attempt: 3 })), rounds: 1 };
    expectEvents(converse(scriptClaude(one, two, three), ask())).toBe(expected, { C, '#': error });
    flush();
    random.mockRestore();
  });

  marble('fails with `retry: false`', ({ scriptClaude, expectEvents }) => {
    const reply = '    s---o-t-#   ';
    const expected = ' (Bs)o-t-(C#)';

    expectEvents(converse(scriptClaude(reply), ask(), { retry: false })).toBe(expected, { '#': busy });
  });

  marble('is tried again when it ended before its end', ({ scriptClaude, expectEvents }) => {
    const one = '      s---o|                     ';
    const two = '               s---o-t-c-e-m|    ';
    const expected = ' (Bs)oR---s---o-t-c-e-m(EC|)';

    expectEvents(converse(scriptClaude(one, two), ask(), { retry })).toBe(expected);
  });

  marble('is tried again when it was silent for too long', ({ scriptClaude, expectEvents, expectRequests }) => {
    const one = '      s---o---------              ';
    const two = '                    s---o-e-m|    ';
    const expected = ' (Bs)o-----R---s---o-e-m(EC|)';
    const oneSent = '  ^---------!                 ';
    const twoSent = '  --------------^--------|    ';

    const client = scriptClaude(one, two);
    expectEvents(converse(client, ask(), { retry, timeout: { each: 6 } })).toBe(expected);
    expectRequests(client).toBe([oneSent, twoSent]);
  });

  marble('fails when its whole time was up', ({ scriptClaude, expectEvents }) => {
    const reply = '    s---o-t----t';
    const expected = ' (Bs)o-t-(C#)';

    const run = converse(scriptClaude(reply), ask(), { retry, timeout: { total: 8 } });
    expectEvents(run).toBe(expected, { '#': timeoutGuardError('total', 8) });
  });

  marble('does not have the work of its idempotent tools done again', (helpers) => {
    const { reply, scriptClaude, tool, flush, expectEvents, expectRuns } = helpers;
    const one = reply('  s---k-c-----#                                  ', values);
    const two = reply('                  s---k-c----w---m|              ', values);
    const three = '                                      s----o-e-m|    ';
    const expected = '   (Bs)k-(cKSW)R---s---k-(cKW)w---m(EBs)o-e-m(EC|)';
    const weatherRun = ' ------(^|)                                     ';

    const weather = tool('weather', '(r|)', { r: 'sunny' }, { idempotent: true });
    const client = scriptClaude(one, two, three);
    expectEvents(converse(client, ask(weather), { retry })).toBe(expected);
    expectRuns(weather).toBe(weatherRun);
    flush();
    expect(client.requests[2]!.body.messages).toEqual([user, said(call), answered(answerTo('weather', 'sunny'))]);
  });

  marble('fails once it has started a tool that must not run twice', (helpers) => {
    const { reply, scriptClaude, tool, expectEvents, expectRequests, expectRuns } = helpers;
    const one = reply('  s---k-c---w---#         ', values);
    const expected = '   (Bs)k-(cK)(wS) 9ms (XC#)';
    const sent = '       ^-------------#         ';
    const weatherRun = ' ----------^--- 9ms !    ';

    const client = scriptClaude(one);
    const weather = tool('weather', '-');
    const messages = [user, said(call), answered(cutOff('weather', 'the reply broke off'))];
    const C = { type: 'conversation_end', messages: exactly(messages) };
    expectEvents(converse(client, ask(weather), { retry, grace: 9 })).toBe(expected, { C, '#': busy });
    expectRequests(client).toBe(sent);
    expectRuns(weather).toBe(weatherRun);
  });

  marble('is not tried again by a subscriber that has left in the wait', (helpers) => {
    const { scriptClaude, expectEvents, expectRequests } = helpers;
    const reply = '    s---o-t-#  ';
    const unsub = '    ----------!';
    const expected = ' (Bs)o-t-R- ';
    const sent = '     ^-------#  ';

    const client = scriptClaude(reply);
    expectEvents(converse(client, ask(), { retry }), unsub).toBe(expected);
    expectRequests(client).toBe(sent);
  });
});

describe('a breaker', () => {
  marble('counts each attempt, and then nothing is sent', ({ scriptClaude, expectEvents, expectRequests }) => {
    const one = '      s---#                   ';
    const two = '              s---#           ';
    const expected = ' (Bs)R---s---R-------(C#)';
    const otherSub = ' --------------^         ';
    const other = '    --------------(BC#)     ';
    const oneSent = '  ^---#                   ';
    const twoSent = '  --------^---#           ';

    const client = scriptClaude(one, two);
    const run = converse(client, ask(), { retry, breaker: createBreaker({ failures: 2, openFor: 100 }) });
    const C = { reason: 'error', error: { tag: 'CircuitOpenError', round: 1 } };
    expectEvents(run).toBe(expected, { C, '#': circuitOpenError(112, 92) });
    expectEvents(run, otherSub).toBe(other, { '#': circuitOpenError(112, 98) });
    expectRequests(client).toBe([oneSent, twoSent]);
  });
});

describe('an end that is asked for', () => {
  marble('by `stop$` reaches the tools, which have `grace`', (helpers) => {
    const { hot, reply, scriptClaude, tool, flush, expectEvents, expectRuns } = helpers;
    const one = reply('  s---k-c---w---m|         ', values);
    const stop$ = hot('  ----------------x        ');
    const expected = '   (Bs)k-(cK)(wS)m----(XEC|)';
    const weatherRun = ' ----------^--------!     ';

    const weather = tool('weather', '-');
    const aborts: number[] = [];
    const noting: Tool = {
      ...weather,
      run: (input, context) => {
        context.signal.addEventListener('abort', () => aborts.push(asyncScheduler.now()));
        return weather.run(input, context);
      },
    };
    const messages = [user, said(call), answered(cutOff('weather', 'the conversation was stopped'))];
    const run = converse(scriptClaude(one), ask(noting), { stop$, grace: 3 });
    expectEvents(run).toBe(expected, { C: { reason: 'stopped', messages } });
    expectRuns(weather).toBe(weatherRun);
    flush();
    expect(aborts).toEqual([16]);
  });

  marble('by a signal that is aborted already sends nothing', ({ scriptClaude, expectEvents, expectRequests }) => {
    const expected = '(C#)';

    const client = scriptClaude();
    const signal = AbortSignal.abort(new Error('enough'));
    const C = { reason: 'error', rounds: 0, messages: [user], usage_estimated: false };
    const run = converse(client, ask(), { stream: { signal } });
    expectEvents(run).toBe(expected, { C, '#': new Error('enough') });
    expectRequests(client).toBe([]);
  });

  describe.each([
    ['in the text', '        s---o-t---t  ', '(Bs)o-t--(C#)  ', '^--------!'],
    ['in the wait', '        s---o-#      ', '(Bs)o-R--(C#)  ', '^-----#   '],
    ['while a tool runs', '  (skcw)---m-- ', '(BskcKwS)(C#)  ', '^--------!'],
  ])('by an abort of the signal, %s,', (_, diagram, expected, sent) => {
    marble('fails at once, after its end', (helpers) => {
      const { reply, scriptClaude, tool, expectEvents, expectRequests } = helpers;
      const controller = new AbortController();
      const client = scriptClaude(reply(diagram, values));
      const options = { retry: { ...retry, minDelay: 99 }, stream: { signal: controller.signal } };
      const enough = new Error('enough');
      const C = { reason: 'error', error: enough };
      expectEvents(converse(client, ask(tool('weather', '-')), options)).toBe(expected, { C, '#': enough });
      expectRequests(client).toBe(sent);
      asyncScheduler.schedule(() => {
        controller.abort(new Error('enough'));
      }, 9);
    });
  });
});

it.each<[string, unknown, string]>([
  ['tools.concurrency', 0, 'executeTools.concurrency'],
  ['tools.timeout', 0, 'executeTools.timeout'],
  ['tools.maxResultChars', 1.5, 'executeTools.maxResultChars'],
  ['tools.maxFileChars', 0, 'executeTools.maxFileChars'],
  ['maxRounds', 0, 'resumeConversation.maxRounds'],
  ['budget.output_tokens', 0, 'resumeConversation.budget.output_tokens'],
  ['grace', -1, 'executeTools.grace'],
  ['history', 'mend', 'resumeConversation.history'],
  ['timeout.first', 0, 'timeoutGuard.first'],
  ['timeout.each', -1, 'timeoutGuard.each'],
  ['timeout.total', '5', 'timeoutGuard.total'],
  ['retry.retries', -1, 'retryRound.retries'],
  ['retry.minDelay', 0, 'retryRound.minDelay'],
  ['retry.maxDelay', NaN, 'retryRound.maxDelay'],
  ['retry.maxRetryAfter', 2 ** 31, 'retryRound.maxRetryAfter'],
  ['stream.maxEventChars', 0, 'claudeStream.maxEventChars'],
  ['input.maxInputChars', Infinity, 'accumulateToolInput.maxInputChars'],
  ['input.maxInputDepth', 513, 'accumulateToolInput.maxInputDepth'],
  ['input.maxBufferedChars', '5', 'validateWith.maxBufferedChars'],
])('refuses a bad %s at once, in the words of the operator that it is for', (path, value, name) => {
  const [option, field] = path.split('.') as [string, string | undefined];
  const options = { [option]: field === undefined ? value : { [field]: value } } as ConverseOptions;
  const refusing = () => converse({ messages: { create: () => of() } }, ask(), options);
  expect(refusing).toThrow(tagged('OptionError'));
  expect(refusing).toThrow(`\`${name}\``);
});
