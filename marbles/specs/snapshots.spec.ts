import { map, of, queueScheduler, take, type MonoTypeOperatorFunction } from 'rxjs';
import { accumulateMessage, accumulateToolInput, snapshots } from '../../src/index.js';
import type { RoundEvent } from '../../src/index.js';
import { added, apiError, claude, inTurn, marble } from '../index.js';
import { frozen } from './support/frozen.js';
import { observe } from './support/observe.js';
import { protocolError, tagged } from '../../test/support/errors.js';

// s message_start  o a text block starts  t text  k a tool_use block starts  i a piece of a tool's input
// c content_block_stop  m message_stop  p ping  u an event of another type  B round_start  R round_retry
// C conversation_end
//
// Messages are digits.

/** The reply says "Hello" in two pieces. Its events are frozen: changing one fails the test. */
const letters = frozen({
  s: claude.messageStart(),
  o: claude.textStart(0),
  t: inTurn(claude.text('Hel', 0), claude.text('lo', 0)),
});
const hello = frozen(claude.message(claude.textBlock('Hel', 'lo')));

const { message: empty } = claude.messageStart();

function withText(text: string, fields: object = {}) {
  return { ...empty, content: [{ type: 'text', text }], ...fields };
}

const messages = {
  1: empty,
  2: withText(''),
  3: withText('Hel'),
  4: withText('Hello'),
  5: withText('HelHel'),
};

marble(
  'shows the first change at once, and then one message per time',
  ({ reply, expectObservable, expectSubscriptions }) => {
    const source = reply('-s-o-t-------t--------|', { ...letters, t: claude.text('Hel', 0) });
    const expected = '    -1---3-------5--------|';
    const subs = '        ^---------------------!';

    expectObservable<unknown>(source.pipe(snapshots({ every: 4 }))).toBe(expected, messages);
    expectSubscriptions(source.subscriptions).toBe(subs);
  },
);

marble('emits nothing when nothing has changed', ({ reply, expectObservable }) => {
  const source = reply('-s-p-u-----------o-p-p-p-p-|', letters);
  const expected = '    -1---------------2---------|';

  expectObservable<unknown>(source.pipe(snapshots({ every: 4 }))).toBe(expected, messages);
});

marble('shows the last change before the end, at once', ({ reply, expectObservable }) => {
  const source = reply('-s-o-t-t|   ', letters);
  const expected = '    -1------(4|)';

  expectObservable<unknown>(source.pipe(snapshots({ every: 100 }))).toBe(expected, messages);
});

marble('shows the last change before an error, too', ({ reply, expectObservable }) => {
  const source = reply('-s-o-t-#   ', letters);
  const expected = '    -1-----(3#)';

  expectObservable<unknown>(source.pipe(snapshots({ every: 100 }))).toBe(expected, messages, apiError());
});

marble('shows a message every 16 ms unless told otherwise', ({ reply, expectObservable }) => {
  const source = reply('s o 20ms t 5ms t 20ms |', letters);
  const expected = '    1 15ms 2 15ms 4 16ms |';

  expectObservable<unknown>(source.pipe(snapshots())).toBe(expected, messages);
});

marble('unsubscribes from the source and stops the clock', ({ reply, expectObservable, expectSubscriptions }) => {
  const source = reply('-s-o-t-t-----', letters);
  const unsub = '       -----!       ';
  const expected = '    -1---------  ';
  const subs = '        ^----!       ';

  expectObservable<unknown>(source.pipe(snapshots({ every: 8 })), unsub).toBe(expected, messages);
  expectSubscriptions(source.subscriptions).toBe(subs);
});

marble('fails when a message begins within another', ({ reply, expectObservable }) => {
  const source = reply('-s-o-s-o-|', letters);
  const expected = '    -1---(2#)';

  const error = protocolError('A second `message_start` came before `message_stop`.');
  expectObservable<unknown>(source.pipe(snapshots({ every: 100 }))).toBe(expected, messages, error);
});

/** A message that calls `weather`. */
function withCall(input: unknown) {
  return { ...empty, content: [{ type: 'tool_use', id: 'toolu_1', name: 'weather', input }] };
}

describe("a tool's input", () => {
  const call = frozen(claude.toolUseStart('toolu_1', 'weather', 0));
  const pieces = frozen([
    claude.inputJson('{"days":[{"n":1},', 0),
    claude.inputJson('{"n":2', 0),
    claude.inputJson('}]}', 0),
  ]);

  marble('is shown while it is written', ({ reply, expectObservable }) => {
    const source = reply('-s-k-i-i-i-c-|', { ...letters, k: call, i: inTurn(...pieces) });
    const expected = '    -1-2-3-4-5-6-|';

    const shown = {
      1: empty,
      2: withCall({}),
      3: withCall({ days: [{ n: 1 }] }),
      4: withCall({ days: [{ n: 1 }, {}] }),
      5: withCall({ days: [{ n: 1 }, { n: 2 }] }),
      6: withCall({ days: [{ n: 1 }, { n: 2 }] }),
    };
    expectObservable<unknown>(source.pipe(accumulateToolInput(), snapshots({ every: 1 }))).toBe(expected, shown);
  });

  it('is {} at last when the reply ends within it: nothing is repaired', () => {
    const reply = of<RoundEvent[]>(claude.messageStart(), call, pieces[0]!, claude.messageStop());
    const { values } = observe(reply.pipe(accumulateToolInput(), snapshots({ every: 1000 })));
    expect(values.at(-1)).toEqual(withCall({}));
  });

  it('stays the same object while another block grows', () => {
    const textBehind = [claude.textStart(1), claude.text('a', 1), claude.text('b', 1)];
    const reply = of<RoundEvent[]>(claude.messageStart(), call, pieces[0]!, ...textBehind);
    const shown = observe(reply.pipe(accumulateToolInput(), snapshots({ scheduler: queueScheduler }))).values;
    expect(shown.at(-1)!.content[1]).not.toBe(shown.at(-2)!.content[1]);
    expect(shown.at(-1)!.content[0]).toBe(shown.at(-2)!.content[0]);
  });

  it('keeps the identity of what is finished in it, and never changes', () => {
    const reply = of<RoundEvent[]>(claude.messageStart(), call, ...pieces);
    const seen: { days: object[] }[] = [];
    const texts: string[] = [];
    reply.pipe(accumulateToolInput(), snapshots({ scheduler: queueScheduler })).subscribe(({ content: [block] }) => {
      if (block?.type !== 'tool_use') return;
      seen.push(block.input as { days: object[] });
      texts.push(JSON.stringify(seen.at(-1)));
    });
    expect(texts).toEqual(['{}', '{"days":[{"n":1}]}', '{"days":[{"n":1},{}]}', '{"days":[{"n":1},{"n":2}]}']);
    expect(seen.map((input) => JSON.stringify(input))).toEqual(texts);
    expect(seen[2]!.days[0]).toBe(seen[1]!.days[0]);
    expect(seen[3]!.days[0]).toBe(seen[1]!.days[0]);
    for (const { days } of seen.slice(1)) expect([days, ...days].every(Object.isFrozen)).toBe(true);
  });

  it.each<[string, MonoTypeOperatorFunction<RoundEvent>]>([
    ['a shallow copy', map((event) => ({ ...event }))],
    ['JSON there and back', map((event) => JSON.parse(JSON.stringify(event)) as RoundEvent)],
  ])('is shown after %s, too', (_, copy) => {
    const reply = of<RoundEvent[]>(
      claude.messageStart(),
      call,
      ...pieces,
      claude.contentBlockStop(0),
      claude.messageStop(),
    );
    const shown = observe(reply.pipe(copy, accumulateToolInput(), copy, snapshots({ scheduler: queueScheduler })));
    expect(shown.end).toBe('complete');
    expect(shown.values.map(({ content: [block] }) => block?.type === 'tool_use' && block.input)).toEqual([
      false,
      {},
      { days: [{ n: 1 }] },
      { days: [{ n: 1 }, {}] },
      { days: [{ n: 1 }, { n: 2 }] },
      { days: [{ n: 1 }, { n: 2 }] },
    ]);
  });

  it('is {} until it is complete where there are no tool_input events', () => {
    const reply = of<RoundEvent[]>(
      claude.messageStart(),
      call,
      ...pieces,
      claude.contentBlockStop(0),
      claude.messageStop(),
    );
    const { values } = observe(reply.pipe(snapshots({ scheduler: queueScheduler })));
    expect(values).toEqual([empty, withCall({}), withCall({ days: [{ n: 1 }, { n: 2 }] })]);
  });
});

it('ends with the message that accumulateMessage ends with', () => {
  const reply = of<RoundEvent[]>(...hello);
  const last = observe(reply.pipe(accumulateMessage())).values.at(-1);
  expect(observe(reply.pipe(snapshots())).values.at(-1)).toEqual(last);
});

marble('shows the last message of a round before the first one of the next', ({ reply, expectObservable }) => {
  const source = reply('-s-o-t-m-s-o-t-|   ', letters);
  const expected = '    -1-------3-----(6|)';

  expectObservable<unknown>(source.pipe(snapshots({ every: 100 }))).toBe(expected, { ...messages, 6: withText('lo') });
});

describe('a message that broke off', () => {
  const R = added.roundRetry(1, apiError(), 500);

  marble(
    'is followed by the one of the next attempt: what was not shown of it is void',
    ({ events, expectObservable }) => {
      const source = events('-s-o-t-R-s-o-t-|   ', { ...letters, R });
      const expected = '     -1-------------(6|)';

      const six = withText('lo');
      expectObservable<unknown>(source.pipe(snapshots({ every: 100 }))).toBe(expected, { ...messages, 6: six });
    },
  );

  marble('brings the inputs of its tools', ({ events, expectObservable }) => {
    const call = frozen({ k: claude.toolUse('toolu_1', 'weather').start, i: claude.inputJson('{"city":"Ber', 0) });
    const source = events('-s-k-i-R-s-k-c-|', { ...letters, ...call, R });
    const expected = '     -1-2-3---1-2---|';

    const shown = { 1: empty, 2: withCall({}), 3: withCall({ city: 'Ber' }) };
    expectObservable<unknown>(source.pipe(accumulateToolInput(), snapshots({ every: 1 }))).toBe(expected, shown);
  });

  marble('is shown to its end, however soon the next conversation begins', ({ events, expectObservable }) => {
    const around = { B: added.roundStart(), C: added.conversationEnd('stopped') };
    const source = events('-B-s-o-t-(CBs)o-t-|', { ...letters, ...around });
    const expected = '     ---1-----3--------(6|)';

    const six = withText('lo');
    expectObservable<unknown>(source.pipe(snapshots({ every: 100 }))).toBe(expected, { ...messages, 6: six });
  });
});

it('takes a scheduler that does not wait', () => {
  const reply = of<RoundEvent[]>(...hello.slice(0, 4));
  const { values } = observe(reply.pipe(snapshots({ scheduler: queueScheduler })));
  expect(values).toEqual([messages[1], messages[2], messages[3], messages[4]]);
});

it('stops when its subscriber has enough', () => {
  const reply = of<RoundEvent[]>(...hello);
  expect(observe(reply.pipe(snapshots(), take(1))).values).toEqual([empty]);
});

it.each([-1, NaN, '16'])('refuses `every` of %p', (every) => {
  expect(() => snapshots({ every: every as number })).toThrow(tagged('OptionError'));
});
