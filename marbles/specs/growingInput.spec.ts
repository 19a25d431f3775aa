import { from, map, of, type MonoTypeOperatorFunction } from 'rxjs';
import { accumulateToolInput, growingInput, ofType, validateWith } from '../../src/index.js';
import type { GrowingInput, RoundEvent, ToolCallEvent } from '../../src/index.js';
import { added, apiError, claude, marble } from '../index.js';
import { fakeTool } from './support/fakeTool.js';
import { frozen } from './support/frozen.js';
import { observe } from './support/observe.js';
import { tagged } from '../../test/support/errors.js';

// s message_start  o a text block starts  t text  k a tool_use block starts  i a piece of a tool's input
// c content_block_stop  w message_delta with stop_reason tool_use  m message_stop  p ping  R round_retry  I tool_input
// K tool_call
//
// Growing inputs are digits.

const weather = added.toolCall('toolu_1', 'weather', { city: 'Berlin' });
const time = added.toolCall('toolu_2', 'time', { n: 1 }, 1);

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
  m: claude.messageStop(),
});
/** I and J are the `tool_input` of i and j, K the call to `weather`; M and N those of 2 and 3, L the call to `time`. */
const ours = frozen({
  I: added.toolInput(weather, '{"city":"Ber'),
  J: added.toolInput(weather, 'lin"}'),
  K: weather,
  M: added.toolInput(time, '{"n":'),
  N: added.toolInput(time, '1}'),
  L: time,
  R: added.roundRetry(1, apiError(), 500),
});

function growing({ round, id, name, index }: ToolCallEvent, value: unknown, complete = false): GrowingInput {
  return { round, id, name, index, value, complete };
}

/** The value is live: what is compared later has to be a copy. */
const copied: MonoTypeOperatorFunction<GrowingInput> = map((input) => structuredClone(input));

const shown = {
  1: growing(weather, { city: 'Ber' }),
  2: growing(weather, { city: 'Berlin' }),
  3: growing(weather, { city: 'Berlin' }, true),
  4: growing(time, {}),
  5: growing(time, { n: 1 }),
  6: growing(time, { n: 1 }, true),
};

marble('shows an input after each piece, and as a whole when it is complete', ({ reply, expectObservable }) => {
  const source = reply('-s-k-i-j-c-w-m-|', fromClaude);
  const expected = '    -----1-2-3-----|';

  expectObservable(source.pipe(accumulateToolInput(), growingInput(), copied)).toBe(expected, shown);
});

marble('reads tool_input and tool_call, and nothing else', ({ events, expectObservable, expectSubscriptions }) => {
  const source = events('-I-p-J-t-K-|', ours);
  const expected = '     -1---2---3-|';
  const subs = '         ^----------!';

  expectObservable(source.pipe(growingInput(), copied)).toBe(expected, shown);
  expectSubscriptions(source.subscriptions).toBe(subs);
});

marble('unsubscribes from its source when it is left', ({ events, expectObservable, expectSubscriptions }) => {
  const source = events('-I-J-K-|', ours);
  const unsub = '        ^---!   ';
  const expected = '     -1-2-   ';

  expectObservable(source.pipe(growingInput(), copied), unsub).toBe(expected, shown);
  expectSubscriptions(source.subscriptions).toBe(unsub);
});

describe.each<[string, MonoTypeOperatorFunction<RoundEvent>]>([
  ['a shallow copy', map((event) => ({ ...event }))],
  ['JSON there and back', map((event) => JSON.parse(JSON.stringify(event)) as RoundEvent)],
])('after %s', (_, copy) => {
  marble('shows the same', ({ reply, expectObservable }) => {
    const source = reply('-s-k-1-i-2-j-3-4-c-w-m-|', fromClaude);
    const expected = '    -------1-4-2-5-6-3-----|';

    expectObservable(source.pipe(copy, accumulateToolInput(), copy, growingInput(), copied)).toBe(expected, shown);
  });
});

marble('shows the same of the added events alone', ({ events, expectObservable }) => {
  const source = events('-I-M-J-N-L-K-|', ours);
  const expected = '     -1-4-2-5-6-3-|';

  const added = ofType('tool_input', 'tool_call');
  expectObservable(source.pipe(added, growingInput(), copied)).toBe(expected, shown);
});

marble('shows the call alone that came whole', ({ reply, expectObservable }) => {
  const block = { type: 'tool_use', id: 'toolu_1', name: 'weather', input: { city: 'Berlin' } };
  const begun = frozen({
    s: claude.messageStart({ content: [block] as never }),
    k: claude.contentBlockStart(block, 0),
  });
  const source = reply('-s-k-c-|', begun);
  const expected = '    -3---3-|';

  expectObservable(source.pipe(accumulateToolInput(), growingInput(), copied)).toBe(expected, shown);
});

marble('shows what Claude wrote, and not what the tool decodes', ({ reply, expectObservable }) => {
  const source = reply('-k-i-j-c-|', fromClaude);
  const expected = '    ---1-2-3-|';

  const decode = () => ({ _tag: 'Right', right: new Date(0) }) as const;
  const validate = validateWith([fakeTool('weather', () => 'sunny', { decode })]);
  expectObservable(source.pipe(accumulateToolInput(), validate, growingInput(), copied)).toBe(expected, shown);
});

marble('ends an input that is not a JSON object with {}: it repairs nothing', ({ reply, expectObservable }) => {
  const source = reply('-k-i-c-1-w-m-|', fromClaude);
  const expected = '    ---1-7-----8-|';

  const ended = { ...shown, 7: growing(weather, {}, true), 8: growing(time, {}, true) };
  expectObservable(source.pipe(accumulateToolInput(), growingInput(), copied)).toBe(expected, ended);
});

describe('an input that was not complete', () => {
  marble('is void after a round_retry', ({ events, expectObservable }) => {
    const source = events('-I-M-R-I-J-K-M-N-L-|', ours);
    const expected = '     -1-4---1-2-3-4-5-6-|';

    expectObservable(source.pipe(growingInput(), copied)).toBe(expected, shown);
  });

  marble('is void after the message_start of the next reply', ({ events, expectObservable }) => {
    const source = events('-s-I-s-I-J-K-|', ours);
    const expected = '     ---1---1-2-3-|';

    expectObservable(source.pipe(growingInput(), copied)).toBe(expected, shown);
  });

  marble('is not that of the next round, also when its call has the same id', ({ events, expectObservable }) => {
    const next = added.toolCall('toolu_1', 'weather', { city: 'Berlin' }, 0, 2);
    const again = frozen({ 5: added.toolInput(next, '{"city":"Ber'), 6: added.toolInput(next, 'lin"}'), 7: next });
    const source = events('-I-5-6-7-|', { ...ours, ...again });
    const expected = '     -1-4-5-6-|';

    const second = { 4: { ...shown[1], round: 2 }, 5: { ...shown[2], round: 2 }, 6: { ...shown[3], round: 2 } };
    expectObservable(source.pipe(growingInput(), copied)).toBe(expected, { ...shown, ...second });
  });

  marble('is not that of the next call in the same place', ({ events, expectObservable }) => {
    const other = added.toolCall('toolu_3', 'weather', { city: 'Berlin' });
    const source = events('-I-3-|', { ...ours, 3: frozen(added.toolInput(other, '{"city":"Ber')) });
    const expected = '     -1-2-|';

    const values = { ...shown, 2: { ...shown[1], id: 'toolu_3' } };
    expectObservable(source.pipe(growingInput(), copied)).toBe(expected, values);
  });
});

/** What is shown of a call to `weather` whose input comes in pieces: the values, copied as they come. */
function valuesOf(pieces: readonly string[], options?: Parameters<typeof growingInput>[0]): unknown[] {
  return observe(
    from([...pieces.map((piece) => added.toolInput(weather, piece)), weather]).pipe(growingInput(options), copied),
  ).values.map(({ value }) => value);
}

it('shows the input as far as it is certain when each piece comes', () => {
  const pieces = ['', '{"ci', 'ty":"Ber', 'lin\\u00', 'e9","days":1', '2}'];
  const whole = { city: 'Berliné', days: 12 };
  expect(valuesOf(pieces)).toEqual([
    undefined,
    {},
    { city: 'Ber' },
    { city: 'Berlin' },
    { city: 'Berliné' },
    whole,
    { city: 'Berlin' },
  ]);
});

it('shows one live value while Claude writes, which grows in place', () => {
  const source = of<RoundEvent[]>(ours.I, ours.J, weather);
  const [first, second, last] = observe(source.pipe(growingInput())).values;
  expect(first!.value).toBe(second!.value);
  expect(first!.value).toEqual({ city: 'Berlin' });
  expect(last!.value).toBe(weather.tool_use.input);
});

describe('an input that is too large', () => {
  it('is not read beyond the limit, and shows what was certain by then', () => {
    const pieces = ['{"city":"Ber', ...Array<string>(1_000).fill('l'.repeat(100))];
    const values = valuesOf(pieces, { maxInputChars: 50 });
    expect(values).toHaveLength(1_002);
    for (const value of values.slice(0, -1)) expect(value).toEqual({ city: 'Ber' });
  });

  it('has more than 4 194 304 characters unless told otherwise', () => {
    const pieces = ['{"a":"', 'x'.repeat(4_194_304 - 6), 'y'];
    const longest = { a: 'x'.repeat(4_194_304 - 6) };
    const values = valuesOf(pieces);
    // A difference between two long texts would take minutes to print.
    expect(values.map((value) => JSON.stringify(value) === JSON.stringify(longest))).toEqual([
      false,
      true,
      true,
      false,
    ]);
    expect(JSON.stringify(valuesOf(pieces, { maxInputChars: 4_194_305 })[2])).toHaveLength(4_194_305 + 2);
  });

  it('shows no deeper than the limit while it is written', () => {
    expect(valuesOf(['{"a":{"b":{"c":'], { maxInputDepth: 2 })[0]).toEqual({ a: {} });
  });

  it('has more than 512 levels unless told otherwise', () => {
    const depthOf = (value: unknown): number =>
      value === null || typeof value !== 'object' ? 0 : 1 + depthOf(Object.values(value)[0]);
    expect(depthOf(valuesOf(['{"a":'.repeat(600)])[0])).toBe(512);
  });
});

it.each<[string, unknown[]]>([
  ['maxInputChars', [0, -1, 1.5, NaN, Infinity, '5', null, 33_554_433]],
  ['maxInputDepth', [0, -1, 1.5, NaN, Infinity, '5', null, 513]],
])('refuses a bad `%s` at once', (option, bad) => {
  for (const value of bad) {
    const refusing = () => growingInput({ [option]: value });
    expect(refusing).toThrow(tagged('OptionError'));
    expect(refusing).toThrow(`growingInput.${option}`);
  }
});
