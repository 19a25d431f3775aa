import { map, of } from 'rxjs';
import { accumulateMessage, ProtocolError } from '../src/index.js';
import type { RoundEvent } from '../src/index.js';
import {
  blockStart,
  blockStop,
  inputDelta,
  stop,
  messageStart,
  text,
  textStart,
} from './kit/alphabet/claudeEvents.js';
import { marble } from './kit/session/marble.js';
import { begun, claude, ours, retried } from './support/alphabet.js';
import { frozen } from './support/frozen.js';
import { observe } from './support/observe.js';
import { overloaded } from './support/overloaded.js';

const events = frozen({ ...claude, ...ours, o: textStart(), h: text('Hel'), i: text('lo'), c: blockStop() });
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
  5: withText('Hello', { stop_reason: 'end_turn', usage: { ...empty.usage, output_tokens: 5 } }),
};

marble('emits the whole message whenever it changed', ({ hot, expectObservable }) => {
  const source = hot(' -s-o-h-i-c-e-m-|', events);
  const expected = '   -1-2-3-4---5---|';

  expectObservable<unknown>(source.pipe(accumulateMessage())).toBe(expected, messages);
});

marble('leaves out what is no part of a message', ({ hot, expectObservable }) => {
  const source = hot(' -p-s-u-o-K-h-v-p-i-S-c-e-m-|', events);
  const expected = '   ---1---2---3-----4-----5---|';

  expectObservable<unknown>(source.pipe(accumulateMessage())).toBe(expected, messages);
});

marble('shows one message after another', ({ hot, expectObservable }) => {
  const source = hot(' -s-o-h-e-m-s-o-|', events);
  const expected = '   -1-2-3-6---1-2-|';

  const six = withText('Hel', { stop_reason: 'end_turn', usage: { ...empty.usage, output_tokens: 5 } });
  expectObservable<unknown>(source.pipe(accumulateMessage())).toBe(expected, { ...messages, 6: six });
});

marble('fails when a message begins within another', ({ hot, expectObservable, expectSubscriptions }) => {
  const source = hot(' -s-o-s-o-|', events);
  const expected = '   -1-2-#    ';
  const subs = '       ^----!    ';

  const error = new ProtocolError('A `message_start` came before the `message_stop` of the message before it.');
  expectObservable<unknown>(source.pipe(accumulateMessage())).toBe(expected, messages, error);
  expectSubscriptions(source.subscriptions).toBe(subs);
});

describe('a message that broke off', () => {
  const around = frozen({
    ...events,
    B: begun(),
    C: { type: 'conversation_end', reason: 'stopped' } as RoundEvent,
    R: retried(1, overloaded(), 500),
  });

  marble('is followed by the one of the next attempt, from its beginning', ({ hot, expectObservable }) => {
    const source = hot(' -B-s-o-h-R-s-o-h-i-c-e-m-|', around);
    const expected = '   ---1-2-3---1-2-3-4---5---|';

    expectObservable<unknown>(source.pipe(accumulateMessage())).toBe(expected, messages);
  });

  marble('is followed by that of the next conversation', ({ hot, expectObservable }) => {
    const source = hot(' -B-s-o-h-C-B-s-o-h-i-c-e-m-|', around);
    const expected = '   ---1-2-3-----1-2-3-4---5---|';

    expectObservable<unknown>(source.pipe(accumulateMessage())).toBe(expected, messages);
  });

  marble('leaves nothing of a half-written call behind', ({ hot, expectObservable }) => {
    const source = hot(' -s-k-i-R-s-a-o-h-|', { ...around, i: inputDelta('{"n":') });
    const expected = '   -1-4-----1---2-3-|';

    const call = { ...empty, content: [{ type: 'tool_use', id: 'toolu_k', name: 'k', input: {} }] };
    expectObservable<unknown>(source.pipe(accumulateMessage())).toBe(expected, { ...messages, 4: call });
  });
});

describe('a tool’s input', () => {
  const tool = (input: unknown) => ({ ...empty, content: [{ type: 'tool_use', id: 'toolu_k', name: 'k', input }] });

  marble('is {} until it is complete', ({ hot, expectObservable }) => {
    const call = frozen({ ...events, i: inputDelta('{"n":'), j: inputDelta('1}') });
    const source = hot(' -s-k-i-j-a-m-|', call);
    const expected = '   -1-2-----3---|';

    const shown = { 1: empty, 2: tool({}), 3: tool({ n: 1 }) };
    expectObservable<unknown>(source.pipe(accumulateMessage())).toBe(expected, shown);
  });

  marble('stays {} when it is no JSON, and is never repaired', ({ hot, expectObservable }) => {
    const call = frozen({ ...events, i: inputDelta('{"n":1') });
    const source = hot(' -s-k-i-a-m-|', call);
    const expected = '   -1-2---2---|';

    expectObservable<unknown>(source.pipe(accumulateMessage())).toBe(expected, { 1: empty, 2: tool({}) });
  });
});

marble('replaces usage by the latest, and keeps a stop_reason', ({ hot, expectObservable }) => {
  const twice = frozen({ ...events, e: stop('end_turn', 5), f: stop(null, 7) });
  const source = hot(' -s-e-f-m-|', twice);
  const expected = '   -a-b-c---|';

  const out = source.pipe(
    accumulateMessage(),
    map(({ stop_reason, usage }) => [stop_reason, usage.output_tokens]),
  );
  expectObservable(out).toBe(expected, { a: [null, 1], b: ['end_turn', 5], c: ['end_turn', 7] });
});

it('keeps the identity of blocks that did not change, and of no other', () => {
  const { s, o, h, c, e } = events;
  const second = [textStart(1), text('!', 1), blockStop(1)];
  const { values } = observe(of<RoundEvent[]>(s, o, h, c, ...second, e).pipe(accumulateMessage()));
  const blocks = (at: number) => values[at]!.content;
  expect(values.map(({ content }) => content.length)).toEqual([0, 1, 1, 2, 2, 2]);
  expect(blocks(2)[0]).not.toBe(blocks(1)[0]);
  for (const at of [3, 4, 5]) expect(blocks(at)[0]).toBe(blocks(2)[0]);
  expect(blocks(4)[1]).not.toBe(blocks(3)[1]);
  expect(blocks(5)[1]).toBe(blocks(4)[1]);
});

it('never changes a message that it has emitted', () => {
  const { s, o, h, i, c, e, m } = events;
  const later: string[] = [];
  const { values } = observe(
    of<RoundEvent[]>(s, o, h, i, c, e, m).pipe(
      accumulateMessage(),
      map((message) => {
        later.push(JSON.stringify(message));
        return message;
      }),
    ),
  );
  expect(values.map((message) => JSON.stringify(message))).toEqual(later);
});

it('keeps blocks of the future as they are, in the order of their index', () => {
  const { s, y, v, e, m } = events;
  const thinking = blockStart({ type: 'thinking', thinking: '', signature: '' }, 1);
  const { values } = observe(of<RoundEvent[]>(s, y, v, thinking, e, m).pipe(accumulateMessage()));
  expect(values.at(-1)!.content).toEqual([thinking.content_block, y.content_block]);
  expect(values.at(-1)!.content[1]).toBe(y.content_block);
});
