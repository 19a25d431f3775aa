import { of } from 'rxjs';
import { accumulateToolInput, ofType } from '../../src/index.js';
import type { RoundEvent, ToolCallEvent, ToolInputEvent } from '../../src/index.js';
import { added, claude, inTurn, marble } from '../index.js';
import { frozen } from './support/frozen.js';
import { observe } from './support/observe.js';
import { tagged } from '../../test/support/errors.js';

// s message_start  o a text block starts  t text  h a thinking block starts  g thinking
// f signature of a thinking block  k a tool_use block starts  v a server tool is called  i a piece of a tool's input
// c content_block_stop  w message_delta with stop_reason tool_use  e message_delta with stop_reason end_turn
// m message_stop  p ping  I tool_input  K tool_call

const weather = { id: 'toolu_1', name: 'weather', index: 0 };
const time = { id: 'toolu_2', name: 'time', index: 1 };

/**
 * k starts a call to `weather`, i and j are pieces of its input, c stops it. 1 starts a call to `time`, 2 and 3 are
 * pieces of its input, 4 stops it.
 */
const fromClaude = frozen({
  s: claude.messageStart(),
  k: claude.toolUseStart('toolu_1', 'weather', 0),
  i: claude.inputJson('{"city":"Ber', 0),
  j: claude.inputJson('lin"}', 0),
  c: claude.contentBlockStop(0),
  1: claude.toolUseStart('toolu_2', 'time', 1),
  2: claude.inputJson('{"n":', 1),
  3: claude.inputJson('1}', 1),
  4: claude.contentBlockStop(1),
  w: claude.stop('tool_use'),
  m: claude.messageStop(),
});
/** I and J are the `tool_input` of i and j, K the call to `weather`; M and N those of 2 and 3, L the call to `time`. */
const values = {
  ...fromClaude,
  I: input(weather, '{"city":"Ber'),
  J: input(weather, 'lin"}'),
  K: complete(weather, { city: 'Berlin' }),
  M: input(time, '{"n":'),
  N: input(time, '1}'),
  L: complete(time, { n: 1 }),
};

function input(of: typeof weather, text: string): ToolInputEvent {
  return added.toolInput(complete(of, {}), text);
}

function complete({ id, name, index }: typeof weather, input: object): ToolCallEvent {
  return added.toolCall(id, name, input, index);
}

marble('adds tool_input after each piece and tool_call after the end', ({ reply, expectObservable }) => {
  const source = reply('-s-k-i---j---c---w-m-|', fromClaude);
  const expected = '    -s-k-(iI)(jJ)(cK)w-m-|';

  expectObservable(source.pipe(accumulateToolInput())).toBe(expected, values);
});

marble(
  'adds nothing to text, to thinking, and to the tools that Claude runs itself',
  ({ reply, expectEvents, expectObservable }) => {
    const search = claude.serverToolUse('srvtoolu_1', 'web_search').start;
    const pieces = inTurn(claude.inputJson('{"query":"Ber'), claude.inputJson('lin"}'));
    const source = reply('-s-h-g-f-c-v-i-i-c-o-t-p-c-e-m-|', { v: search, i: pieces });
    const expected = '    -s-h-g-f-c-v-i-i-c-o-t-p-c-e-m-|';

    expectEvents(source.pipe(accumulateToolInput())).toBe(expected);
    expectObservable(source.pipe(accumulateToolInput())).toEqual(source);
  },
);

marble('tells interleaved blocks apart by their index', ({ reply, expectObservable }) => {
  const source = reply('-k-1-i---2---j---3---4---c---|', fromClaude);
  const expected = '    -k-1-(iI)(2M)(jJ)(3N)(4L)(cK)|';

  expectObservable(source.pipe(accumulateToolInput())).toBe(expected, values);
});

marble('takes a call without any text for one with the input {}', ({ reply, expectObservable }) => {
  const noText = frozen({ ...fromClaude, 2: claude.inputJson('', 1) });
  const source = reply('-k-c---1-2---4---|', noText);
  const expected = '    -k-(cK)1-(2M)(4L)|';

  const added = { K: complete(weather, {}), M: input(time, ''), L: complete(time, {}) };
  expectObservable(source.pipe(accumulateToolInput())).toBe(expected, { ...noText, ...added });
});

marble('takes a whole input from the start of the block', ({ reply, expectObservable }) => {
  const block = { type: 'tool_use', id: 'toolu_1', name: 'weather', input: { n: 1 } };
  const whole = frozen({ ...fromClaude, k: claude.contentBlockStart(block, 0) });
  const source = reply('-k-c---|', whole);
  const expected = '    -k-(cK)|';

  expectObservable(source.pipe(accumulateToolInput())).toBe(expected, { ...whole, K: complete(weather, { n: 1 }) });
});

marble('takes whole calls from a message_start', ({ reply, expectObservable }) => {
  const content = [{ type: 'tool_use', id: 'toolu_1', name: 'weather', input: { n: 1 } }] as never;
  const whole = frozen({ ...fromClaude, s: claude.messageStart({ content, stop_reason: 'tool_use' }) });
  const source = reply('-s---m-|', whole);
  const expected = '    -(sK)m-|';

  expectObservable(source.pipe(accumulateToolInput())).toBe(expected, { ...whole, K: complete(weather, { n: 1 }) });
});

describe.each([
  ['is cut', '{"city":"Ber', 'InvalidJson'],
  ['is no JSON', 'Berlin', 'InvalidJson'],
  ['is followed by more', '{} {}', 'InvalidJson'],
  ['is an array', '["Berlin"]', 'NotAnObject'],
  ['is null', 'null', 'NotAnObject'],
  ['is a text', '"Berlin"', 'NotAnObject'],
])('an input that %s', (_, text, tag) => {
  marble('makes a Left with the raw text, and the stream goes on', ({ reply, expectObservable }) => {
    const broken = frozen({ ...fromClaude, i: claude.inputJson(text, 0) });
    const source = reply('-k-i---c---1-4---|', broken);
    const expected = '    -k-(iI)(cK)1-(4L)|';

    const left = { _tag: tag, text, message: expect.any(String) as unknown };
    const K = { ...complete(weather, {}), input: { _tag: 'Left', left } };
    const added = { I: input(weather, text), K, L: complete(time, {}) };
    expectObservable(source.pipe<unknown>(accumulateToolInput())).toBe(expected, { ...broken, ...added });
  });
});

marble('ends with the message what it left open', ({ reply, expectObservable }) => {
  const source = reply('-k-i---1-w-m----|', fromClaude);
  const expected = '    -k-(iI)1-w-(mKL)|';

  const left = { _tag: 'InvalidJson', text: '{"city":"Ber', message: expect.any(String) as unknown };
  const K = { ...complete(weather, {}), input: { _tag: 'Left', left } };
  const out = source.pipe<unknown>(accumulateToolInput());
  expectObservable(out).toBe(expected, { ...values, K, L: complete(time, {}) });
});

marble('forgets with a message_start what was left open before it', ({ reply, expectObservable }) => {
  const source = reply('-k-i---s-j-c-k-c---|', fromClaude);
  const expected = '    -k-(iI)s-j-c-k-(cK)|';

  expectObservable(source.pipe(accumulateToolInput())).toBe(expected, { ...values, K: complete(weather, {}) });
});

it('adds plain data: the JSON of an event is all of it', () => {
  const { values: seen } = observe(
    of<RoundEvent[]>(fromClaude.k, fromClaude.i, fromClaude.j, fromClaude.c).pipe(accumulateToolInput()),
  );
  expect(seen).toHaveLength(7);
  for (const event of seen) expect(JSON.parse(JSON.stringify(event))).toStrictEqual(event);
});

marble('tells the round in what it adds', ({ reply, expectObservable }) => {
  const source = reply('-s-k-i---c---|', fromClaude);
  const expected = '    -s-k-(iI)(cK)|';

  const left = { _tag: 'InvalidJson', text: '{"city":"Ber', message: expect.any(String) as unknown };
  const K = { ...complete(weather, {}), round: 7, input: { _tag: 'Left', left } };
  const out = source.pipe<unknown>(accumulateToolInput({ round: 7 }));
  expectObservable(out).toBe(expected, { ...values, I: { ...values.I, round: 7 }, K });
});

describe('an input that is too large', () => {
  /** The call that an input in pieces becomes. */
  function write(pieces: string[], options: Parameters<typeof accumulateToolInput>[0]) {
    let call: ToolCallEvent | undefined;
    of<RoundEvent[]>(fromClaude.k, ...pieces.map((piece) => claude.inputJson(piece, 0)), fromClaude.c)
      .pipe(accumulateToolInput(options), ofType('tool_call'))
      .subscribe((event) => (call = event));
    return { call: call! };
  }
  const tooLong = (maximum: number) => ({
    _tag: 'InputTooLarge',
    limit: 'maxInputChars',
    maximum,
    message: `The input of \`weather\` is longer than ${maximum} characters. Try again with less, or in several calls.`,
  });
  const tooDeep = (maximum: number) => ({
    _tag: 'InputTooLarge',
    limit: 'maxInputDepth',
    maximum,
    message: `The input of \`weather\` is nested deeper than ${maximum} levels. Try again with less, or in several calls.`,
  });
  const nested = (levels: number) => `${'{"a":'.repeat(levels - 1)}{}${'}'.repeat(levels - 1)}`;

  marble('makes a Left, and every piece passes', ({ reply, expectObservable }) => {
    const source = reply('-k-i---j---c---1-4---|', fromClaude);
    const expected = '    -k-(iI)(jJ)(cK)1-(4L)|';

    const K = { ...complete(weather, {}), input: { _tag: 'Left', left: tooLong(16) } };
    const out = source.pipe<unknown>(accumulateToolInput({ maxInputChars: 16 }));
    expectObservable(out).toBe(expected, { ...values, K, L: complete(time, {}) });
  });

  it('has one character too many, however it is cut', () => {
    const pieces = ['{"city"', ':', '"Berlin"}'];
    expect(write(pieces, { maxInputChars: 17 }).call.input).toEqual({ _tag: 'Right', right: { city: 'Berlin' } });
    for (const cut of [pieces, [pieces.join('')], [...pieces.join('')]]) {
      expect(write(cut, { maxInputChars: 16 }).call.input).toEqual({ _tag: 'Left', left: tooLong(16) });
    }
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

  it('may have come whole, with the start of its block or of the message', () => {
    const block = { type: 'tool_use', id: 'toolu_1', name: 'weather', input: { text: 'x'.repeat(20) } };
    const whole = [claude.contentBlockStart(block, 0), claude.messageStart({ content: [block] as never })];
    for (const start of whole) {
      const calls: ToolCallEvent[] = [];
      of<RoundEvent[]>(start, fromClaude.c)
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
  ['round', [0, -1, 1.5, NaN, Infinity, '1', null]],
])('refuses a bad `%s` at once', (option, bad) => {
  for (const value of bad) {
    const refusing = () => accumulateToolInput({ [option]: value });
    expect(refusing).toThrow(tagged('OptionError'));
    expect(refusing).toThrow(`accumulateToolInput.${option}`);
  }
});
