import { of } from 'rxjs';
import { accumulateToolInput, OptionError } from '../src/index.js';
import type { RoundEvent, ToolCallEvent, ToolInputEvent } from '../src/index.js';
import { blockStart, inputDelta, messageStart, toolUseStart } from './kit/alphabet/claudeEvents.js';
import { marble } from './kit/session/marble.js';
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
    h: blockStart({ type: 'server_tool_use', id: 'srvtoolu_1', name: 'x', input: {} }, 0),
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
    k: blockStart({ type: 'tool_use', id: 'toolu_k', name: 'k', input: { n: 1 } }, 0),
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

describe('an input that is too large', () => {
  /** The call that comes of an input in pieces, and what was kept of its text. */
  function write(pieces: string[], options: Parameters<typeof accumulateToolInput>[0]) {
    let call: ToolCallEvent | undefined;
    let last: ToolInputEvent | undefined;
    of<RoundEvent[]>(events.k, ...pieces.map((piece) => inputDelta(piece)), events.a)
      .pipe(accumulateToolInput(options))
      .subscribe((event) => {
        if (event.type === 'tool_call') call = event;
        if (event.type === 'tool_input') last = event;
      });
    return { call: call!, kept: last?.json, partial: last?.partial };
  }
  const tooLong = (maximum: number) => ({
    _tag: 'InputTooLarge',
    limit: 'maxInputChars',
    maximum,
    message: `The input of \`k\` is longer than ${maximum} characters. Call the tool again with less, or in several calls.`,
  });
  const tooDeep = (maximum: number) => ({
    _tag: 'InputTooLarge',
    limit: 'maxInputDepth',
    maximum,
    message: `The input of \`k\` is nested deeper than ${maximum} levels. Call the tool again with less, or in several calls.`,
  });
  const nested = (levels: number) => `${'{"a":'.repeat(levels - 1)}{}${'}'.repeat(levels - 1)}`;

  marble('makes a Left, and every piece passes', ({ hot, expectObservable }) => {
    const source = hot(' -k-i---j---a---l-b---|', events);
    const expected = '   -k-(iI)(jJ)(aK)l-(bL)|';

    const K = { ...complete(k, {}), input: { _tag: 'Left', left: tooLong(16) } };
    const out = source.pipe<unknown>(accumulateToolInput({ maxInputChars: 16 }));
    expectObservable(out).toBe(expected, { ...values, K, L: complete(l, {}) });
  });

  it('is one with a character too many, however it is cut', () => {
    const pieces = ['{"city"', ':', '"Berlin"}'];
    expect(write(pieces, { maxInputChars: 17 }).call.input).toEqual({ _tag: 'Right', right: { city: 'Berlin' } });
    for (const cut of [pieces, [pieces.join('')], [...pieces.join('')]]) {
      expect(write(cut, { maxInputChars: 16 }).call.input).toEqual({ _tag: 'Left', left: tooLong(16) });
    }
  });

  it('is not kept beyond the bound, and shows what was certain by then', () => {
    const { kept, partial } = write(['{"city":"Ber', ...Array<string>(1_000).fill('l'.repeat(100))], {
      maxInputChars: 50,
    });
    expect(kept).toBe('{"city":"Ber');
    expect(partial).toEqual({ city: 'Ber' });
  });

  it('has more than 4 194 304 characters unless told otherwise', () => {
    const ofLength = (chars: number) => [`{"a":"${'x'.repeat(chars - 8)}"}`];
    expect(write(ofLength(4_194_304), {}).call.input._tag).toBe('Right');
    expect(write(ofLength(4_194_305), {}).call.input).toEqual({ _tag: 'Left', left: tooLong(4_194_304) });
  });

  it('has more than 512 levels unless told otherwise', () => {
    expect(write([nested(512)], {}).call.input._tag).toBe('Right');
    expect(write([nested(513)], {}).call.input).toEqual({ _tag: 'Left', left: tooDeep(512) });
    expect(write([nested(3)], { maxInputDepth: 3 }).call.input._tag).toBe('Right');
    expect(write(['{"a":[{}]}'], { maxInputDepth: 2 }).call.input).toEqual({ _tag: 'Left', left: tooDeep(2) });
  });

  it('shows no deeper than the bound while it is written', () => {
    expect(write(['{"a":{"b":{"c":'], { maxInputDepth: 2 }).partial).toEqual({ a: {} });
  });

  it('may have come whole, with the start of its block or of the message', () => {
    const block = { type: 'tool_use', id: 'toolu_k', name: 'k', input: { text: 'x'.repeat(20) } };
    const whole = [blockStart(block, 0), messageStart({ content: [block] as never })];
    for (const start of whole) {
      const calls: ToolCallEvent[] = [];
      of<RoundEvent[]>(start, events.a)
        .pipe(accumulateToolInput({ maxInputChars: 20 }))
        .subscribe((event) => {
          if (event.type === 'tool_call') calls.push(event);
        });
      expect(calls).toMatchObject([{ input: { left: tooLong(20) }, tool_use: { input: {} } }]);
    }
  });
});

it.each<[string, unknown[]]>([
  ['maxInputChars', [0, -1, 1.5, NaN, Infinity, '5', null, 33_554_433]],
  ['maxInputDepth', [0, -1, 1.5, NaN, Infinity, '5', null, 513]],
])('refuses a bad `%s` at once', (option, bad) => {
  for (const value of bad) {
    const refusing = () => accumulateToolInput({ [option]: value });
    expect(refusing).toThrow(OptionError);
    expect(refusing).toThrow(`accumulateToolInput.${option}`);
  }
});
