/** PROTOCOL.md section 6, case 11: whatever a tool returns becomes content that the API accepts. */
import { of } from 'rxjs';
import { callsReply, textReply } from '../support/replies.js';
import { servers } from './support/servers.js';
import { expectSound, resultsOf, talk } from './support/talk.js';
import { anyTool } from './support/tools.js';

const { strict } = servers();

const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } };
const circular: Record<string, unknown> = { name: 'loop' };
circular['self'] = circular;
const nested = ((): unknown => {
  let value: unknown = 'deep';
  for (let depth = 0; depth < 20_000; depth++) value = [value];
  return value;
})();
const thrower = (message: string) => (): never => {
  throw new Error(message);
};

/** The content when it is known to the letter; `expect.any(String)` where only the kind matters. */
const anyText = expect.any(String) as unknown;
const values: readonly [what: string, value: unknown, content: unknown][] = [
  ['undefined', undefined, ''],
  ['null', null, 'null'],
  ["''", '', ''],
  ['a string', 'text', 'text'],
  ['white space', ' \n ', ' \n '],
  ['a number', 42, '42'],
  ['-0', -0, '0'],
  ['NaN', NaN, anyText],
  ['Infinity', Infinity, anyText],
  ['true', true, 'true'],
  ['an object', { a: 1, b: [true, null] }, '{"a":1,"b":[true,null]}'],
  ['an empty object', {}, '{}'],
  ['an array', [1, 'two', { three: 3 }], '[1,"two",{"three":3}]'],
  ['an empty array', [], '[]'],
  ['a sparse array', Object.assign([1], { length: 3 }), '[1,null,null]'],
  [
    'text blocks',
    [
      { type: 'text', text: 'a' },
      { type: 'text', text: 'b' },
    ],
    [
      { type: 'text', text: 'a' },
      { type: 'text', text: 'b' },
    ],
  ],
  ['an empty text block', [{ type: 'text', text: '' }], [{ type: 'text', text: '' }]],
  ['an image block', [{ type: 'text', text: 'See' }, image], [{ type: 'text', text: 'See' }, image]],
  ['blocks of an unknown type', [{ type: 'video', url: 'x' }], '[{"type":"video","url":"x"}]'],
  ['a block without what it needs', [{ type: 'image' }], '[{"type":"image"}]'],
  ['a text block whose text is no string', [{ type: 'text', text: 7 }], '[{"type":"text","text":7}]'],
  ['blocks and other things', [{ type: 'text', text: 'a' }, 'b'], '[{"type":"text","text":"a"},"b"]'],
  ['a circular object', circular, '{"name":"loop","self":"[Circular]"}'],
  ['a BigInt', 12345678901234567890n, '12345678901234567890'],
  ['an object with a BigInt', { n: 7n }, '{"n":7}'],
  ['a Map', new Map([['a', 1]]), anyText],
  ['a Set', new Set([1]), anyText],
  ['a Date', new Date(0), '"1970-01-01T00:00:00.000Z"'],
  ['an invalid Date', new Date(NaN), anyText],
  ['bytes', new Uint8Array([1, 2]), anyText],
  ['a RegExp', /x/, anyText],
  ['a function', () => 'secret source', anyText],
  ['a class', URL, anyText],
  ['a symbol', Symbol('s'), 'Symbol(s)'],
  ['an object with a symbol and a function', { s: Symbol('s'), f: () => 1, a: 1 }, '{"a":1}'],
  ['a lone surrogate', 'a\ud83d', 'a\ufffd'],
  ['a lone surrogate in a block', [{ type: 'text', text: '\ude00b' }], [{ type: 'text', text: '\ufffdb' }]],
  ['a lone surrogate in an object', { key: '\ud83d' }, anyText],
  ['an emoji and a NUL', '\u{1F600}\0', '\u{1F600}\0'],
  ['a toJSON that throws', { toJSON: thrower('no JSON') }, anyText],
  [
    'a getter that throws',
    {
      get broken(): never {
        return thrower('no value')();
      },
    },
    anyText,
  ],
  ['a toJSON that returns undefined', { toJSON: () => undefined }, anyText],
  ['an object without a prototype', Object.assign(Object.create(null) as object, { a: 1 }), '{"a":1}'],
  [
    'a proxy that refuses',
    new Proxy({}, { get: thrower('get'), ownKeys: thrower('keys'), has: thrower('has') }),
    anyText,
  ],
  ['a proxy of blocks that refuses', [new Proxy({ type: 'text', text: 'x' }, { get: thrower('get') })], anyText],
  [
    'a text block with a getter that throws',
    [
      {
        type: 'text',
        get text(): never {
          return thrower('no text')();
        },
      },
    ],
    anyText,
  ],
  ['very deep nesting', nested, anyText],
  ['an Error', new Error('returned, not thrown'), 'Error: returned, not thrown'],
  ['a boxed string', Object('boxed'), anyText],
  ['an Observable of an object', of({ a: 1 }), '{"a":1}'],
  ['a promise of undefined', Promise.resolve(undefined), ''],
];

describe('11: tool returns', () => {
  it.each(values)('11: tool returns %s: valid content, never a 400', async (_what, value, content) => {
    const rounds = [{ events: callsReply({ id: 't1', name: 'any' }) }, { events: textReply('Done.') }];

    const held = await talk(await strict(rounds), rounds, [anyTool('any', () => value)]);

    expectSound(held);
    const [result] = resultsOf(held.requests[1]);
    expect(result).toMatchObject({ type: 'tool_result', tool_use_id: 't1', content });
    // Half a surrogate pair would be written as an escape.
    expect(JSON.stringify(held.requests[1])).not.toMatch(/(?<!\\)(?:\\\\)*\\ud[89a-f]/i);
  });

  it('11: tool returns a huge string: cut, with a note that says so', async () => {
    const rounds = [
      { events: callsReply({ id: 't1', name: 'any' }, { id: 't2', name: 'short' }) },
      { events: textReply('Done.') },
    ];
    const tools = [
      anyTool('any', () => 'x'.repeat(40_000_000)),
      // The limit falls between the halves of a surrogate pair.
      anyTool('short', () => [{ type: 'text', text: '123456789\u{1F600}' }, image], { maxResultChars: 10 }),
    ];

    const held = await talk(await strict(rounds), rounds, tools);

    expectSound(held);
    const [long, short] = resultsOf(held.requests[1]);
    const text = long!.content as string;
    expect(text.length).toBeLessThan(100_200);
    expect(text).toMatch(/^x{100000}\n\[cut: the first 100000 of 40000000 characters\]$/);
    const blocks = short!.content as readonly { type: string; text?: string }[];
    expect(blocks[0]!.text).toMatch(/^123456789\ufffd(?!\p{Surrogate})/u);
    expect(blocks).toContainEqual(image);
    expect(JSON.stringify(blocks)).toContain('[cut: the first 10 of 11 characters]');
  });

  it('11: tool returns an image larger than the API takes: a note in its place', async () => {
    const rounds = [{ events: callsReply({ id: 't1', name: 'any' }) }, { events: textReply('Done.') }];
    const huge = { ...image, source: { ...image.source, data: 'A'.repeat(8_000_000) } };

    const held = await talk(await strict(rounds), rounds, [anyTool('any', () => [huge])]);

    expectSound(held);
    expect(resultsOf(held.requests[1])[0]!.content).toEqual([
      { type: 'text', text: expect.stringContaining('[image left out: ') as unknown },
    ]);
  });

  it('11: tool returns blocks with fields that the API does not know: never a 400', async () => {
    const rounds = [{ events: callsReply({ id: 't1', name: 'any' }) }, { events: textReply('Done.') }];
    const block = { type: 'text', text: 'a', parsed_output: null, _internal: 1 };

    const held = await talk(await strict(rounds), rounds, [anyTool('any', () => [block])]);

    expectSound(held);
  });
});
