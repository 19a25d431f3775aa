import { of, queueScheduler, take } from 'rxjs';
import { accumulateMessage, accumulateToolInput, OptionError, ProtocolError, snapshots } from '../src/index.js';
import type { RoundEvent } from '../src/index.js';
import { blockStop, inputDelta, messageStart, text, textStart } from './kit/alphabet/claudeEvents.js';
import { marble } from './kit/session/marble.js';
import { begun, claude, retried } from './support/alphabet.js';
import { frozen } from './support/frozen.js';
import { observe } from './support/observe.js';
import { overloaded } from './support/overloaded.js';

const events = frozen({ ...claude, o: textStart(), h: text('Hel'), i: text('lo'), c: blockStop() });
const { message: empty } = messageStart();

function withText(text: string, fields: object = {}) {
  return { ...empty, content: [{ type: 'text', text }], ...fields };
}

// Messages are digits in the diagrams.
const messages = {
  1: empty,
  2: withText(''),
  3: withText('Hel'),
  4: withText('Hello'),
  5: withText('HelHel'),
};

marble(
  'shows the first change at once, and then one message per time',
  ({ hot, expectObservable, expectSubscriptions }) => {
    const source = hot(' -s-o-h-------h--------|', events);
    const expected = '   -1---3-------5--------|';
    const subs = '       ^---------------------!';

    expectObservable<unknown>(source.pipe(snapshots({ every: 4 }))).toBe(expected, messages);
    expectSubscriptions(source.subscriptions).toBe(subs);
  },
);

marble('emits nothing when nothing has changed', ({ hot, expectObservable }) => {
  const source = hot(' -s-p-u-----------o-p-p-p-p-|', events);
  const expected = '   -1---------------2---------|';

  expectObservable<unknown>(source.pipe(snapshots({ every: 4 }))).toBe(expected, messages);
});

marble('shows the last change before the end, at once', ({ hot, expectObservable }) => {
  const source = hot(' -s-o-h-i|   ', events);
  const expected = '   -1------(4|)';

  expectObservable<unknown>(source.pipe(snapshots({ every: 100 }))).toBe(expected, messages);
});

marble('shows the last change before an error, too', ({ hot, expectObservable }) => {
  const source = hot(' -s-o-h-#   ', events);
  const expected = '   -1-----(3#)';

  expectObservable<unknown>(source.pipe(snapshots({ every: 100 }))).toBe(expected, messages);
});

marble('shows a message every 16 ms unless told otherwise', ({ hot, expectObservable }) => {
  const source = hot(' s o 20ms h 5ms i 20ms |', events);
  const expected = '   1 15ms 2 15ms 4 16ms |';

  expectObservable<unknown>(source.pipe(snapshots())).toBe(expected, messages);
});

marble('lets go of the source and of the clock', ({ hot, expectObservable, expectSubscriptions }) => {
  const source = hot(' -s-o-h-i-----', events);
  const unsub = '      -----!       ';
  const expected = '   -1---------  ';
  const subs = '       ^----!       ';

  expectObservable<unknown>(source.pipe(snapshots({ every: 8 })), unsub).toBe(expected, messages);
  expectSubscriptions(source.subscriptions).toBe(subs);
});

marble('fails when a message begins within another', ({ hot, expectObservable }) => {
  const source = hot(' -s-o-s-o-|', events);
  const expected = '   -1---(2#)';

  const error = new ProtocolError('A `message_start` came before the `message_stop` of the message before it.');
  expectObservable<unknown>(source.pipe(snapshots({ every: 100 }))).toBe(expected, messages, error);
});

describe("a tool's input", () => {
  const call = frozen({ ...claude, i: inputDelta('{"days":[{"n":1},'), j: inputDelta('{"n":2'), a: inputDelta('}]}') });
  const tool = (input: unknown) => ({ ...empty, content: [{ type: 'tool_use', id: 'toolu_k', name: 'k', input }] });

  marble('is shown while it is written', ({ hot, expectObservable }) => {
    const source = hot(' -s-k-i-j-a-c-|', { ...call, c: blockStop(0) });
    const expected = '   -1-2-3-4-5-6-|';

    const shown = {
      1: empty,
      2: tool({}),
      3: tool({ days: [{ n: 1 }] }),
      4: tool({ days: [{ n: 1 }, {}] }),
      5: tool({ days: [{ n: 1 }, { n: 2 }] }),
      6: tool({ days: [{ n: 1 }, { n: 2 }] }),
    };
    expectObservable<unknown>(source.pipe(accumulateToolInput(), snapshots({ every: 1 }))).toBe(expected, shown);
  });

  it('is {} at last when the reply ends within it: nothing is repaired', () => {
    const { s, k, i, m } = call;
    const { values } = observe(of<RoundEvent[]>(s, k, i, m).pipe(accumulateToolInput(), snapshots({ every: 1000 })));
    expect(values.at(-1)).toEqual(tool({}));
  });

  it('is no new object while another block grows', () => {
    const { s, k, i } = call;
    const pieces = of<RoundEvent[]>(s, k, i, textStart(1), text('a', 1), text('b', 1));
    const shown = observe(pieces.pipe(accumulateToolInput(), snapshots({ scheduler: queueScheduler }))).values;
    expect(shown.at(-1)!.content[1]).not.toBe(shown.at(-2)!.content[1]);
    expect(shown.at(-1)!.content[0]).toBe(shown.at(-2)!.content[0]);
  });

  it('keeps the identity of what is finished in it, and never changes', () => {
    const { s, k, i, j, a } = call;
    const pieces = of<RoundEvent[]>(s, k, i, j, a);
    const seen: { days: object[] }[] = [];
    const texts: string[] = [];
    pieces.pipe(accumulateToolInput()).subscribe((event) => {
      if (event.type !== 'tool_input') return;
      seen.push(event.snapshot() as { days: object[] });
      texts.push(JSON.stringify(seen.at(-1)));
    });
    expect(seen.map((input) => JSON.stringify(input))).toEqual(texts);
    expect(seen[1]!.days[0]).toBe(seen[0]!.days[0]);
    expect(seen[2]!.days[0]).toBe(seen[0]!.days[0]);
  });
});

it('ends with the message that accumulateMessage ends with', () => {
  const reply = of<RoundEvent[]>(events.s, events.o, events.h, events.i, events.c, events.e, events.m);
  const last = observe(reply.pipe(accumulateMessage())).values.at(-1);
  expect(observe(reply.pipe(snapshots())).values.at(-1)).toEqual(last);
});

marble('shows the last message of a round before the first one of the next', ({ hot, expectObservable }) => {
  const source = hot(' -s-o-h-m-s-o-i-|   ', events);
  const expected = '   -1-------3-----(6|)';

  expectObservable<unknown>(source.pipe(snapshots({ every: 100 }))).toBe(expected, { ...messages, 6: withText('lo') });
});

describe('a message that broke off', () => {
  const around = frozen({
    ...events,
    B: begun(),
    C: { type: 'conversation_end', reason: 'stopped' } as RoundEvent,
    R: retried(1, overloaded(), 500),
  });

  marble(
    'is followed by the one of the next attempt: what was not shown of it is void',
    ({ hot, expectObservable }) => {
      const source = hot(' -s-o-h-R-s-o-i-|   ', around);
      const expected = '   -1-------------(6|)';

      const six = withText('lo');
      expectObservable<unknown>(source.pipe(snapshots({ every: 100 }))).toBe(expected, { ...messages, 6: six });
    },
  );

  marble('takes the inputs of its tools along', ({ hot, expectObservable }) => {
    const source = hot(' -s-k-i-R-s-k-a-|', { ...around, i: inputDelta('{"city":"Ber'), a: blockStop() });
    const expected = '   -1-2-3---1-2---|';

    const tool = (input: unknown) => ({ ...empty, content: [{ type: 'tool_use', id: 'toolu_k', name: 'k', input }] });
    const shown = { 1: empty, 2: tool({}), 3: tool({ city: 'Ber' }) };
    expectObservable<unknown>(source.pipe(accumulateToolInput(), snapshots({ every: 1 }))).toBe(expected, shown);
  });

  marble('is shown to its end, however soon the next conversation begins', ({ hot, expectObservable }) => {
    const source = hot(' -B-s-o-h-(CBs)o-i-|', around);
    const expected = '   ---1-----3--------(6|)';

    const six = withText('lo');
    expectObservable<unknown>(source.pipe(snapshots({ every: 100 }))).toBe(expected, { ...messages, 6: six });
  });
});

it('takes a scheduler that does not wait', () => {
  const reply = of<RoundEvent[]>(events.s, events.o, events.h, events.i);
  const { values } = observe(reply.pipe(snapshots({ scheduler: queueScheduler })));
  expect(values).toEqual([messages[1], messages[2], messages[3], messages[4]]);
});

it('stops when its subscriber has enough', () => {
  const reply = of<RoundEvent[]>(events.s, events.o, events.h);
  expect(observe(reply.pipe(snapshots(), take(1))).values).toEqual([empty]);
});

it.each([-1, NaN, '16'])('refuses `every` of %p', (every) => {
  expect(() => snapshots({ every: every as number })).toThrow(OptionError);
});
