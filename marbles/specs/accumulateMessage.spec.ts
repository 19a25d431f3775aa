import { map, of } from 'rxjs';
import { accumulateMessage } from '../../src/index.js';
import type { RoundEvent } from '../../src/index.js';
import { added, apiError, claude, inTurn, marble } from '../index.js';
import { frozen } from './support/frozen.js';
import { observe } from './support/observe.js';
import { protocolError } from '../../test/support/errors.js';

// s message_start  o a text block starts  t text  k a tool_use block starts  i a piece of a tool's input
// n another piece of a block, such as a citation  c content_block_stop  e message_delta with stop_reason end_turn
// z message_delta with another stop_reason, or none  m message_stop  p ping  u an event of another type
// B round_start  R round_retry  C conversation_end  K tool_call  S tool_start
//
// Messages are digits.

/** The reply says "Hello" in two pieces. Its events are frozen: changing one fails the test. */
const letters = frozen({
  s: claude.messageStart(),
  o: claude.textStart(0),
  t: inTurn(claude.text('Hel', 0), claude.text('lo', 0)),
  e: claude.stop('end_turn'),
});
/** The first attempt says "Hel", the second one "Hello". */
const twoAttempts = frozen({
  ...letters,
  t: inTurn(claude.text('Hel', 0), claude.text('Hel', 0), claude.text('lo', 0)),
});

const { message: empty } = claude.messageStart();

function withText(text: string, fields: object = {}) {
  return { ...empty, content: [{ type: 'text', text }], ...fields };
}

const messages = {
  1: empty,
  2: withText(''),
  3: withText('Hel'),
  4: withText('Hello'),
  5: withText('Hello', { stop_reason: 'end_turn', usage: { ...empty.usage, output_tokens: 5 } }),
};

marble('emits the whole message whenever it changed', ({ reply, expectObservable }) => {
  const source = reply('-s-o-t-t-c-e-m-|', letters);
  const expected = '    -1-2-3-4---5---|';

  expectObservable<unknown>(source.pipe(accumulateMessage())).toBe(expected, messages);
});

marble('leaves out what is not part of a message', ({ events, expectObservable }) => {
  const call = added.toolCall('toolu_1', 'weather');
  const source = events('-p-s-u-o-K-t-n-p-t-S-c-e-m-|', { ...letters, K: call, S: added.toolStart(call) });
  const expected = '     ---1---2---3-----4-----5---|';

  expectObservable<unknown>(source.pipe(accumulateMessage())).toBe(expected, messages);
});

marble('shows one message after another', ({ reply, expectObservable }) => {
  const source = reply('-s-o-t-e-m-s-o-|', letters);
  const expected = '    -1-2-3-6---1-2-|';

  const six = withText('Hel', { stop_reason: 'end_turn', usage: { ...empty.usage, output_tokens: 5 } });
  expectObservable<unknown>(source.pipe(accumulateMessage())).toBe(expected, { ...messages, 6: six });
});

marble('fails when a message begins within another', ({ reply, expectObservable, expectSubscriptions }) => {
  const source = reply('-s-o-s-o-|', letters);
  const expected = '    -1-2-#    ';
  const subs = '        ^----!    ';

  const error = protocolError('A second `message_start` came before `message_stop`.');
  expectObservable<unknown>(source.pipe(accumulateMessage())).toBe(expected, messages, error);
  expectSubscriptions(source.subscriptions).toBe(subs);
});

describe('a message that broke off', () => {
  const R = added.roundRetry(1, apiError(), 500);

  marble('is followed by the one of the next attempt, from its beginning', ({ events, expectObservable }) => {
    const source = events('-B-s-o-t-R-s-o-t-t-c-e-m-|', { ...twoAttempts, B: added.roundStart(), R });
    const expected = '     ---1-2-3---1-2-3-4---5---|';

    expectObservable<unknown>(source.pipe(accumulateMessage())).toBe(expected, messages);
  });

  marble('is followed by that of the next conversation', ({ events, expectObservable }) => {
    const around = { B: added.roundStart(), C: added.conversationEnd('stopped') };
    const source = events('-B-s-o-t-C-B-s-o-t-t-c-e-m-|', { ...twoAttempts, ...around });
    const expected = '     ---1-2-3-----1-2-3-4---5---|';

    expectObservable<unknown>(source.pipe(accumulateMessage())).toBe(expected, messages);
  });

  marble('leaves nothing of a half-written call', ({ events, expectObservable }) => {
    const call = frozen({ k: claude.toolUse('toolu_1', 'weather').start, i: claude.inputJson('{"n":', 0) });
    const source = events('-s-k-i-R-s-c-o-t-|', { ...letters, ...call, R });
    const expected = '     -1-4-----1---2-3-|';

    const four = { ...empty, content: [{ type: 'tool_use', id: 'toolu_1', name: 'weather', input: {} }] };
    expectObservable<unknown>(source.pipe(accumulateMessage())).toBe(expected, { ...messages, 4: four });
  });
});

describe('a tool’s input', () => {
  const k = frozen(claude.toolUse('toolu_1', 'weather').start);
  const withCall = (input: unknown) => ({
    ...empty,
    content: [{ type: 'tool_use', id: 'toolu_1', name: 'weather', input }],
  });

  marble('is {} until it is complete', ({ reply, expectObservable }) => {
    const pieces = frozen({ i: inTurn(claude.inputJson('{"n":', 0), claude.inputJson('1}', 0)) });
    const source = reply('-s-k-i-i-c-m-|', { ...letters, k, ...pieces });
    const expected = '    -1-2-----3---|';

    const shown = { 1: empty, 2: withCall({}), 3: withCall({ n: 1 }) };
    expectObservable<unknown>(source.pipe(accumulateMessage())).toBe(expected, shown);
  });

  marble('stays {} when it is not JSON, and is never repaired', ({ reply, expectObservable }) => {
    const source = reply('-s-k-i-c-m-|', { ...letters, k, i: frozen(claude.inputJson('{"n":1', 0)) });
    const expected = '    -1-2---2---|';

    expectObservable<unknown>(source.pipe(accumulateMessage())).toBe(expected, { 1: empty, 2: withCall({}) });
  });
});

marble('replaces usage by the latest, and keeps a stop_reason', ({ reply, expectObservable }) => {
  const source = reply('-s-e-z-m-|', { ...letters, e: claude.stop('end_turn', 5), z: claude.stop(null, 7) });
  const expected = '    -1-2-3---|';

  const out = source.pipe(
    accumulateMessage(),
    map(({ stop_reason, usage }) => [stop_reason, usage.output_tokens]),
  );
  expectObservable(out).toBe(expected, { 1: [null, 1], 2: ['end_turn', 5], 3: ['end_turn', 7] });
});

it('keeps the identity of blocks that did not change, and of no other', () => {
  const reply = frozen(claude.message(claude.textBlock('Hel'), claude.textBlock('!')));
  const { values } = observe(of<RoundEvent[]>(...reply).pipe(accumulateMessage()));
  const blocks = (at: number) => values[at]!.content;
  expect(values.map(({ content }) => content.length)).toEqual([0, 1, 1, 2, 2, 2]);
  expect(blocks(2)[0]).not.toBe(blocks(1)[0]);
  for (const at of [3, 4, 5]) expect(blocks(at)[0]).toBe(blocks(2)[0]);
  expect(blocks(4)[1]).not.toBe(blocks(3)[1]);
  expect(blocks(5)[1]).toBe(blocks(4)[1]);
});

it('never changes a message that it has emitted', () => {
  const later: string[] = [];
  const { values } = observe(
    of<RoundEvent[]>(...frozen(claude.message(claude.textBlock('Hel', 'lo')))).pipe(
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
  const later = frozen(claude.contentBlockStart({ type: 'future_block', content: [{ wish: 'unknown' }] }, 3));
  const earlier = frozen(claude.contentBlockStart({ type: 'thinking', thinking: '', signature: '' }, 1));
  const unknown = frozen(claude.contentBlockDelta({ type: 'future_delta', more: 1 }, 2));
  const reply = [claude.messageStart(), later, unknown, earlier, claude.stop(), claude.messageStop()];
  const { values } = observe(of<RoundEvent[]>(...reply).pipe(accumulateMessage()));
  expect(values.at(-1)!.content).toEqual([earlier.content_block, later.content_block]);
  expect(values.at(-1)!.content[1]).toBe(later.content_block);
});
