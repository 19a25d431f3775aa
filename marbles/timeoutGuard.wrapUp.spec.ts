import { asyncScheduler, filter, NEVER, of } from 'rxjs';
import {
  accumulateToolInput,
  converse,
  debugEvents,
  executeTools,
  resumeConversation,
  timeoutGuard,
  TimeoutGuardError,
} from '../src/index.js';
import type { ClaudeRequest, ConverseOptions, Tool, ToolContext } from '../src/index.js';
import type { TimeoutGuardOptions } from '../operators/timeoutGuard.js';
import { stop } from './kit/alphabet/claudeEvents.js';
import { marble } from './kit/session/marble.js';
import { claude } from './support/alphabet.js';
import { fakeClient, type FakeClient } from './support/fakeClient.js';
import { fakeTool } from './support/fakeTool.js';
import { answered, cutOff, said, text, unrun } from './support/messages.js';
import { overloaded } from './support/overloaded.js';
import { watchEnd } from './support/watchEnd.js';

// B round_start, K L tool_call, S T tool_start, W X tool_result, R round_retry, E round_end, C conversation_end.
const user = { role: 'user' as const, content: 'Hi' };
const why = 'the time for this conversation is nearly up';
const callK = claude.k.content_block;
const callL = claude.l.content_block;
const stuck = fakeTool('k', () => NEVER);

function ask(...tools: Tool[]): ClaudeRequest {
  return { model: 'claude-test', max_tokens: 100, messages: [user], tools };
}

/** A conversation with these limits; its tools have 6 ms of grace unless told otherwise. */
function hold(client: FakeClient, limits: TimeoutGuardOptions, tools: Tool[], options: ConverseOptions = {}) {
  return watchEnd(converse(client, ask(...tools), { grace: 6, ...options }).pipe(timeoutGuard(limits)));
}

/** The history and the tool_choice of each request. */
function sentTo({ sent }: FakeClient): unknown[][] {
  return sent.map(({ params }) => [params.messages, params.tool_choice]);
}

describe('a conversation with 60 s of time, 5 s of them for its end', () => {
  const limits = { total: 60_000, wrapUp: 5_000 };

  marble('has its tools stopped after 55 s, and one last round without tools', (helpers) => {
    const { cold, flush, expectObservable, expectSubscriptions } = helpers;
    const one = cold(' s---k-a---w---m|                            ', claude);
    const k = cold('             10m r                             ');
    const two = cold('                            s-----o-t-c-e-m|', claude);
    const expected = ' (Bs)k-(aK)(wS)m 55985ms (WEBs)o-t-c-e-m(EC|)';
    const kSubs = '    ----------^---- 55985ms !                   ';

    const aborts: number[] = [];
    const run = (_: unknown, { signal }: ToolContext) => {
      signal.addEventListener('abort', () => aborts.push(asyncScheduler.now()));
      return k;
    };
    const client = fakeClient(one, two);
    const { letters, end } = hold(client, limits, [fakeTool('k', run)], { grace: 1_000 });
    expectObservable(letters).toBe(expected);
    expectSubscriptions(k.subscriptions).toBe(kSubs);
    flush();
    expect(aborts).toEqual([55_000]);
    const history = [user, said(callK), answered(cutOff('k', why))];
    expect(sentTo(client)).toEqual([
      [[user], undefined],
      [history, { type: 'none' }],
    ]);
    expect(client.sent[1]!.params.tools).toEqual(client.sent[0]!.params.tools);
    expect(end()).toMatchObject({ reason: 'wrap_up', rounds: 2, messages: [...history, said(text('Hi'))] });
  });

  marble('runs no tool that Claude calls only then', ({ cold, flush, expectObservable }) => {
    const one = cold(' s---k-a---- 54993ms l-b---w----m|                  ', claude);
    const two = cold('                                  s----o-t-c-e-m|   ', claude);
    const expected = ' (Bs)k-(aK)- 54993ms l-(bL)(wWX)m(EBs)o-t-c-e-m(EC|)';

    const run = jest.fn(() => 'r');
    const client = fakeClient(one, two);
    const { letters, end } = hold(client, limits, [fakeTool('k', run), fakeTool('l', run, { idempotent: true })]);
    expectObservable(letters).toBe(expected);
    flush();
    expect(run).not.toHaveBeenCalled();
    const history = [user, said(callK, callL), answered(unrun('k', why), unrun('l', why))];
    expect(sentTo(client)[1]).toEqual([history, { type: 'none' }]);
    expect(end().reason).toBe('wrap_up');
  });

  marble('that is done in time notices nothing', ({ cold, flush, expectObservable }) => {
    const one = cold(' s---k-a---w----m|                           ', claude);
    const two = cold('                 s----o-t- 54950ms c-e-m|    ', claude);
    const expected = ' (Bs)k-(aK)(wSW)m(EBs)o-t- 54950ms c-e-m(EC|)';

    const client = fakeClient(one, two);
    const { letters, end } = hold(client, limits, [fakeTool('k', () => 'r')]);
    expectObservable(letters).toBe(expected);
    flush();
    expect(sentTo(client)[1]).toEqual([expect.anything(), undefined]);
    expect(end()).toMatchObject({ reason: 'end_turn', rounds: 2 });
  });

  marble('that is answered to its end by then has no further round', ({ cold, flush, expectObservable }) => {
    const one = cold(' s---o-t- 54990ms t-t-t-t-t-c-e-m|    ', claude);
    const expected = ' (Bs)o-t- 54990ms t-t-t-t-t-c-e-m(EC|)';

    const { letters, end } = hold(fakeClient(one), limits, [stuck]);
    expectObservable(letters).toBe(expected);
    flush();
    expect(end()).toMatchObject({ reason: 'end_turn', rounds: 1 });
  });
});

describe('the tools that are stopped', () => {
  marble(
    'have no more than half of the time that is left',
    ({ cold, flush, expectObservable, expectSubscriptions }) => {
      const one = cold(' s---k-a---w---m|                         ', claude);
      const k = cold('             -                              ');
      const two = cold('                              s----o-e-m| ', claude);
      const expected = ' (Bs)k-(aK)(wS)m--------------(EBs)o-e-m(EC|)';
      const kSubs = '    ----------^------------------!            ';

      const tools = [fakeTool('k', () => k)];
      const { letters, end } = hold(fakeClient(one, two), { total: 40, wrapUp: 22 }, tools, { grace: 1_000 });
      expectObservable(letters).toBe(expected);
      expectSubscriptions(k.subscriptions).toBe(kSubs);
      flush();
      expect(end().reason).toBe('wrap_up');
    },
  );
});

describe('the last round', () => {
  marble('fails with the total limit when it takes too long, behind its end', ({ cold, flush, expectObservable }) => {
    const one = cold(' s---k-a---w---m|                       ', claude);
    const two = cold('                         s------o-t---c-', claude);
    const expected = ' (Bs)k-(aK)(wS)m---------(WEBs)-o-t-(C#)';

    const { letters, end } = hold(fakeClient(one, two), { total: 35, wrapUp: 17 }, [stuck]);
    const error = Object.assign(new TimeoutGuardError('total', 35), { round: 2 });
    expectObservable(letters).toBe(expected, undefined, error);
    flush();
    expect(end()).toMatchObject({ reason: 'error', error, rounds: 2 });
    expect(end().messages).toEqual([user, said(callK), answered(cutOff('k', why)), said(text('Hi'))]);
  });

  marble('is the last one even when Claude calls a tool, which is not run', ({ cold, flush, expectObservable }) => {
    const one = cold(' s---k-a---w---m|                           ', claude);
    const two = cold('                         s-----l-b---w---m| ', claude);
    const expected = ' (Bs)k-(aK)(wS)m---------(WEBs)l-(bL)(wX)m(EC|)';

    const run = jest.fn(() => 'r');
    const tools = [stuck, fakeTool('l', run, { idempotent: true })];
    const { letters, end } = hold(fakeClient(one, two), { total: 99, wrapUp: 81 }, tools);
    expectObservable(letters).toBe(expected);
    flush();
    expect(run).not.toHaveBeenCalled();
    expect(end()).toMatchObject({ reason: 'wrap_up', rounds: 2 });
    expect(end().messages.slice(-2)).toEqual([said(callL), answered(unrun('l', why))]);
  });

  marble('does not come where it would be one too many', ({ cold, flush, expectObservable }) => {
    const one = cold(' s---k-a---w---m|             ', claude);
    const expected = ' (Bs)k-(aK)(wS)m---------(WEC|)';

    const { letters, end } = hold(fakeClient(one), { total: 99, wrapUp: 81 }, [stuck], { maxRounds: 1 });
    expectObservable(letters).toBe(expected);
    flush();
    expect(end().reason).toBe('max_rounds');
  });

  marble('may be stopped', ({ cold, hot, flush, expectObservable }) => {
    const one = cold(' s---k-a---w---m|                      ', claude);
    const two = cold('                         s-----o-t---c-', claude);
    const stop$ = hot('----------------------------------x   ');
    const expected = ' (Bs)k-(aK)(wS)m---------(WEBs)o-t-(C|)';

    const { letters, end } = hold(fakeClient(one, two), { total: 99, wrapUp: 81 }, [stuck], { stop$ });
    expectObservable(letters).toBe(expected);
    flush();
    expect(end()).toMatchObject({ reason: 'stopped', rounds: 2 });
  });

  marble(
    'does not come from an attempt that breaks off: that one is tried again',
    ({ cold, flush, expectObservable }) => {
      const one = cold(' s---o-t-#                                       ', claude, overloaded());
      const two = cold('                    s---k-a---w---m|             ', claude);
      const three = cold('                                   s----o-e-m| ', claude);
      const expected = ' (Bs)o-t-R----------s---k-(aK)(wW)m(EBs)o-e-m(EC|)';

      const retry = { minDelay: 11, random: () => 1 };
      const client = fakeClient(one, two, three);
      const { letters, end } = hold(client, { total: 99, wrapUp: 81 }, [stuck], { retry });
      expectObservable(letters).toBe(expected);
      flush();
      expect(sentTo(client).map(([, choice]) => choice)).toEqual([undefined, undefined, { type: 'none' }]);
      expect(end().reason).toBe('wrap_up');
    },
  );

  describe.each([
    ['undefined', undefined],
    ['an empty list', []],
  ])('of a request whose tools are %s', (_, tools) => {
    marble('names no tool_choice, which the API takes only beside tools', ({ cold, flush, expectObservable }) => {
      const paused = { ...claude, h: stop('pause_turn') };
      const one = cold(' s---o-t-c-----h-m|                   ', paused);
      const two = cold('                  s----o-t-c-e-m|     ', claude);
      const expected = ' (Bs)o-t-c-----e-m(EBs)o-t-c-e-m(EC|) ';

      const client = fakeClient(one, two);
      const request: ClaudeRequest = {
        model: 'claude-test',
        max_tokens: 100,
        messages: [user],
        ...(tools && { tools }),
      };
      const { letters, end } = watchEnd(converse(client, request).pipe(timeoutGuard({ total: 99, wrapUp: 86 })));
      expectObservable(letters).toBe(expected);
      flush();
      expect(sentTo(client).map(([, choice]) => choice)).toEqual([undefined, undefined]);
      expect(end().reason).toBe('wrap_up');
    });
  });
});

describe('a round that does not hand `stopTools$` on', () => {
  marble('is cut off when the time of grace is over, and its calls are answered', (helpers) => {
    const { cold, flush, expectObservable, expectSubscriptions } = helpers;
    const one = cold(' s---k-a---w---m|                         ', claude);
    const k = cold('             -                              ');
    const two = cold('                         s----o-t-c-e-m|  ', claude);
    const expected = ' (Bs)k-(aK)(wS)m---------(EBs)o-t-c-e-m(EC|)';
    const kSubs = '    ----------^-------------!                ';

    const tools = [fakeTool('k', () => k)];
    const toRound = (_: unknown, number: number) =>
      (number === 1 ? one : two).pipe(accumulateToolInput(), executeTools(tools));
    const conversation = of(ask(...tools)).pipe(resumeConversation(toRound, { grace: 6 }));
    const { letters, end } = watchEnd(conversation.pipe(timeoutGuard({ total: 99, wrapUp: 81 })));
    expectObservable(letters).toBe(expected);
    expectSubscriptions(k.subscriptions).toBe(kSubs);
    flush();
    const history = [user, said(callK), answered(cutOff('k', why))];
    expect(end()).toMatchObject({ reason: 'wrap_up', messages: [...history, said(text('Hi'))] });
  });
});

describe('between the conversation and the guard', () => {
  marble('may stand what keeps its round_start events', ({ cold, flush, expectObservable }) => {
    const one = cold(' s---k-a---w---m|                          ', claude);
    const two = cold('                         s-----o-t-c-e-m|  ', claude);
    const expected = ' (Bs)k-(aK)(wS)m---------(WEBs)o-t-c-e-m(EC|)';

    const conversation = converse(fakeClient(one, two), ask(stuck), { grace: 6 });
    const kept = conversation.pipe(
      debugEvents({ sink: () => {} }),
      filter(({ type }) => type !== 'ping'),
    );
    const { letters, end } = watchEnd(kept.pipe(timeoutGuard({ total: 99, wrapUp: 81 })));
    expectObservable(letters).toBe(expected);
    flush();
    expect(end().reason).toBe('wrap_up');
  });

  marble('nothing that takes them away: then it just fails', ({ cold, expectObservable, expectSubscriptions }) => {
    const one = cold(' s---k-a---w---m---- ', claude);
    const expected = ' s---k-(aK)(wS)m----# ';
    const oneSubs = '  ^------------------! ';

    const conversation = converse(fakeClient(one), ask(stuck), { grace: 6 });
    const { letters } = watchEnd(
      conversation.pipe(filter(({ type }) => type !== 'round_start')).pipe(timeoutGuard({ total: 19, wrapUp: 3 })),
    );
    expectObservable(letters).toBe(expected, undefined, new TimeoutGuardError('total', 19));
    expectSubscriptions(one.subscriptions).toBe(oneSubs);
  });
});

marble('does nothing to a stream that is no conversation', ({ hot, expectObservable, expectSubscriptions }) => {
  const source = hot(' -a-b-c-d--e-f');
  const expected = '   -a-b-c-d-#   ';
  const subs = '       ^--------!   ';

  const error = new TimeoutGuardError('total', 9);
  expectObservable(source.pipe(timeoutGuard({ total: 9, wrapUp: 4 }))).toBe(expected, undefined, error);
  expectSubscriptions(source.subscriptions).toBe(subs);
});
