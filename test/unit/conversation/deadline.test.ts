/** The deadline of a conversation: what becomes of it when the time runs out, and what must not go wrong then. */
import { NEVER, of, type Observable } from 'rxjs';
import { converse, executeTools, resumeConversation, timeoutGuard, toErrorFacts } from 'rxclaude';
import type { ClaudeRequest, Deadline, RoundEvent } from 'rxclaude';
import { marble } from '../../../marbles/index.js';
import { call, fromClaude } from '../../support/events.js';
import { fakeClient } from '../../support/fakeClient.js';
import { fakeTool } from '../../../marbles/specs/support/fakeTool.js';
import { frozen } from '../../../marbles/specs/support/frozen.js';
import { said, text } from '../../../marbles/specs/support/messages.js';
import { overloaded } from '../../../marbles/specs/support/overloaded.js';
import { watchEnd } from '../../support/watchEnd.js';
import { deadlineError, tagged, timeoutGuardError } from '../../support/errors.js';

const user = { role: 'user' as const, content: 'Hi' };
const stuck = fakeTool('k', () => NEVER);
const q: ClaudeRequest = frozen({ model: 'claude-test', max_tokens: 100, messages: [user] });

describe('a deadline that runs out', () => {
  marble('fails the conversation after its end', ({ cold, flush, expectObservable, expectSubscriptions }) => {
    const one = cold(' s---o-t------ ', fromClaude);
    const expected = ' (Bs)o-t--(C#) ';
    const subs = '     ^--------!    ';

    const { letters, end } = watchEnd(converse(fakeClient(one), q, { deadline: { total: 9 } }));
    const error = Object.assign(deadlineError(9), { round: 1 });
    expectObservable(letters).toBe(expected, undefined, error);
    expectSubscriptions(one.subscriptions).toBe(subs);
    flush();
    expect(end()).toMatchObject({ reason: 'error', error: toErrorFacts(error), messages: [user, said(text('Hi'))] });
  });

  marble('is counted anew for each conversation', ({ cold, flush, expectObservable }) => {
    const one = cold(' s---o-t-c-e-m|                      ', fromClaude);
    const two = cold('              s------o-t-c-e-m|       ', fromClaude);
    const expected = ' (Bs)o-t-c-e-m(ECBs)-o-t-c-e-m(EC|)  ';

    const replies = [one, two];
    const run = of(q, q).pipe(resumeConversation(() => replies.shift()!, { deadline: { total: 18, wrapUp: 2 } }));
    const { letters, end } = watchEnd(run);
    expectObservable(letters).toBe(expected);
    flush();
    expect(end()).toMatchObject({ reason: 'finished', stop_reason: 'end_turn' });
  });

  marble('a timeoutGuard after a conversation simply fails it', ({ cold, expectObservable, expectSubscriptions }) => {
    const one = cold(' s---o-t------ ', fromClaude);
    const expected = ' (Bs)o-t--#    ';
    const subs = '     ^--------!    ';

    const { letters } = watchEnd(converse(fakeClient(one), q).pipe(timeoutGuard({ total: 9 })));
    expectObservable(letters).toBe(expected, undefined, timeoutGuardError('total', 9));
    expectSubscriptions(one.subscriptions).toBe(subs);
  });
});

describe('while a conversation is asked to finish', () => {
  marble('a response that breaks behind its stop_reason is tried again', ({ cold, flush, expectObservable }) => {
    const one = cold(' s---k-a---w---#                           ', fromClaude, overloaded());
    const two = cold('                       s---o-t-c-e-m|      ', fromClaude);
    const expected = ' (Bs)k-(aK)(wW)R-------s---o-t-c-e-m(EC|)  ';

    const retry = { minDelay: 8, random: () => 1 };
    const options = { grace: 6, retry, deadline: { total: 99, wrapUp: 91 } };
    const { letters, end } = watchEnd(converse(fakeClient(one, two), { ...q, tools: [stuck] }, options));
    expectObservable(letters).toBe(expected);
    flush();
    expect(end()).toMatchObject({ reason: 'finished', stop_reason: 'end_turn', messages: [user, said(text('Hi'))] });
  });

  marble('its tools may have no grace at all', ({ cold, flush, expectObservable }) => {
    const one = cold(' s---k-a---w---m|                   ', fromClaude);
    const two = cold('                   s-----o-t-c-e-m| ', fromClaude);
    const expected = ' (Bs)k-(aK)(wS)m---(WEBs)o-t-c-e-m(EC|)';

    const options = { grace: 0, deadline: { total: 99, wrapUp: 81 } };
    const { letters, end } = watchEnd(converse(fakeClient(one, two), { ...q, tools: [stuck] }, options));
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
    const deadline = { total: 99, wrapUp: 87 };
    const { letters, end } = watchEnd(of(q).pipe(resumeConversation(round, { grace: 3, stopWhen, deadline })));
    expectObservable(letters).toBe(expected, undefined, overloaded('boom'));
    flush();
    expect(end()).toMatchObject({ reason: 'error', rounds: 1 });
  });
});

it('leaves no timer behind when it is unsubscribed from', () => {
  jest.useFakeTimers();
  const options = { timeout: { first: Infinity }, deadline: { total: 60_000, wrapUp: 5_000 } };
  const subscription = converse({ messages: { create: () => NEVER } }, q, options).subscribe();
  const before = jest.getTimerCount();
  subscription.unsubscribe();
  const afterwards = jest.getTimerCount();
  jest.useRealTimers();
  expect([before, afterwards]).toEqual([2, 0]);
});

const hold = (deadline: Deadline) => resumeConversation(() => NEVER, { deadline });

describe('wrapUp', () => {
  it.each([60_000, 60_001, 2 ** 31, 0, -1, NaN, '5', null, Infinity])(
    'of %p ms out of 60 000 is refused at once',
    (wrapUp) => {
      const refusing = () => hold({ total: 60_000, wrapUp: wrapUp as number });
      expect(refusing).toThrow(tagged('OptionError'));
      expect(refusing).toThrow('resumeConversation.deadline.wrapUp');
    },
  );

  it.each([{}, { total: Infinity }])('without a total, as in %j, is refused at once', (deadline) => {
    expect(() => hold({ ...deadline, wrapUp: 5_000 })).toThrow('resumeConversation.deadline.wrapUp');
    expect(() => hold({ ...deadline, wrapUp: Infinity })).toThrow(tagged('OptionError'));
  });

  it('may be left out, and may be all but one millisecond', () => {
    expect(() => hold({})).not.toThrow();
    expect(() => hold({ total: 60_000 })).not.toThrow();
    expect(() => hold({ total: 60_000, wrapUp: 59_999 })).not.toThrow();
  });
});
