import { of } from 'rxjs';
import { accumulateToolInput } from '../src/index.js';
import type { RoundEvent, ToolCallEvent, ToolInputEvent } from '../src/index.js';
import { blockStart, inputDelta, messageStart, toolUseStart } from './kit/claudeEvents.js';
import { marble } from './kit/marble.js';
import { claude } from './support/alphabet.js';
import { frozen } from './support/frozen.js';

// k opens the call K, i and j are pieces of its input with I and J behind them, a closes it; l and b do so for L.
const k = { id: 'toolu_k', name: 'k', index: 0 };
const l = { id: 'toolu_l', name: 'l', index: 1 };

function input(of: typeof k, text: string) {
  return { type: 'tool_input', ...of, text } as ToolInputEvent;
}

function complete(of: typeof k, right: object): ToolCallEvent {
  const { id, name } = of;
  return {
    type: 'tool_call',
    ...of,
    input: { _tag: 'Right', right },
    tool_use: { type: 'tool_use', id, name, input: right },
  };
}

const events = frozen({ ...claude, i: inputDelta('{"city":"Ber'), j: inputDelta('lin"}') });
const added = {
  I: input(k, '{"city":"Ber'),
  J: input(k, 'lin"}'),
  K: complete(k, { city: 'Berlin' }),
};
const values = { ...events, ...added };

marble('adds tool_input behind each piece and tool_call behind the end', ({ hot, expectObservable }) => {
  const source = hot(' -s-k-i---j---a---w-m-|', values);
  const expected = '   -s-k-(iI)(jJ)(aK)w-m-|';

  expectObservable(source.pipe(accumulateToolInput())).toBe(expected, values);
});

marble('adds nothing to text, to thinking, and to the tools that Claude runs itself', ({ hot, expectObservable }) => {
  const searching = frozen({
    ...events,
    h: blockStart(0, { type: 'server_tool_use', id: 'srvtoolu_1', name: 'x', input: {} }),
  });
  const source = hot(' -s-h-i-j-a-o-t-p-c-e-m-|', searching);
  const expected = '   -s-h-i-j-a-o-t-p-c-e-m-|';

  expectObservable(source.pipe(accumulateToolInput())).toBe(expected, searching);
});

marble('tells interleaved blocks apart by their index', ({ hot, expectObservable }) => {
  const woven = frozen({ ...events, x: inputDelta('{"n":', 1), y: inputDelta('1}', 1) });
  const all = { ...woven, ...added, X: input(l, '{"n":'), Y: input(l, '1}'), L: complete(l, { n: 1 }) };
  const source = hot(' -k-l-i---x---j---y---b---a---|', woven);
  const expected = '   -k-l-(iI)(xX)(jJ)(yY)(bL)(aK)|';

  expectObservable(source.pipe(accumulateToolInput())).toBe(expected, all);
});

marble('takes a call without any text for one with the input {}', ({ hot, expectObservable }) => {
  const source = hot(' -k-a---l-x---b---|', { ...events, x: inputDelta('', 1) });
  const expected = '   -k-(aK)l-(xX)(bL)|';

  const x = { x: inputDelta('', 1), X: input(l, '') };
  expectObservable(source.pipe(accumulateToolInput())).toBe(expected, {
    ...events,
    ...x,
    K: complete(k, {}),
    L: complete(l, {}),
  });
});

marble('takes a whole input from the start of the block', ({ hot, expectObservable }) => {
  const whole = frozen({
    ...events,
    k: blockStart(0, { type: 'tool_use', id: 'toolu_k', name: 'k', input: { n: 1 } }),
  });
  const source = hot(' -k-a---|', whole);
  const expected = '   -k-(aK)|';

  expectObservable(source.pipe(accumulateToolInput())).toBe(expected, { ...whole, K: complete(k, { n: 1 }) });
});

marble('takes whole calls from a message_start', ({ hot, expectObservable }) => {
  const content = [{ type: 'tool_use', id: 'toolu_k', name: 'k', input: { n: 1 } }] as never;
  const whole = frozen({ ...events, s: messageStart({ content, stop_reason: 'tool_use' }) });
  const source = hot(' -s---m-|', whole);
  const expected = '   -(sK)m-|';

  expectObservable(source.pipe(accumulateToolInput())).toBe(expected, { ...whole, K: complete(k, { n: 1 }) });
});

describe.each([
  ['is cut', '{"city":"Ber', 'InvalidJson'],
  ['is no JSON', 'Berlin', 'InvalidJson'],
  ['is followed by more', '{} {}', 'InvalidJson'],
  ['is an array', '["Berlin"]', 'NotAnObject'],
  ['is null', 'null', 'NotAnObject'],
  ['is a text', '"Berlin"', 'NotAnObject'],
])('an input that %s', (_, text, tag) => {
  marble('makes a Left with the raw text, and the stream goes on', ({ hot, expectObservable }) => {
    const broken = frozen({ ...events, i: inputDelta(text) });
    const source = hot(' -k-i---a---l-b---|', broken);
    const expected = '   -k-(iI)(aK)l-(bL)|';

    const left = { _tag: tag, text, message: expect.any(String) as unknown };
    const K = { ...complete(k, {}), input: { _tag: 'Left', left } };
    expectObservable(source.pipe<unknown>(accumulateToolInput())).toBe(expected, {
      ...broken,
      I: input(k, text),
      K,
      L: complete(l, {}),
    });
  });
});

marble('ends with the message what it left open', ({ hot, expectObservable }) => {
  const source = hot(' -k-i---l-w-m----|', events);
  const expected = '   -k-(iI)l-w-(mKL)|';

  const left = { _tag: 'InvalidJson', text: '{"city":"Ber', message: expect.any(String) as unknown };
  const K = { ...complete(k, {}), input: { _tag: 'Left', left } };
  expectObservable(source.pipe<unknown>(accumulateToolInput())).toBe(expected, { ...values, K, L: complete(l, {}) });
});

marble('forgets with a message_start what was left open before it', ({ hot, expectObservable }) => {
  const source = hot(' -k-i---s-j-a-k-a---|', events);
  const expected = '   -k-(iI)s-j-a-k-(aK)|';

  expectObservable(source.pipe(accumulateToolInput())).toBe(expected, { ...values, K: complete(k, {}) });
});

it('shows in `partial` the input as far as it is certain when each piece comes', () => {
  const pieces = ['', '{"ci', 'ty":"Ber', 'lin\\u00', 'e9","days":1', '2}'];
  const partials: unknown[] = [];
  of<RoundEvent[]>(toolUseStart('toolu_k', 'k'), ...pieces.map((piece) => inputDelta(piece)))
    .pipe(accumulateToolInput())
    .subscribe((event) => {
      if (event.type === 'tool_input') partials.push(structuredClone(event.partial));
    });
  const whole = { city: 'Berliné', days: 12 };
  expect(partials).toEqual([undefined, {}, { city: 'Ber' }, { city: 'Berlin' }, { city: 'Berliné' }, whole]);
});

it('leaves `partial` out of the JSON of an event', () => {
  const seen: RoundEvent[] = [];
  of(events.k, events.i)
    .pipe(accumulateToolInput())
    .subscribe((event) => seen.push(event));
  expect(JSON.parse(JSON.stringify(seen.at(-1)))).toEqual({ type: 'tool_input', ...k, text: '{"city":"Ber' });
});
