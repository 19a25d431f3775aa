/** `timeoutGuard` behind a conversation: what becomes of it when a limit runs out, and what must not go wrong then. */
import { NEVER, of, type Observable } from 'rxjs';
import { converse, executeTools, resumeConversation, timeoutGuard } from 'rxclaude';
import type { ClaudeRequest, RoundEvent } from 'rxclaude';
import { marble } from '../../../marbles/index.js';
import { call, fromClaude } from '../../support/events.js';
import { fakeClient } from '../../support/fakeClient.js';
import { fakeTool } from '../../../marbles/specs/support/fakeTool.js';
import { frozen } from '../../../marbles/specs/support/frozen.js';
import { said, text } from '../../../marbles/specs/support/messages.js';
import { overloaded } from '../../../marbles/specs/support/overloaded.js';
import { watchEnd } from '../../support/watchEnd.js';
import { tagged, timeoutGuardError } from '../../support/errors.js';

const user = { role: 'user' as const, content: 'Hi' };
const stuck = fakeTool('k', () => NEVER);
const q: ClaudeRequest = frozen({ model: 'claude-test', max_tokens: 100, messages: [user] });

describe('a limit that runs out behind a conversation', () => {
  marble('`total`: the error comes behind its end', ({ cold, flush, expectObservable, expectSubscriptions }) => {
    const one = cold(' s---o-t------ ', fromClaude);
    const expected = ' (Bs)o-t--(C#) ';
    const subs = '     ^--------!    ';

    const { letters, end } = watchEnd(converse(fakeClient(one), q).pipe(timeoutGuard({ total: 9 })));
    const error = Object.assign(timeoutGuardError('total', 9), { round: 1 });
    expectObservable(letters).toBe(expected, undefined, error);
    expectSubscriptions(one.subscriptions).toBe(subs);
    flush();
    expect(end()).toMatchObject({ reason: 'error', error, messages: [user, said(text('Hi'))] });
  });

  marble('`each`: the error comes behind its end, too', ({ cold, flush, expectObservable }) => {
    const one = cold(' s---o-t------------ ', fromClaude);
    const expected = ' (Bs)o-t--------(C#) ';

    const { letters, end } = watchEnd(converse(fakeClient(one), q).pipe(timeoutGuard({ each: 9 })));
    const error = Object.assign(timeoutGuardError('each', 9), { round: 1 });
    expectObservable(letters).toBe(expected, undefined, error);
    flush();
    expect(end()).toMatchObject({ reason: 'error', error, rounds: 1 });
  });
});

describe('while a conversation is asked to finish', () => {
  marble('a response that breaks behind its stop_reason is tried again', ({ cold, flush, expectObservable }) => {
    const one = cold(' s---k-a---w---#                           ', fromClaude, overloaded());
    const two = cold('                       s---o-t-c-e-m|      ', fromClaude);
    const expected = ' (Bs)k-(aK)(wW)R-------s---o-t-c-e-m(EC|)  ';

    const retry = { minDelay: 8, random: () => 1 };
    const conversation = converse(fakeClient(one, two), { ...q, tools: [stuck] }, { grace: 6, retry });
    const { letters, end } = watchEnd(conversation.pipe(timeoutGuard({ total: 99, wrapUp: 91 })));
    expectObservable(letters).toBe(expected);
    flush();
    expect(end()).toMatchObject({ reason: 'end_turn', messages: [user, said(text('Hi'))] });
  });

  marble('its tools may have no grace at all', ({ cold, flush, expectObservable }) => {
    const one = cold(' s---k-a---w---m|                   ', fromClaude);
    const two = cold('                   s-----o-t-c-e-m| ', fromClaude);
    const expected = ' (Bs)k-(aK)(wS)m---(WEBs)o-t-c-e-m(EC|)';

    const conversation = converse(fakeClient(one, two), { ...q, tools: [stuck] }, { grace: 0 });
    const { letters, end } = watchEnd(conversation.pipe(timeoutGuard({ total: 99, wrapUp: 81 })));
    expectObservable(letters).toBe(expected);
    flush();
    expect(end()).toMatchObject({ reason: 'wrap_up', rounds: 2 });
  });

  marble('a stopWhen that throws fails it, when its round is cut off as well', ({ cold, flush, expectObservable }) => {
    const events = { ...fromClaude, K: call('k') };
    const one = cold(' s---k-a-K-w---m|    ', events);
    const expected = ' (Bs)k-a-K-(wS)m(C#) ';

    const stopWhen = () => {
      throw overloaded('boom');
    };
    const round = (): Observable<RoundEvent> => one.pipe(executeTools([stuck]));
    const conversation = of(q).pipe(resumeConversation(round, { grace: 3, stopWhen }));
    const { letters, end } = watchEnd(conversation.pipe(timeoutGuard({ total: 99, wrapUp: 87 })));
    expectObservable(letters).toBe(expected, undefined, overloaded('boom'));
    flush();
    expect(end()).toMatchObject({ reason: 'error', rounds: 1 });
  });
});

it('leaves no timer behind when it is unsubscribed from', () => {
  jest.useFakeTimers();
  const conversation = converse({ messages: { create: () => NEVER } }, q, { timeout: { first: Infinity } });
  const subscription = conversation.pipe(timeoutGuard({ total: 60_000, wrapUp: 5_000 })).subscribe();
  const before = jest.getTimerCount();
  subscription.unsubscribe();
  const afterwards = jest.getTimerCount();
  jest.useRealTimers();
  expect([before, afterwards]).toEqual([2, 0]);
});

describe('wrapUp', () => {
  it.each([60_000, 60_001, 2 ** 31, 0, -1, NaN, '5', null, Infinity])(
    'of %p ms out of 60 000 is refused at once',
    (wrapUp) => {
      const refusing = () => timeoutGuard({ total: 60_000, wrapUp: wrapUp as number });
      expect(refusing).toThrow(tagged('OptionError'));
      expect(refusing).toThrow('timeoutGuard.wrapUp');
    },
  );

  it.each([{}, { total: Infinity }, { each: 60_000 }])('without a total, as in %j, is refused at once', (options) => {
    expect(() => timeoutGuard({ ...options, wrapUp: 5_000 })).toThrow('timeoutGuard.wrapUp');
    expect(() => timeoutGuard({ ...options, wrapUp: Infinity })).toThrow(tagged('OptionError'));
  });

  it('may be left out, and may be all but one millisecond', () => {
    expect(() => timeoutGuard({ total: 60_000 })).not.toThrow();
    expect(() => timeoutGuard({ total: 60_000, wrapUp: 59_999 })).not.toThrow();
  });
});
