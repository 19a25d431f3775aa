/** What `resumeConversation` listens to as its `stop$`, and until when. */
import { concat, EMPTY, map, NEVER, of, Subject, throwError, timer, type Observable } from 'rxjs';
import { resumeConversation, toErrorFacts } from 'rxclaude';
import type { ClaudeRequest, RoundEvent } from 'rxclaude';
import { marble } from '../../../marbles/index.js';
import { fromClaude, letterOf } from '../../support/events.js';
import { frozen } from '../../../marbles/specs/support/frozen.js';
import { said, text } from '../../../marbles/specs/support/messages.js';
import { observe } from '../../../marbles/specs/support/observe.js';
import { watchEnd } from '../../support/watchEnd.js';
import { tagged } from '../../support/errors.js';

const q: ClaudeRequest = frozen({ model: 'claude-test', max_tokens: 100, messages: [{ role: 'user', content: 'Hi' }] });
const { s, o, t, e, m } = fromClaude;
/** A reply that has begun and has no end yet. */
const begun: Observable<RoundEvent> = concat(of(s, o, t), NEVER);

describe('stop$', () => {
  marble('is heard anew in each conversation', ({ cold, hot, expectObservable, expectSubscriptions }) => {
    const source = hot(' -q-q-|                     ', { q });
    const round = cold('  s----o-t-e--m|            ', fromClaude);
    //                            s----o-t-e--m|
    const stop$ = hot('  ---------x                 ');
    const expected = '   -(Bs)-o-t(CBs)o-t-e--m(EC|)';
    const firstSubs = '  -^-------!                 ';
    const secondSubs = ' ---------^------------!    ';

    const out = source.pipe(resumeConversation(() => round, { stop$ }));
    expectObservable(out.pipe(map(letterOf))).toBe(expected);
    expectSubscriptions(stop$.subscriptions).toBe([firstSubs, secondSubs]);
  });

  marble('is let go of when it has emitted', ({ cold, hot, expectObservable, expectSubscriptions }) => {
    const source = cold('(q|)             ', { q });
    const round = cold(' s---o-t-e--m-    ', fromClaude);
    const stop$ = hot('  ---------x-x     ');
    const expected = '   (Bs)o-t-e--m--(C|)';
    const stopSubs = '   ^--------!       ';

    const out = source.pipe(resumeConversation(() => round, { stop$, grace: 5 }));
    expectObservable(out.pipe(map(letterOf))).toBe(expected);
    expectSubscriptions(stop$.subscriptions).toBe(stopSubs);
  });

  marble('that ends without a word stops nothing', ({ cold, hot, expectObservable }) => {
    const source = cold('(q|)               ', { q });
    const round = cold(' s---o-t-e--m|      ', fromClaude);
    const stop$ = hot('  ------|            ');
    const expected = '   (Bs)o-t-e--m(EC|)  ';

    const out = source.pipe(resumeConversation(() => round, { stop$ }));
    expectObservable(out.pipe(map(letterOf))).toBe(expected);
  });

  marble(
    'that fails, fails the conversation, behind its end',
    ({ cold, hot, flush, expectObservable, expectSubscriptions }) => {
      const source = cold('(q|)           ', { q });
      const round = cold(' s---o-t-----e--', fromClaude);
      const stop$ = hot('  ---------#     ', undefined, 'boom');
      const expected = '   (Bs)o-t--(C#)  ';
      const subs = '       ^--------!     ';

      const out = watchEnd(source.pipe(resumeConversation(() => round, { stop$ })));
      expectObservable(out.letters).toBe(expected, undefined, 'boom');
      expectSubscriptions(round.subscriptions).toBe(subs);
      flush();
      expect(out.end()).toMatchObject({ reason: 'error', error: toErrorFacts('boom'), rounds: 1 });
      expect(out.end().messages).toEqual([...q.messages, said(text('Hi'))]);
    },
  );

  it('may emit, or fail, before anything is sent', () => {
    const boom = new Error('boom');
    const hold = (stop$: Observable<unknown>) => {
      const round = jest.fn(() => begun);
      const seen = observe(of(q).pipe(resumeConversation(round, { stop$ })));
      expect(round).not.toHaveBeenCalled();
      return seen;
    };
    const nothing = { stop_reason: null, messages: q.messages, rounds: 0, usage_estimated: false };
    expect(hold(of(1))).toMatchObject({ values: [{ ...nothing, reason: 'stopped' }], end: 'complete' });
    const failed = hold(throwError(() => boom));
    expect(failed).toMatchObject({ values: [{ ...nothing, reason: 'error', error: toErrorFacts(boom) }], error: boom });
    expect(failed.values[0]).not.toHaveProperty('message');
  });

  it('may be a promise', async () => {
    const seen = observe(of(q).pipe(resumeConversation(() => begun, { stop$: Promise.resolve() })));
    expect(seen.end).toBeUndefined();
    await Promise.resolve();
    await Promise.resolve();
    expect(seen).toMatchObject({ end: 'complete' });
    expect(seen.values.at(-1)).toMatchObject({ reason: 'stopped' });
  });

  it('may be an Observable that is empty, or one that never ends', () => {
    for (const stop$ of [EMPTY, NEVER]) {
      const seen = observe(of(q).pipe(resumeConversation(() => [s, o, t, e, m], { stop$ })));
      expect(seen.values.at(-1)).toMatchObject({ reason: 'finished', stop_reason: 'end_turn' });
    }
  });
});

describe('unsubscribing', () => {
  const waiting: Observable<RoundEvent> = concat(of(s, o, t, e), NEVER);

  it('ends a conversation without a word, even one that is being stopped, and leaves no timer behind', () => {
    jest.useFakeTimers();
    const stop$ = new Subject<void>();
    const seen: string[] = [];
    const conversation = of(q).pipe(resumeConversation(() => waiting, { stop$ }));
    const subscription = conversation.subscribe((event) => seen.push(letterOf(event)));
    stop$.next();
    const inGrace = jest.getTimerCount();
    subscription.unsubscribe();
    const afterwards = jest.getTimerCount();
    jest.advanceTimersByTime(10_000);
    jest.useRealTimers();
    expect([inGrace, afterwards]).toEqual([1, 0]);
    expect(seen.join('')).toBe('Bsote');
    expect(stop$.observed).toBe(false);
  });
});

it.each([-1, NaN, '5', null, 2 ** 31])('refuses the grace %p at once', (grace) => {
  const refusing = () => resumeConversation(() => begun, { grace: grace as number });
  expect(refusing).toThrow(tagged('OptionError'));
  expect(refusing).toThrow('resumeConversation.grace');
});

it('waits for ever with a grace of Infinity', async () => {
  const stop$ = new Subject<void>();
  const waiting = concat(of<RoundEvent[]>(s, o, t, e), timer(30).pipe(map(() => m)));
  const seen = observe(of(q).pipe(resumeConversation(() => waiting, { stop$, grace: Infinity })));
  stop$.next();
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(seen.values.map(letterOf).join('')).toBe('BsotemEC');
  expect(seen.values.at(-1)).toMatchObject({ reason: 'stopped' });
});
