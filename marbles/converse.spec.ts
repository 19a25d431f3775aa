import * as t from 'io-ts';
import { asyncScheduler, last, map, type Observable, of, take } from 'rxjs';
import {
  converse,
  defineTool,
  OptionError,
  TimeoutGuardError,
  ToolDefinitionError,
  TruncatedStreamError,
} from '../src/index.js';
import type { ClaudeEvent, ClaudeRequest, RoundEvent, Tool, ToolContext } from '../src/index.js';
import { inputDelta } from './kit/alphabet/claudeEvents.js';
import { marble } from './kit/session/marble.js';
import { claude, letterOf } from './support/alphabet.js';
import { fakeClient } from './support/fakeClient.js';
import { fakeTool } from './support/fakeTool.js';
import { observe, type Seen } from './support/observe.js';

// Whole agents in virtual time. B round_start, K L tool_call, S T tool_start, P tool_progress, W X tool_result,
// E round_end, C conversation_end.
const answer = [claude.s, claude.o, claude.t, claude.c, claude.e, claude.m];
const calling = [claude.s, claude.k, claude.a, claude.w, claude.m];

function ask(...tools: Tool[]): ClaudeRequest {
  return { model: 'claude-test', max_tokens: 100, messages: [{ role: 'user', content: 'Hi' }], tools };
}

function letters(run: Observable<RoundEvent>): Observable<string> {
  return run.pipe(map(letterOf));
}

describe('a conversation', () => {
  marble('of two rounds, with two tools at work', ({ cold, flush, expectObservable, expectSubscriptions }) => {
    const one = cold('  s---k-a---l-b---w----m|                                 ', claude);
    const k = cold('                    ----------p---------(r|)                ');
    const l = cold('                    --------(r|)                            ');
    const two = cold('                                      s-----o-t-c-e-m|    ', claude);
    const expected = '  (Bs)k-(aK)l-(bL)(wST)m--X-P---------(WEBs)o-t-c-e-m(EC|)';
    const oneSubs = '   ^---------------------!                                 ';
    const twoSubs = '   ------------------------------------^--------------!    ';

    const client = fakeClient(one, two);
    const run = converse(
      client,
      ask(
        fakeTool('k', () => k),
        fakeTool('l', () => l),
      ),
    );
    expectObservable(letters(run)).toBe(expected);
    expectSubscriptions(one.subscriptions).toBe(oneSubs);
    expectSubscriptions(two.subscriptions).toBe(twoSubs);
    flush();
    const results = ['toolu_k', 'toolu_l'].map((id) => ({ type: 'tool_result', tool_use_id: id, content: 'r' }));
    expect(client.sent[1]!.params.messages).toEqual([
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: [claude.k.content_block, claude.l.content_block] },
      { role: 'user', content: results },
    ]);
  });

  marble('starts an idempotent tool while Claude still writes', ({ cold, expectObservable }) => {
    const one = cold('  s---k-a-----l---b---w----m|            ', claude);
    const k = cold('          --------(r|)                     ');
    const two = cold('                            s----e-m|    ', claude);
    const expected = '  (Bs)k-(aKS)-l-W-(bL)(wTX)m(EBs)e-m(EC|)';

    const tools = [fakeTool('k', () => k, { idempotent: true }), fakeTool('l', () => 'r')];
    expectObservable(letters(converse(fakeClient(one, two), ask(...tools)))).toBe(expected);
  });

  marble('runs no more than `concurrency` tools', ({ cold, expectObservable, expectSubscriptions }) => {
    const one = cold('  s---k-a---l-b---w---m-|                    ', claude);
    const k = cold('                    ---------(r|)              ');
    const l = cold('                             -----(r|)         ');
    const two = cold('                                s-----e-m|   ', claude);
    const expected = '  (Bs)k-(aK)l-(bL)(wS)m----(WT)-(XEBs)e-m(EC|)';
    const lSubs = '     -------------------------^----!            ';

    const tools = [fakeTool('k', () => k), fakeTool('l', () => l)];
    expectObservable(letters(converse(fakeClient(one, two), ask(...tools), { concurrency: 1 }))).toBe(expected);
    expectSubscriptions(l.subscriptions).toBe(lSubs);
  });

  marble('is held anew for each subscription', ({ cold, flush, expectObservable }) => {
    const reply = cold('s---o-t-e-m|         ', claude);
    const first = '     (Bs)o-t-e-m(EC|)     ';
    const secondSub = ' -----^               ';
    const second = '    -----(Bs)o-t-e-m(EC|)';

    const client = fakeClient(reply);
    const run = converse(client, ask());
    expectObservable(letters(run)).toBe(first);
    expectObservable(letters(run), secondSub).toBe(second);
    flush();
    expect(client.sent).toHaveLength(2);
  });
});

describe('a tool that is itself a conversation', () => {
  const subagent = (...replies: Observable<ClaudeEvent>[]) => {
    const inner = converse(fakeClient(...replies), ask(fakeTool('k', () => 'r')));
    return fakeTool('k', () =>
      inner.pipe(
        last(),
        map((event) => ('reason' in event ? `${String(event.reason)} after ${event.rounds}` : '')),
      ),
    );
  };
  const resultOf = ({ values, error }: Seen<RoundEvent>) => [
    error,
    ...values.flatMap((event) => (event.type === 'tool_result' ? [event.result.content] : [])),
    values.at(-1)?.type,
  ];

  marble('works in virtual time', ({ cold, flush, expectObservable }) => {
    const one = cold('   s---k-a---w---m|                    ', claude);
    const inner = cold('           s---o-t-e-m|              ', claude);
    const two = cold('                        s-----e-m|     ', claude);
    const expected = '   (Bs)k-(aK)(wS)m------(WEBs)e-m(EC|) ';

    const client = fakeClient(one, two);
    expectObservable(letters(converse(client, ask(subagent(inner))))).toBe(expected);
    flush();
    const result = { type: 'tool_result', tool_use_id: 'toolu_k', content: 'end_turn after 1' };
    expect(client.sent[1]!.params.messages.at(-1)).toEqual({ role: 'user', content: [result] });
  });

  it('works where all happens at once', () => {
    const seen = observe(
      converse(fakeClient(of(...calling), of(...answer)), ask(subagent(of(...calling), of(...answer)))),
    );
    expect(resultOf(seen)).toEqual([undefined, 'end_turn after 2', 'conversation_end']);
  });
});

describe('silence', () => {
  marble('that is longer than timeout.each ends it, and its request', (helpers) => {
    const { cold, flush, expectObservable, expectSubscriptions } = helpers;
    const reply = cold('s---o-t------------m|', claude);
    const expected = '  (Bs)o-t---------(C#) ';
    const subs = '      ^---------------!    ';

    const client = fakeClient(reply);
    const aborts: number[] = [];
    const run = converse(client, ask(), { timeout: { each: 10 }, retry: false });
    expectObservable(letters(run)).toBe(expected, undefined, new TimeoutGuardError('each', 10));
    expectSubscriptions(reply.subscriptions).toBe(subs);
    asyncScheduler.schedule(() => {
      client.sent[0]!.signal.addEventListener('abort', () => aborts.push(asyncScheduler.now()));
    });
    flush();
    expect(aborts).toEqual([16]);
  });

  marble('is broken by a ping', ({ cold, expectObservable }) => {
    const reply = cold('s---o-----p-----p-----m|    ', claude);
    const expected = '  (Bs)o-----p-----p-----m(EC|)';

    expectObservable(letters(converse(fakeClient(reply), ask(), { timeout: { each: 10 } }))).toBe(expected);
  });

  marble('does not count while tools are at work', ({ cold, expectObservable }) => {
    const one = cold('  s---k-a---w---m|                     ', claude);
    const k = cold('              50ms (r|)                  ');
    const two = cold('s-----e-m|', claude);
    const expected = '  (Bs)k-(aK)(wS)m 45ms (WEBs)e-m(EC|)  ';

    const run = converse(fakeClient(one, two), ask(fakeTool('k', () => k)), { timeout: { each: 10 } });
    expectObservable(letters(run)).toBe(expected);
  });

  marble('of 120 s is too long, unless told otherwise', ({ cold, expectObservable }) => {
    const mute = cold('     -                  ', claude);
    const expectedMute = '  B 119999ms (C#)    ';
    const stalled = cold('  s                  ', claude);
    const expectedStalled = '(Bs) 119996ms (C#) ';

    const first = new TimeoutGuardError('first', 120_000);
    const each = new TimeoutGuardError('each', 120_000);
    expectObservable(letters(converse(fakeClient(mute), ask(), { retry: false }))).toBe(expectedMute, undefined, first);
    expectObservable(letters(converse(fakeClient(stalled), ask(), { retry: false }))).toBe(
      expectedStalled,
      undefined,
      each,
    );
  });

  marble('counts anew in each round', ({ cold, expectObservable }) => {
    const one = cold('  s---k-a---w----m|                  ', claude);
    const two = cold('                  ----------s        ', claude);
    const expected = '  (Bs)k-(aK)(wSW)m(EB)----(C#)       ';

    const run = converse(fakeClient(one, two), ask(fakeTool('k', () => 'r')), {
      timeout: { first: 8, each: 20 },
      retry: false,
    });
    expectObservable(letters(run)).toBe(expected, undefined, new TimeoutGuardError('first', 8));
  });
});

describe('letting go', () => {
  marble('stops the tool that runs, and sends no further request', (helpers) => {
    const { cold, flush, expectObservable, expectSubscriptions } = helpers;
    const one = cold('  s---k-a---w---m|            ', claude);
    const k = cold('              -----------------r');
    const unsub = '     --------------------!       ';
    const expected = '  (Bs)k-(aK)(wS)m             ';
    const kSubs = '     ----------^---------!       ';

    const aborts: number[] = [];
    const run = (_: unknown, { signal }: ToolContext) => {
      signal.addEventListener('abort', () => aborts.push(asyncScheduler.now()));
      return k;
    };
    const client = fakeClient(one);
    expectObservable(letters(converse(client, ask(fakeTool('k', run)))), unsub).toBe(expected);
    expectSubscriptions(k.subscriptions).toBe(kSubs);
    flush();
    expect(aborts).toEqual([20]);
    expect(client.sent).toHaveLength(1);
  });

  marble('happens also when the reply is cut: an early tool is stopped', (helpers) => {
    const { cold, expectObservable, expectSubscriptions } = helpers;
    const reply = cold('s---k-a----|     ', claude);
    const k = cold('          --------r  ');
    const expected = '  (Bs)k-(aKS)(C#)  ';
    const kSubs = '     ------^----!     ';

    const run = converse(fakeClient(reply), ask(fakeTool('k', () => k, { idempotent: true })), { retry: false });
    const error = new TruncatedStreamError({ events: 3, lastEvent: 'content_block_stop' });
    expectObservable(letters(run)).toBe(expected, undefined, error);
    expectSubscriptions(k.subscriptions).toBe(kSubs);
  });

  it('before the request sends none', () => {
    const client = fakeClient(of(...answer));
    expect(observe(letters(converse(client, ask()).pipe(take(1)))).values).toEqual(['B']);
    expect(client.sent).toHaveLength(0);
  });
});

describe('the parts of the pipeline', () => {
  const strict = defineTool({
    name: 'k',
    description: 'Looks up a city.',
    input: t.type({ city: t.string }),
    run: ({ city }, { messages }) => `${city}, ${String(messages.length)}`,
  });

  it('tell Claude what is wrong with an input, and let it try again', () => {
    const [wrong, right] = ['{"city":1}', '{"city":"Berlin"}'].map((text) =>
      of(claude.s, claude.k, inputDelta(text), claude.a, claude.w, claude.m),
    );
    const client = fakeClient(wrong!, right!, of(...answer));
    const { values } = observe(converse(client, ask(strict)));
    const results = values.flatMap((event) => (event.type === 'tool_result' ? [event.result] : []));
    expect(results).toMatchObject([
      { is_error: true, content: expect.stringContaining('- city: expected') as unknown },
      { content: 'Berlin, 3' },
    ]);
    expect(client.sent[1]!.params.messages[1]).toMatchObject({ content: [{ type: 'tool_use', input: { city: 1 } }] });
  });

  it('get `maxRounds`, `stopWhen` and `requestOptions`', () => {
    const end = (options: object) => {
      const create = jest.fn(() => of(...calling));
      const { values } = observe(converse({ messages: { create } }, ask(fakeTool('k', () => 'r')), options));
      return [values.at(-1), create.mock.lastCall] as const;
    };
    expect(end({})[0]).toMatchObject({ reason: 'max_rounds', rounds: 10 });
    expect(end({ maxRounds: 3 })[0]).toMatchObject({ reason: 'max_rounds', rounds: 3 });
    expect(end({ stopWhen: () => true })[0]).toMatchObject({ reason: 'stop_when', rounds: 1 });
    const headers = { 'x-from': 'a test' };
    expect(end({ requestOptions: { headers } })[1]).toMatchObject([{ stream: true }, { headers }]);
  });

  it.each([
    ['concurrency', { concurrency: 0 }, OptionError],
    ['maxRounds', { maxRounds: 0 }, OptionError],
    ['timeout', { timeout: { each: -1 } }, OptionError],
  ])('refuse a bad %s at once', (_, options, error) => {
    expect(() => converse(fakeClient(), ask(), options)).toThrow(error);
  });

  it('refuse two tools of the same name at once', () => {
    expect(() => converse(fakeClient(), ask(strict, strict))).toThrow(ToolDefinitionError);
  });
});
