import * as t from 'io-ts';
import { expectTypeOf } from 'expect-type';
import { describeCodec, descriptionOf } from '../../../src/ioTs/describeCodec.js';
import { ioTsJsonSchema } from '../../../src/ioTs/ioTsJsonSchema.js';

describe('describe', () => {
  const point = t.type({ x: t.number, y: t.number });

  it('keeps the codec as it was and gives another that does the same', () => {
    const described = describeCodec(point, 'Where it is');
    expect(described).not.toBe(point);
    expect(descriptionOf(point)).toEqual({});
    expect(described).toBeInstanceOf(t.InterfaceType);
    expect(described.props).toBe(point.props);
    expect(described._tag).toBe('InterfaceType');
    expect(described.name).toBe(point.name);
    expect(described.decode({ x: 1, y: 2 })).toEqual(t.success({ x: 1, y: 2 }));
    expect(described.decode({ x: 1 })).toMatchObject({ _tag: 'Left', left: [{ value: undefined }] });
    expect(described.is({ x: 1, y: 2 })).toBe(true);
    expect(described.encode).toBe(point.encode);
  });

  it('has the type of the codec', () => {
    expectTypeOf(describeCodec(point, 'Where')).toEqualTypeOf<typeof point>();
    expectTypeOf(describeCodec(t.Int, { minimum: 1 })).toEqualTypeOf<typeof t.Int>();
    expectTypeOf<t.TypeOf<typeof nested>>().toEqualTypeOf<{ at: { x: number; y: number }; tags: string[] }>();
    const nested = t.type({ at: describeCodec(point, 'x'), tags: describeCodec(t.array(t.string), { minItems: 1 }) });
    expect(nested.is({ at: { x: 1, y: 2 }, tags: [] })).toBe(true);
  });

  it('adds to what was said before', () => {
    const once = describeCodec(t.string, { description: 'A name', minLength: 1 });
    const twice = describeCodec(once, { description: 'The name', maxLength: 9 });
    expect(ioTsJsonSchema(twice)).toEqual({ type: 'string', description: 'The name', minLength: 1, maxLength: 9 });
    expect(ioTsJsonSchema(once)).toEqual({ type: 'string', description: 'A name', minLength: 1 });
  });

  it('speaks at every place', () => {
    const codec = describeCodec(
      t.type({
        list: t.array(describeCodec(t.string, 'A word')),
        pair: t.tuple([describeCodec(t.number, 'First')]),
        maybe: t.union([describeCodec(t.string, 'Some'), t.undefined]),
        choice: describeCodec(t.union([t.string, t.undefined]), 'Any'),
        map: t.record(describeCodec(t.string, 'A city'), describeCodec(t.number, 'Its size')),
        count: t.refinement(describeCodec(t.number, 'How many'), Number.isInteger),
      }),
      'All of it',
    );
    expect(ioTsJsonSchema(codec)).toEqual({
      type: 'object',
      description: 'All of it',
      properties: {
        list: { type: 'array', items: { type: 'string', description: 'A word' } },
        pair: expect.objectContaining({ prefixItems: [{ type: 'number', description: 'First' }] }) as unknown,
        maybe: { type: 'string', description: 'Some' },
        choice: { type: 'string', description: 'Any' },
        map: {
          type: 'object',
          propertyNames: { type: 'string', description: 'A city' },
          additionalProperties: { type: 'number', description: 'Its size' },
        },
        count: { type: 'integer', description: 'How many' },
      },
      required: ['list', 'pair', 'map', 'count'],
    });
  });

  it('keeps described literals apart, so that each can be explained', () => {
    const codec = t.type({ mode: t.union([describeCodec(t.literal('fast'), 'No checks'), t.literal('safe')]) });
    expect(ioTsJsonSchema(codec).properties?.['mode']).toEqual({
      anyOf: [
        { type: 'string', enum: ['fast'], description: 'No checks' },
        { type: 'string', enum: ['safe'] },
      ],
    });
  });

  it('joins the descriptions of the parts of an intersection', () => {
    const parts = t.intersection([
      describeCodec(point, 'A point.'),
      describeCodec(t.partial({ z: t.number }), 'In space.'),
    ]);
    expect(ioTsJsonSchema(parts).description).toBe('A point. In space.');
    expect(ioTsJsonSchema(describeCodec(parts, 'Both')).description).toBe('Both');
  });

  it('gives a whole schema to a codec that shows none', () => {
    const hidden = t.string.pipe(t.string, 'Hidden');
    const schema = { type: 'string', format: 'email' };
    const codec = t.type({
      mail: describeCodec(describeCodec(hidden, { schema }), 'Where to write'),
      list: t.array(describeCodec(t.union([t.string, t.undefined]), { schema: { enum: ['a', null] } })),
    });
    expect(ioTsJsonSchema(codec).properties).toEqual({
      mail: { ...schema, description: 'Where to write' },
      list: { type: 'array', items: { enum: ['a', null] } },
    });
  });

  it('survives being copied the way io-ts-types copies codecs', () => {
    const described = describeCodec(t.string, 'A name');
    const copy = Object.assign(Object.create(Object.getPrototypeOf(described) as object), described) as t.StringC;
    expect(ioTsJsonSchema(copy).description).toBe('A name');
  });

  it('leaves tagged unions tagged', () => {
    const union = t.union([
      describeCodec(t.type({ kind: describeCodec(t.literal('a'), 'first') }), 'A'),
      describeCodec(t.type({ kind: t.literal('b') }), 'B'),
    ]);
    expect(union).toHaveProperty('tag', 'kind');
  });
});
