import * as t from 'io-ts';
import { expectTypeOf } from 'expect-type';
import { defineTool } from '../../../src/tools/defineTool.js';
import { allowedUrl } from '../../../src/codecs/allowedUrl.js';
import { boundedString } from '../../../src/codecs/boundedString.js';
import { identifier } from '../../../src/codecs/identifier.js';
import { pathInside } from '../../../src/codecs/pathInside.js';
import { describeCodec } from '../../../src/ioTs/describeCodec.js';
import { ioTsJsonSchema } from '../../../src/ioTs/ioTsJsonSchema.js';
import { invalidInput } from '../../../src/tools/input/inputMessages.js';
import { NO_STRINGS, schemaOf } from './support.js';

const codecs: readonly (readonly [string, t.Type<string>, string])[] = [
  ['boundedString', boundedString({ maxChars: 9 }), 'text of at most 9 characters'],
  ['identifier', identifier(), 'an identifier of at most 64 characters'],
  ['allowedUrl', allowedUrl(), 'an allowed URL'],
  ['pathInside', pathInside('.'), 'a path inside the root'],
];

describe.each(codecs)('%s', (_, codec, expected) => {
  const tool = defineTool({ name: 'x', description: 'X.', input: t.type({ field: codec }), run: () => '' });

  it('refuses what is no string, and says what it wants', async () => {
    for (const value of NO_STRINGS) {
      const decoded = await tool.decode({ field: value });
      expect(decoded).toMatchObject({ _tag: 'Left', left: [{ path: ['field'], expected }] });
      expect(codec.is(value)).toBe(false);
    }
  });

  it('is a codec of io-ts wherever one can stand', () => {
    const bad = '\0';
    expect(t.array(codec).decode([bad])).toMatchObject({ _tag: 'Left' });
    expect(t.union([codec, t.null]).decode(null)).toEqual(t.success(null));
    expect(t.readonly(codec).decode(bad)).toMatchObject({ _tag: 'Left' });
    expect(t.refinement(codec, () => true).decode(bad)).toMatchObject({ _tag: 'Left' });
    expect(t.string.pipe(codec).decode(bad)).toMatchObject({ _tag: 'Left' });
    expect(codec.pipe(t.string).decode(bad)).toMatchObject({ _tag: 'Left' });
    expect(codec.asDecoder()).toBe(codec);
    expect(codec.asEncoder()).toBe(codec);
    expect(ioTsJsonSchema(t.record(codec, t.number)).propertyNames).toEqual(schemaOf(codec));
  });

  it('can be called without its object', () => {
    const { decode, is, validate, encode } = codec;
    expect(decode('\0')).toMatchObject({ _tag: 'Left', left: [{ value: '\0', context: [{ key: '' }] }] });
    expect(is('\0')).toBe(false);
    expect(validate('\0', [])).toMatchObject({ _tag: 'Left' });
    expect(typeof encode('a')).toBe('string');
  });

  it('keeps its limits when it is described', () => {
    const { description: __, ...limits } = schemaOf(codec);
    expect(schemaOf(describeCodec(codec, 'What for'))).toEqual({ ...limits, description: 'What for' });
    expect(describeCodec(codec, 'What for').decode('\0')).toMatchObject({ _tag: 'Left' });
    expect(limits).toMatchObject({ type: 'string', maxLength: expect.any(Number) as number });
  });

  it('is typed as a codec of strings', () => {
    expectTypeOf<t.TypeOf<typeof codec>>().toEqualTypeOf<string>();
    expectTypeOf<t.OutputOf<typeof codec>>().toEqualTypeOf<string>();
    expectTypeOf<t.InputOf<typeof codec>>().toEqualTypeOf<unknown>();
  });
});

it('pipes in order, both ways', () => {
  const counted = new t.Type<number, string, string>(
    'counted',
    t.number.is,
    (text) => t.success(text.length),
    (length) => 'a'.repeat(length),
  );
  const piped = identifier().pipe(counted);
  expect(piped.name).toBe('pipe(an identifier of at most 64 characters, counted)');
  expect(identifier().pipe(counted, 'Length').name).toBe('Length');
  expect(piped.decode('abc')).toEqual(t.success(3));
  expect(piped.encode(3)).toBe('aaa');
  expect(piped.is(3)).toBe(true);
  expect(describeCodec(identifier(), 'x').pipe(counted).decode('abc')).toEqual(t.success(3));
});

it('tells Claude in one line what to write', async () => {
  const input = t.type({
    path: pathInside('.'),
    url: allowedUrl(),
    name: identifier(),
    note: boundedString({ maxChars: 3 }),
  });
  const tool = defineTool({ name: 'x', description: 'X.', input, run: () => '' });
  const wrong = { path: '../a', url: 'http://a.org', name: 'a b', note: 'long' };
  const decoded = await tool.decode(wrong);
  const { message } = invalidInput('x', wrong, decoded._tag === 'Left' ? decoded.left : []);
  expect(message.split('\n').slice(1, -1)).toEqual([
    '- path: expected a path inside the root, without `..` (found "../a" (string))',
    '- url: expected a URL that begins with https:// (found "http://a.org" (string))',
    '- name: expected letters, digits, `_` and `-`, with a letter or `_` first (found "a b" (string))',
    '- note: expected text of at most 3 characters, found 4 (found "long" (string))',
  ]);
});
