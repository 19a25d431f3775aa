import { concat, NEVER, type Observable, of, take, takeWhile } from 'rxjs';
import { resumeConversation } from '../../src/index.js';
import type { ClaudeRequest, RoundContext, RoundEvent } from '../../src/index.js';
import { added, claude, marble } from '../index.js';
import { frozen } from './support/frozen.js';
import { observe } from './support/observe.js';
import { missingToolResultError, protocolError, tagged } from '../../test/support/errors.js';

// The source emits requests: `q` is one.
//
// s message_start  o a text block starts  t text  k a tool_use block starts
// w message_delta with stop_reason tool_use  e message_delta with stop_reason end_turn
// y message_delta with stop_reason pause_turn  m message_stop  B round_start  E round_end  C conversation_end
// W tool_result
//
// Two calls are told apart: `k` calls the tool weather, and `W` is its result; `l` calls the tool time, and `Y` is its
// result.

const values = frozen({
  k: claude.toolUseStart('toolu_weather', 'weather', 0),
  l: claude.toolUseStart('toolu_time', 'time', 1),
  W: added.toolResult(added.toolCall('toolu_weather', 'weather', {}, 0), 'sunny'),
  Y: added.toolResult(added.toolCall('toolu_time', 'time', {}, 1), 'noon'),
});
const calling: readonly RoundEvent[] = frozen([...claude.message(values.k), values.W]);
const answer = frozen(claude.message());
const q: ClaudeRequest = frozen({ model: 'claude-test', max_tokens: 100, messages: [{ role: 'user', content: 'Hi' }] });

/** One round after the other. */
function inTurn(...rounds: Observable<RoundEvent>[]) {
  return (_: unknown, { round: number }: RoundContext) => rounds[number - 1]!;
}

describe('goes on', () => {
  marble('with the results of two tools, the second done first', (helpers) => {
    const { cold, events, expectEvents, expectSubscriptions } = helpers;
    const source = cold(' (q|)                            ', { q });
    const one = events('  s---k-l-w-m-Y-(W|)              ', values);
    const two = events('                s-----o-t-e-m|    ', values);
    const expected = '    (Bs)k-l-w-m-Y-(WEBs)o-t-e-m(EC|)';
    const oneSubs = '     ^-------------!                 ';
    const twoSubs = '     --------------^------------!    ';

    const out = source.pipe(resumeConversation(inTurn(one, two)));
    expectEvents(out).toBe(expected, values);
    expectSubscriptions(one.subscriptions).toBe(oneSubs);
    expectSubscriptions(two.subscriptions).toBe(twoSubs);
  });

  marble('after each pause_turn', ({ cold, events, expectEvents }) => {
    const source = cold(' (q|)                                    ', { q });
    const one = events('  s---o-y-m----|                          ', values);
    const two = events('               s----t-y-m--|              ', values);
    const three = events('                       s----t-e-(m|)    ', values);
    const expected = '    (Bs)o-y-m----(EBs)t-y-m--(EBs)t-e-(mEC|)';

    const out = source.pipe(resumeConversation(inTurn(one, two, three)));
    expectEvents(out).toBe(expected, values);
  });

  marble('when the round is over, and no sooner', ({ cold, events, expectEvents, expectSubscriptions }) => {
    const source = cold(' (q|)                   ', { q });
    const one = events('  s---k-w-m-----W---|    ', values);
    const two = events('                    s----', values);
    const expected = '    (Bs)k-w-m-----W---(EBs)';
    const twoSubs = '     ------------------^    ';

    expectEvents(source.pipe(resumeConversation(inTurn(one, two)))).toBe(expected, values);
    expectSubscriptions(two.subscriptions).toBe(twoSubs);
  });

  marble('with the next request, when a conversation is over', (helpers) => {
    const { events, hot, expectEvents, expectSubscriptions } = helpers;
    const source = hot('   -q-q-|                            ', { q });
    const round = events(' s-----o-t-e-m-|                   ', values);
    //                                    s-----o-t-e-m-|
    const expected = '     -(Bs)--o-t-e-m-(ECBs)o-t-e-m-(EC|)';
    const firstSubs = '    -^-------------!                  ';
    const secondSubs = '   ---------------^-------------!    ';

    expectEvents(source.pipe(resumeConversation(() => round))).toBe(expected, values);
    expectSubscriptions(round.subscriptions).toBe([firstSubs, secondSubs]);
  });

  it('through 2 000 synchronous rounds without filling the stack', () => {
    const round = (_: unknown, { round: number }: RoundContext) => (number < 2_000 ? calling : answer);
    const seen = observe(of(q).pipe(resumeConversation(round, { maxRounds: 3_000 })));
    expect(seen.error).toBeUndefined();
    expect(seen.values.at(-1)).toMatchObject({
      type: 'conversation_end',
      reason: 'finished',
      stop_reason: 'end_turn',
      rounds: 2_000,
    });
  });
});

describe('ends', () => {
  marble('after maxRounds, with the tools of the last round answered', (helpers) => {
    const { cold, events, expectEvents, expectSubscriptions } = helpers;
    const source = cold(' (q|)                            ', { q });
    const one = events('  s---k-w-m---(W|)                ', values);
    const two = events('              s-----k-w-m---(W|)  ', values);
    const three = events('                        s       ', values);
    const expected = '    (Bs)k-w-m---(WEBs)k-w-m---(WEC|)';

    const out = source.pipe(resumeConversation(inTurn(one, two, three), { maxRounds: 2 }));
    expectEvents(out).toBe(expected, values);
    expectSubscriptions(three.subscriptions).toBe([]);
  });

  marble('where stopWhen says so', ({ cold, events, expectEvents }) => {
    const source = cold(' (q|)                            ', { q });
    const one = events('  s---k-w-m---(W|)                ', values);
    const two = events('              s-----k-w-m---(W|)  ', values);
    const expected = '    (Bs)k-w-m---(WEBs)k-w-m---(WEC|)';

    const stopWhen = ({ round }: { round: number }) => round === 2;
    const out = source.pipe(resumeConversation(inTurn(one, two), { stopWhen }));
    expectEvents(out).toBe(expected, values);
  });

  it('after 10 rounds unless told otherwise, and never with maxRounds: Infinity', () => {
    const rounds = (maxRounds?: number) => {
      const round = (_: unknown, { round: number }: RoundContext) => (number < 100 ? calling : answer);
      return observe(of(q).pipe(resumeConversation(round, maxRounds === undefined ? {} : { maxRounds }))).values.at(-1);
    };
    expect(rounds()).toMatchObject({ reason: 'max_rounds', rounds: 10 });
    expect(rounds(1)).toMatchObject({ reason: 'max_rounds', rounds: 1 });
    expect(rounds(Infinity)).toMatchObject({ reason: 'finished', stop_reason: 'end_turn', rounds: 100 });
  });

  it.each([0, -1, 1.5, NaN, '3'])('refuses maxRounds %p at once', (maxRounds) => {
    expect(() => resumeConversation(() => of(), { maxRounds: maxRounds as number })).toThrow(tagged('OptionError'));
  });
});

describe('fails', () => {
  marble('as a round does', ({ cold, events, expectEvents, expectSubscriptions }) => {
    const source = cold(' (q|)                ', { q });
    const one = events('  s---k-w-m-(W|)      ', values);
    const two = cold('              s-----#   ', { s: claude.messageStart() }, 'boom');
    const expected = '    (Bs)k-w-m-(WEBs)(C#)';
    const twoSubs = '     ----------^-----!   ';

    const out = source.pipe(resumeConversation(inTurn(one, two)));
    expectEvents(out).toBe(expected, { ...values, '#': 'boom' });
    expectSubscriptions(two.subscriptions).toBe(twoSubs);
  });

  const incomplete = Object.assign(protocolError('Round 1 completed without a complete message.'), {
    round: 1,
  });
  describe.each([
    [
      'brings no result for a call',
      ' s---k-l-w-m-Y-|',
      '(Bs)k-l-w-m-Y-(C#)',
      missingToolResultError(1, ['toolu_weather']),
    ],
    ['brings no message_stop', '      s---o-t-e-|    ', '(Bs)o-t-e-(C#)    ', incomplete],
    ['brings nothing', '              ----------|    ', 'B---------(C#)    ', incomplete],
  ])('when a round %s', (_, round, expected, error) => {
    marble(`${round.trim()} gives ${expected.trim()}`, ({ cold, events, expectEvents }) => {
      const source = cold('(q|)', { q });
      const one = events(round, values);
      expectEvents(source.pipe(resumeConversation(() => one))).toBe(expected, { ...values, '#': error });
    });
  });
});

describe('stops', () => {
  marble('of the round that runs', ({ cold, events, expectEvents, expectSubscriptions }) => {
    const source = cold(' (q|)               ', { q });
    const unsub = '       ----------!        ';
    const one = events('  s---k-w-m-----W---|', values);
    const two = events('                    s', values);
    const expected = '    (Bs)k-w-m-         ';
    const oneSubs = '     ^---------!        ';

    expectEvents(source.pipe(resumeConversation(inTurn(one, two))), unsub).toBe(expected, values);
    expectSubscriptions(one.subscriptions).toBe(oneSubs);
    expectSubscriptions(two.subscriptions).toBe([]);
  });

  it('before the first round, of a subscriber that leaves at round_start', () => {
    const round = jest.fn(() => calling);
    const { values: seen } = observe(of(q).pipe(resumeConversation(round), take(1)));
    expect(seen.map(({ type }) => type)).toEqual(['round_start']);
    expect(round).not.toHaveBeenCalled();
  });

  it('between synchronous rounds, of a subscriber that leaves at a round_end', () => {
    const round = jest.fn((_: unknown, { round: number }: RoundContext) => (number < 100 ? calling : answer));
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
