import { concat, map, NEVER, type Observable, of, take, takeWhile } from 'rxjs';
import { MissingToolResultError, OptionError, ProtocolError, resumeConversation } from '../src/index.js';
import type { ClaudeRequest, RoundEvent } from '../src/index.js';
import { stop } from './kit/alphabet/claudeEvents.js';
import { marble } from './kit/session/marble.js';
import { claude, letterOf, result } from './support/alphabet.js';
import { frozen } from './support/frozen.js';
import { observe } from './support/observe.js';

// q is a request. B round_start, E round_end, C conversation_end; W and X answer the calls that k and l begin.
const values = frozen({
  ...claude,
  W: result('k', 'one'),
  X: result('l', 'two'),
  h: stop('pause_turn'),
});
const q: ClaudeRequest = frozen({ model: 'claude-test', max_tokens: 100, messages: [{ role: 'user', content: 'Hi' }] });
const { s, k, w, m, W } = values;
const calling = [s, k, w, m, W];

/** One round after the other. */
function inTurn(...rounds: Observable<RoundEvent>[]) {
  return (_: unknown, number: number) => rounds[number - 1]!;
}

describe('goes on', () => {
  marble('with the results of two tools, the second done first', (helpers) => {
    const { cold, expectObservable, expectSubscriptions } = helpers;
    const source = cold('(q|)                            ', { q });
    const one = cold('   s---k-l-w-m-X-(W|)              ', values);
    const two = cold('                 s-----o-t-e-m|    ', values);
    const expected = '   (Bs)k-l-w-m-X-(WEBs)o-t-e-m(EC|)';
    const oneSubs = '    ^-------------!                 ';
    const twoSubs = '    --------------^------------!    ';

    const out = source.pipe(resumeConversation(inTurn(one, two)));
    expectObservable(out.pipe(map(letterOf))).toBe(expected);
    expectSubscriptions(one.subscriptions).toBe(oneSubs);
    expectSubscriptions(two.subscriptions).toBe(twoSubs);
  });

  marble('after each pause_turn', ({ cold, expectObservable }) => {
    const source = cold('(q|)                                    ', { q });
    const one = cold('   s---o-h-m----|                          ', values);
    const two = cold('                s----t-h-m--|              ', values);
    const three = cold('                          s----t-e-(m|)  ', values);
    const expected = '   (Bs)o-e-m----(EBs)t-e-m--(EBs)t-e-(mEC|)';

    const out = source.pipe(resumeConversation(inTurn(one, two, three)));
    expectObservable(out.pipe(map(letterOf))).toBe(expected);
  });

  marble('when the round is over, and no sooner', ({ cold, expectObservable, expectSubscriptions }) => {
    const source = cold('(q|)                   ', { q });
    const one = cold('   s---k-w-m-----W---|    ', values);
    const two = cold('                     s----', values);
    const expected = '   (Bs)k-w-m-----W---(EBs)';
    const twoSubs = '    ------------------^    ';

    expectObservable(source.pipe(resumeConversation(inTurn(one, two)), map(letterOf))).toBe(expected);
    expectSubscriptions(two.subscriptions).toBe(twoSubs);
  });

  marble('with the next request, when a conversation is over', (helpers) => {
    const { cold, hot, expectObservable, expectSubscriptions } = helpers;
    const source = hot(' -q-q-|                            ', { q });
    const round = cold('  s-----o-t-e-m-|                  ', values);
    //                                  s-----o-t-e-m-|
    const expected = '   -(Bs)--o-t-e-m-(ECBs)o-t-e-m-(EC|)';
    const firstSubs = '  -^-------------!                  ';
    const secondSubs = ' ---------------^-------------!    ';

    expectObservable(source.pipe(resumeConversation(() => round)).pipe(map(letterOf))).toBe(expected);
    expectSubscriptions(round.subscriptions).toBe([firstSubs, secondSubs]);
  });

  it('through 2 000 synchronous rounds without filling the stack', () => {
    const round = (_: unknown, number: number) => (number < 2_000 ? calling : [s, values.e, m]);
    const seen = observe(of(q).pipe(resumeConversation(round, { maxRounds: 3_000 })));
    expect(seen.error).toBeUndefined();
    expect(seen.values.at(-1)).toMatchObject({ type: 'conversation_end', reason: 'end_turn', rounds: 2_000 });
  });
});

describe('ends', () => {
  marble('after maxRounds, with the tools of the last round answered', (helpers) => {
    const { cold, expectObservable, expectSubscriptions } = helpers;
    const source = cold('(q|)                            ', { q });
    const one = cold('   s---k-w-m---(W|)                ', values);
    const two = cold('               s-----k-w-m---(W|)  ', values);
    const three = cold('                           s      ', values);
    const expected = '   (Bs)k-w-m---(WEBs)k-w-m---(WEC|)';

    const out = source.pipe(resumeConversation(inTurn(one, two, three), { maxRounds: 2 }));
    expectObservable(out.pipe(map(letterOf))).toBe(expected);
    expectSubscriptions(three.subscriptions).toBe([]);
  });

  marble('where stopWhen says so', ({ cold, expectObservable }) => {
    const source = cold('(q|)                            ', { q });
    const one = cold('   s---k-w-m---(W|)                ', values);
    const two = cold('               s-----k-w-m---(W|)  ', values);
    const expected = '   (Bs)k-w-m---(WEBs)k-w-m---(WEC|)';

    const stopWhen = ({ round }: { round: number }) => round === 2;
    const out = source.pipe(resumeConversation(inTurn(one, two), { stopWhen }));
    expectObservable(out.pipe(map(letterOf))).toBe(expected);
  });

  it('after 10 rounds unless told otherwise, and never with maxRounds: Infinity', () => {
    const rounds = (maxRounds?: number) => {
      const round = (_: unknown, number: number) => (number < 100 ? calling : [s, values.e, m]);
      return observe(of(q).pipe(resumeConversation(round, maxRounds === undefined ? {} : { maxRounds }))).values.at(-1);
    };
    expect(rounds()).toMatchObject({ reason: 'max_rounds', rounds: 10 });
    expect(rounds(1)).toMatchObject({ reason: 'max_rounds', rounds: 1 });
    expect(rounds(Infinity)).toMatchObject({ reason: 'end_turn', rounds: 100 });
  });

  it.each([0, -1, 1.5, NaN, '3'])('refuses maxRounds %p at once', (maxRounds) => {
    expect(() => resumeConversation(() => of(), { maxRounds: maxRounds as number })).toThrow(OptionError);
  });
});

describe('fails', () => {
  marble('as a round does', ({ cold, expectObservable, expectSubscriptions }) => {
    const source = cold('(q|)              ', { q });
    const one = cold('   s---k-w-m-(W|)    ', values);
    const two = cold('             s-----# ', values, 'boom');
    const expected = '   (Bs)k-w-m-(WEBs)(C#)';
    const twoSubs = '    ----------^-----! ';

    const out = source.pipe(resumeConversation(inTurn(one, two)));
    expectObservable(out.pipe(map(letterOf))).toBe(expected, undefined, 'boom');
    expectSubscriptions(two.subscriptions).toBe(twoSubs);
  });

  const incomplete = Object.assign(new ProtocolError("Round 1 completed without a whole message of Claude's."), {
    round: 1,
  });
  describe.each([
    [
      'brings no result for a call',
      ' s---k-l-w-m-X-|',
      '(Bs)k-l-w-m-X-(C#)',
      new MissingToolResultError(1, ['toolu_k']),
    ],
    ['brings no message_stop', '      s---o-t-e-|    ', '(Bs)o-t-e-(C#)    ', incomplete],
    ['brings nothing', '              ----------|    ', 'B---------(C#)    ', incomplete],
  ])('when a round %s', (_, round, expected, error) => {
    marble(`${round.trim()} gives ${expected.trim()}`, ({ cold, expectObservable }) => {
      const source = cold('(q|)', { q });
      const one = cold(round, values);
      expectObservable(source.pipe(resumeConversation(() => one)).pipe(map(letterOf))).toBe(expected, undefined, error);
    });
  });
});

describe('lets go', () => {
  marble('of the round that runs', ({ cold, expectObservable, expectSubscriptions }) => {
    const source = cold('(q|)               ', { q });
    const unsub = '      ----------!        ';
    const one = cold('   s---k-w-m-----W---|', values);
    const two = cold('                     s', values);
    const expected = '   (Bs)k-w-m-         ';
    const oneSubs = '    ^---------!        ';

    expectObservable(source.pipe(resumeConversation(inTurn(one, two)), map(letterOf)), unsub).toBe(expected);
    expectSubscriptions(one.subscriptions).toBe(oneSubs);
    expectSubscriptions(two.subscriptions).toBe([]);
  });

  it('before the first round, of a subscriber that leaves at round_start', () => {
    const round = jest.fn(() => calling);
    const { values: seen } = observe(of(q).pipe(resumeConversation(round), take(1)));
    expect(seen.map(letterOf)).toEqual(['B']);
    expect(round).not.toHaveBeenCalled();
  });

  it('between synchronous rounds, of a subscriber that leaves at a round_end', () => {
    const round = jest.fn((_: unknown, number: number) => (number < 100 ? calling : [s, values.e, m]));
    const leaving = takeWhile(({ type }: RoundEvent) => type !== 'round_end', true);
    const seen = observe(of(q).pipe(resumeConversation(round, { maxRounds: Infinity }), leaving));
    expect(seen.end).toBe('complete');
    expect(round).toHaveBeenCalledTimes(1);
  });

  it('without a word to stopWhen', () => {
    const stopWhen = jest.fn(() => false);
    const round = () => concat(of(...calling), NEVER);
    of(q).pipe(resumeConversation(round, { stopWhen })).subscribe().unsubscribe();
    expect(stopWhen).not.toHaveBeenCalled();
  });
});
