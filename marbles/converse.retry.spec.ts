import { asyncScheduler, map, NEVER, of } from 'rxjs';
import { CircuitOpenError, converse, createBreaker, OptionError, TimeoutGuardError } from '../src/index.js';
import type { ClaudeRequest, ConverseOptions, RetryPolicy, Tool, ToolContext } from '../src/index.js';
import { marble } from './kit/session/marble.js';
import { claude, letterOf } from './support/alphabet.js';
import { fakeClient } from './support/fakeClient.js';
import { fakeTool } from './support/fakeTool.js';
import { answered, answerTo, cutOff, said, text } from './support/messages.js';
import { overloaded, refused } from './support/overloaded.js';
import { watchEnd } from './support/watchEnd.js';

// B round_start, K tool_call, S tool_start, W tool_result, R round_retry, E round_end, C conversation_end.
const user = { role: 'user' as const, content: 'Hi' };
const busy = overloaded();
const callK = claude.k.content_block;
/** A wait of 4 ms, and of 8 the second time. */
const retry: RetryPolicy = { minDelay: 4, random: () => 1 };

function ask(...tools: Tool[]): ClaudeRequest {
  return { model: 'claude-test', max_tokens: 100, messages: [user], tools };
}

describe('a round that breaks off', () => {
  marble('is tried again, as the same round with the same request', ({ cold, flush, expectObservable }) => {
    const one = cold(' s---o-t-#                   ', claude, busy);
    const two = cold('             s---o-t-c-e-m|  ', claude);
    const expected = ' (Bs)o-t-R---s---o-t-c-e-m(EC|)';

    const client = fakeClient(one, two);
    const { letters, end } = watchEnd(converse(client, ask(), { retry }));
    expectObservable(letters).toBe(expected);
    flush();
    expect(client.sent[1]!.params).toEqual(client.sent[0]!.params);
    expect(end()).toMatchObject({ reason: 'end_turn', rounds: 1, messages: [user, said(text('Hi'))] });
    expect(end()).toMatchObject({ usage: { input_tokens: 20, output_tokens: 6 }, usage_estimated: true });
  });

  marble('is tried again twice unless told otherwise, with longer waits', ({ cold, flush, expectObservable }) => {
    const one = cold('  s---#                        ', claude, busy);
    const two = cold('          s---#                ', claude, refused(529));
    const three = cold('                    s---#      ', claude, overloaded('the last one'));
    const expected = '  (Bs)R---s---R-------s---(C#) ';

    const random = jest.spyOn(Math, 'random').mockReturnValue(0.004);
    const { letters, end } = watchEnd(converse(fakeClient(one, two, three), ask()));
    expectObservable(letters).toBe(expected, undefined, overloaded('the last one'));
    flush();
    random.mockRestore();
    expect(end()).toMatchObject({ reason: 'error', error: { message: 'the last one' }, rounds: 1 });
  });

  marble('fails with `retry: false`', ({ cold, expectObservable }) => {
    const reply = cold('s---o-t-#     ', claude, busy);
    const expected = '  (Bs)o-t-(C#)  ';

    const run = converse(fakeClient(reply), ask(), { retry: false });
    expectObservable(run.pipe(map(letterOf))).toBe(expected, undefined, busy);
  });

  marble('is tried again when it ended before its end', ({ cold, expectObservable }) => {
    const one = cold(' s---o|                    ', claude);
    const two = cold('          s---o-t-c-e-m|   ', claude);
    const expected = ' (Bs)oR---s---o-t-c-e-m(EC|)';

    expectObservable(converse(fakeClient(one, two), ask(), { retry }).pipe(map(letterOf))).toBe(expected);
  });

  marble('is tried again when it was silent for too long', ({ cold, expectObservable, expectSubscriptions }) => {
    const one = cold(' s---o---------            ', claude);
    const two = cold('               s---o-e-m|  ', claude);
    const expected = ' (Bs)o-----R---s---o-e-m(EC|)';
    const oneSubs = '  ^---------!               ';

    const run = converse(fakeClient(one, two), ask(), { retry, timeout: { each: 6 } });
    expectObservable(run.pipe(map(letterOf))).toBe(expected);
    expectSubscriptions(one.subscriptions).toBe(oneSubs);
  });

  marble('fails when its whole time was up', ({ cold, expectObservable }) => {
    const reply = cold('s---o-t----t    ', claude);
    const expected = '  (Bs)o-t-(C#)    ';

    const run = converse(fakeClient(reply), ask(), { retry, timeout: { total: 8 } });
    expectObservable(run.pipe(map(letterOf))).toBe(expected, undefined, new TimeoutGuardError('total', 8));
  });

  marble('does not have the work of its idempotent tools done again', ({ cold, flush, expectObservable }) => {
    const one = cold('  s---k-a-----#                               ', claude, busy);
    const two = cold('                  s---k-a----w---m|           ', claude);
    const three = cold('                                s----o-e-m| ', claude);
    const expected = '  (Bs)k-(aKSW)R---s---k-(aKW)w---m(EBs)o-e-m(EC|)';

    const run = jest.fn(() => 'r');
    const client = fakeClient(one, two, three);
    const { letters } = watchEnd(converse(client, ask(fakeTool('k', run, { idempotent: true })), { retry }));
    expectObservable(letters).toBe(expected);
    flush();
    expect(run).toHaveBeenCalledTimes(1);
    expect(client.sent[2]!.params.messages).toEqual([user, said(callK), answered(answerTo('k', 'r'))]);
  });

  marble('fails once it has started a tool that must not run twice', ({ cold, flush, expectObservable }) => {
    const reply = cold('s---k-a---w---#   ', claude, busy);
    const expected = '  (Bs)k-(aK)(wS) 9ms (WC#)';

    const client = fakeClient(reply);
    const { letters, end } = watchEnd(converse(client, ask(fakeTool('k', () => NEVER)), { retry, grace: 9 }));
    expectObservable(letters).toBe(expected, undefined, busy);
    flush();
    expect(client.sent).toHaveLength(1);
    expect(end().messages).toEqual([user, said(callK), answered(cutOff('k', 'the reply broke off'))]);
  });

  marble('is not tried again by a subscriber that has left in the wait', ({ cold, flush, expectObservable }) => {
    const reply = cold('s---o-t-#     ', claude, busy);
    const unsub = '     ----------!   ';
    const expected = '  (Bs)o-t-R-    ';

    const client = fakeClient(reply);
    expectObservable(converse(client, ask(), { retry }).pipe(map(letterOf)), unsub).toBe(expected);
    flush();
    expect(client.sent).toHaveLength(1);
  });
});

describe('a breaker', () => {
  marble('counts each attempt, and then nothing is sent', ({ cold, flush, expectObservable }) => {
    const reply = cold(' s---#                         ', claude, busy);
    //                           s---#
    const expected = '   (Bs)R---s---R-------(C#)      ';
    const otherSub = '   --------------^               ';
    const other = '      --------------(BC#)           ';

    const client = fakeClient(reply);
    const run = converse(client, ask(), { retry, breaker: createBreaker({ failures: 2, openFor: 100 }) });
    const { letters, end } = watchEnd(run);
    expectObservable(letters).toBe(expected, undefined, new CircuitOpenError(112, 92));
    expectObservable(run.pipe(map(letterOf)), otherSub).toBe(other, undefined, new CircuitOpenError(112, 98));
    flush();
    expect(client.sent).toHaveLength(2);
    expect(end()).toMatchObject({ reason: 'error', error: { _tag: 'CircuitOpenError', round: 1 } });
  });
});

describe('an end that is asked for', () => {
  marble('by `stop$` reaches the tools, which have `grace`', ({ cold, hot, flush, expectObservable }) => {
    const reply = cold('s---k-a---w---m|          ', claude);
    const stop$ = hot(' ----------------x         ');
    const expected = '  (Bs)k-(aK)(wS)m----(WEC|) ';

    const aborts: number[] = [];
    const run = (_: unknown, { signal }: ToolContext) => {
      signal.addEventListener('abort', () => aborts.push(asyncScheduler.now()));
      return NEVER;
    };
    const client = fakeClient(reply);
    const { letters, end } = watchEnd(converse(client, ask(fakeTool('k', run)), { stop$, grace: 3 }));
    expectObservable(letters).toBe(expected);
    flush();
    expect(aborts).toEqual([16]);
    expect(end()).toMatchObject({ reason: 'stopped', messages: { length: 3 } });
  });

  marble('by a signal that is aborted already sends nothing', ({ cold, flush, expectObservable }) => {
    const reply = cold('s---o-t-', claude);
    const expected = '  (C#)    ';

    const client = fakeClient(reply);
    const signal = AbortSignal.abort(new Error('enough'));
    const { letters, end } = watchEnd(converse(client, ask(), { requestOptions: { signal } }));
    expectObservable(letters).toBe(expected, undefined, new Error('enough'));
    flush();
    expect(client.sent).toHaveLength(0);
    expect(end()).toMatchObject({ reason: 'error', rounds: 0, messages: [user], usage_estimated: false });
  });

  describe.each([
    ['in the text', '        s---o-t---t  ', '(Bs)o-t--(C#)  '],
    ['in the wait', '        s---o-#      ', '(Bs)o-R--(C#)  '],
    ['while a tool runs', '  (skaw)---m-- ', '(BskaKwS)(C#)  '],
  ])('by an abort of the signal, %s,', (_, reply, expected) => {
    marble('fails at once, behind its end', ({ cold, flush, expectObservable }) => {
      const controller = new AbortController();
      const client = fakeClient(cold(reply, claude, busy));
      const options = { retry: { ...retry, minDelay: 99 }, requestOptions: { signal: controller.signal } };
      const { letters, end } = watchEnd(converse(client, ask(fakeTool('k', () => NEVER)), options));
      expectObservable(letters).toBe(expected, undefined, new Error('enough'));
      asyncScheduler.schedule(() => {
        controller.abort(new Error('enough'));
      }, 9);
      flush();
      expect(end()).toMatchObject({ reason: 'error', error: { message: 'enough' } });
      expect(client.sent).toHaveLength(1);
    });
  });
});

it.each<[string, unknown]>([
  ['concurrency', 0],
  ['maxRounds', 0],
  ['budget.output_tokens', 0],
  ['grace', -1],
  ['invalidHistory', 'repair'],
  ['toolTimeout', 0],
  ['timeout.first', 0],
  ['timeout.each', -1],
  ['timeout.total', '5'],
  ['retry.retries', -1],
  ['retry.minDelay', 0],
  ['retry.maxDelay', NaN],
  ['retry.maxRetryAfter', 2 ** 31],
  ['limits.maxEventChars', 0],
  ['limits.maxInputChars', Infinity],
  ['limits.maxInputDepth', 513],
  ['limits.maxResultChars', 1.5],
  ['limits.maxFileChars', 0],
  ['limits.maxBufferedChars', '5'],
])('refuses a bad %s at once, in its own words', (path, value) => {
  const [option, field] = path.split('.') as [string, string | undefined];
  const options = { [option]: field === undefined ? value : { [field]: value } } as ConverseOptions;
  const refusing = () => converse(fakeClient(of()), ask(), options);
  expect(refusing).toThrow(OptionError);
  expect(refusing).toThrow(`\`converse.${path}\``);
});
