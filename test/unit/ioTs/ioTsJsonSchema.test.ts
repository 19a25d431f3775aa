import * as t from 'io-ts';
import { RxClaudeError, type RxClaudeFailure } from 'rxclaude';
import { describeCodec } from '../../../src/ioTs/describeCodec.js';
import type { AnyCodec } from '../../../src/ioTs/ioTsCodec.js';
import { ioTsJsonSchema } from '../../../src/ioTs/ioTsJsonSchema.js';

/** The schema of a codec where it is a required property: the root takes no union. */
function nested(codec: t.Mixed): unknown {
  return ioTsJsonSchema(t.type({ x: codec })).properties?.['x'];
}

function recursion(name: string, define: (self: t.Mixed) => t.Mixed): t.Mixed {
  return t.recursion<unknown, unknown, unknown, t.Mixed>(name, define);
}

function custom(name: string): t.Type<Date, string> {
  return new t.Type<Date, string>(
    name,
    (value): value is Date => value instanceof Date,
    (value, context) => (typeof value === 'string' ? t.success(new Date(value)) : t.failure(value, context)),
    (date) => date.toISOString(),
  );
}

function errorOf(codec: AnyCodec): RxClaudeFailure<'JsonSchemaError'> {
  try {
    ioTsJsonSchema(codec);
  } catch (error) {
    if (RxClaudeError.is(error, 'JsonSchemaError')) return error;
    throw error;
  }
  throw new Error('It did not fail.');
}

interface Node {
  readonly name: string;
  readonly next: Node | null;
}
const node: t.Type<Node> = t.recursion('Node', (self) => t.type({ name: t.string, next: t.union([self, t.null]) }));

const isLong = (text: string): boolean => text.length > 3;

describe('ioTsJsonSchema', () => {
  const A = t.type({ a: t.string });
  const B = t.partial({ b: t.number });
  const nothing = { not: {} };
  // io-ts's types let `never` stand in no union.
  const never = t.never as unknown as t.Mixed;
  const literals = { type: 'string', enum: ['a', 'b'] };

  it.each<[string, t.Mixed, unknown]>([
    ['null', t.null, { type: 'null' }],
    ['string', t.string, { type: 'string' }],
    ['number', t.number, { type: 'number' }],
    ['boolean', t.boolean, { type: 'boolean' }],
    ['unknown', t.unknown, {}],
    ['any', t.any, {}],
    ['never', never, nothing],
    ['UnknownArray', t.UnknownArray, { type: 'array' }],
    ['UnknownRecord', t.UnknownRecord, { type: 'object' }],
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- whoever still has one should be understood
    ['object', t.object, { type: ['object', 'array'] }],
    ['Int', t.Int, { type: 'integer' }],
    ['Integer', t.Integer, { type: 'integer' }],
    ['a literal', t.literal('a'), { type: 'string', enum: ['a'] }],
    ['a number literal', t.literal(2), { type: 'number', enum: [2] }],
    ['minus zero', t.literal(-0), { type: 'number', enum: [0] }],
    ['a boolean literal', t.literal(true), { type: 'boolean', enum: [true] }],
    ['keyof', t.keyof({ a: null, b: null }), literals],
    ['keyof nothing', t.keyof({}) as unknown as t.Mixed, nothing],
    ['an array', t.array(t.string), { type: 'array', items: { type: 'string' } }],
    ['a readonlyArray', t.readonlyArray(t.string), { type: 'array', items: { type: 'string' } }],
    ['readonly', t.readonly(t.array(t.number)), { type: 'array', items: { type: 'number' } }],
    ['a refinement', t.refinement(t.string, isLong), { type: 'string' }],
    [
      'a brand',
      t.brand(t.string, (s): s is t.Branded<string, { readonly Long: symbol }> => isLong(s), 'Long'),
      { type: 'string' },
    ],
    ['a refined Int', t.refinement(t.Int, (n) => n > 0), { type: 'integer' }],
    ['a refinement by Number.isInteger', t.refinement(t.number, Number.isInteger), { type: 'integer' }],
    ['NonEmptyString', t.refinement(t.string, (s) => s !== '', 'NonEmptyString'), { type: 'string', minLength: 1 }],
    ['UUID', t.refinement(t.string, isLong, 'UUID'), { type: 'string', format: 'uuid' }],
    ['UUID that is no string', t.refinement(t.number, (n) => n > 3, 'UUID'), { type: 'number' }],
    ['partial', B, { type: 'object', properties: { b: { type: 'number' } } }],
    ['an empty type', t.type({}), { type: 'object', properties: {} }],
    ['DateFromISOString', custom('DateFromISOString'), { type: 'string', format: 'date-time' }],
    ['BooleanFromString', custom('BooleanFromString'), { type: 'string', enum: ['true', 'false'] }],
    ['DateFromUnixTime', custom('DateFromUnixTime'), { type: 'integer', description: 'Unix time in seconds.' }],
  ])('derives %s', (_, codec, expected) => {
    expect(nested(codec)).toEqual(expected);
  });

  it.each<[string, t.Mixed, unknown]>([
    ['of two types', t.union([t.string, t.number]), { anyOf: [{ type: 'string' }, { type: 'number' }] }],
    ['with null', t.union([t.string, t.null]), { anyOf: [{ type: 'string' }, { type: 'null' }] }],
    ['of literals', t.union([t.literal('a'), t.literal('b'), t.literal('a')]), literals],
    ['of literals and null', t.union([t.literal('a'), t.null]), { enum: ['a', null] }],
    ['of mixed literals', t.union([t.literal('a'), t.literal(1), t.keyof({ b: null })]), { enum: ['a', 1, 'b'] }],
    [
      'of literals and more',
      t.union([t.literal('a'), t.number, t.literal('b')]),
      { anyOf: [literals, { type: 'number' }] },
    ],
    [
      'in a union',
      t.union([t.string, t.union([t.number, t.string])]),
      { anyOf: [{ type: 'string' }, { type: 'number' }] },
    ],
    ['with undefined', t.union([t.string, t.undefined]), { type: 'string' }],
    ['with void and null', t.union([t.null, t.void, t.string]), { anyOf: [{ type: 'null' }, { type: 'string' }] }],
    ['with never', t.union([t.string, never]), { type: 'string' }],
    ['of nothing', t.union([t.undefined, never]), nothing],
    [
      'told apart by a tag',
      t.union([t.type({ kind: t.literal('x') }), t.type({ kind: t.literal('y') })]),
      {
        anyOf: ['x', 'y'].map((kind) => ({
          type: 'object',
          properties: { kind: { type: 'string', enum: [kind] } },
          required: ['kind'],
        })),
      },
    ],
  ])('derives a union %s', (_, codec, expected) => {
    expect(nested(codec)).toEqual(expected);
  });

  it('requires what has to be there', () => {
    const codec = t.type({
      a: t.string,
      b: t.union([t.string, t.undefined]),
      c: t.unknown,
      d: t.readonly(t.union([t.number, t.void])),
      e: t.undefined,
    });
    expect(ioTsJsonSchema(codec)).toEqual({
      type: 'object',
      properties: { a: { type: 'string' }, b: { type: 'string' }, c: {}, d: { type: 'number' }, e: nothing },
      required: ['a', 'c'],
    });
  });

  it.each<[string, t.Mixed, [unknown, number, number]]>([
    ['tuple', t.tuple([t.string, t.number]), [[{ type: 'string' }, { type: 'number' }], 2, 2]],
    [
      'tuple with an optional end',
      t.tuple([t.string, t.union([t.number, t.undefined])]),
      [[{ type: 'string' }, { type: 'number' }], 1, 2],
    ],
  ])('derives a %s', (_, codec, [prefixItems, minItems, maxItems]) => {
    expect(nested(codec)).toEqual({ type: 'array', prefixItems, items: false, minItems, maxItems });
  });

  it.each<[string, t.Mixed, object]>([
    ['string', t.record(t.string, t.number), { additionalProperties: { type: 'number' } }],
    ['unknown', t.record(t.unknown, t.number), { additionalProperties: { type: 'number' } }],
    [
      'string to an optional',
      t.record(t.string, t.union([t.number, t.undefined])),
      { additionalProperties: { type: 'number' } },
    ],
    [
      'UUID',
      t.record(t.refinement(t.string, isLong, 'UUID'), t.number),
      { propertyNames: { type: 'string', format: 'uuid' }, additionalProperties: { type: 'number' } },
    ],
    [
      'keyof',
      t.record(t.keyof({ a: null }), t.number),
      { properties: { a: { type: 'number' } }, required: ['a'], additionalProperties: false },
    ],
    [
      'literals to an optional',
      t.record(t.union([t.literal('a'), t.literal('b')]), t.union([t.number, t.undefined])),
      { properties: { a: { type: 'number' }, b: { type: 'number' } }, additionalProperties: false },
    ],
  ])('derives a record of %s', (_, codec, expected) => {
    expect(nested(codec)).toEqual({ type: 'object', ...expected });
  });

  describe('objects and intersections', () => {
    const a = { type: 'string' };
    const b = { type: 'number' };

    it.each<[string, t.Mixed]>([
      ['strict', t.strict({ a: t.string })],
      ['exact', t.exact(A)],
      ['exact of readonly', t.exact(t.readonly(A))],
    ])('closes %s', (_, codec) => {
      expect(ioTsJsonSchema(codec)).toEqual({
        type: 'object',
        properties: { a },
        required: ['a'],
        additionalProperties: false,
      });
    });

    it.each<[string, t.Mixed, boolean]>([
      ['open parts', t.intersection([A, B]), false],
      ['a closed and an open part', t.intersection([t.exact(A), B]), false],
      ['closed parts', t.intersection([t.exact(A), t.exact(B)]), true],
      ['exact', t.exact(t.intersection([A, B])), true],
    ])('merges %s into one object', (_, codec, isClosed) => {
      expect(ioTsJsonSchema(codec)).toEqual({
        type: 'object',
        properties: { a, b },
        required: ['a'],
        ...(isClosed && { additionalProperties: false }),
      });
    });

    it('merges a property that two parts know', () => {
      const both = t.intersection([t.partial({ x: A, y: t.string }), t.type({ x: B, y: t.string })]);
      expect(ioTsJsonSchema(both)).toEqual({
        type: 'object',
        properties: { x: { type: 'object', properties: { a, b }, required: ['a'] }, y: { type: 'string' } },
        required: ['x', 'y'],
      });
    });

    it('lets a record speak for the properties of the other part', () => {
      const both = t.intersection([A, t.record(t.string, t.union([t.string, t.number]))]);
      expect(ioTsJsonSchema(both).properties).toEqual({ a: { allOf: [a, { anyOf: [a, b] }] } });
      expect(ioTsJsonSchema(both).additionalProperties).toEqual({ anyOf: [a, b] });
    });

    it('opens what stands beside something that is no plain object', () => {
      const choice = t.union([t.strict({ b: t.number }), t.strict({ c: t.number })]);
      expect(nested(t.intersection([t.strict({ a: t.string }), choice]))).toEqual({
        allOf: [
          { type: 'object', properties: { a }, required: ['a'] },
          {
            anyOf: [
              { type: 'object', properties: { b }, required: ['b'] },
              { type: 'object', properties: { c: b }, required: ['c'] },
            ],
          },
        ],
      });
    });

    it('opens definitions too, and leaves those alone that are open', () => {
      const strict = recursion('Strict', (self) => t.strict({ self: t.union([self, t.null]) }));
      const both = t.intersection([A, t.union([strict, node])]);
      expect(ioTsJsonSchema(t.type({ both, node })).properties?.['both']).toMatchObject({
        allOf: [{}, { anyOf: [{ type: 'object', properties: { self: {} } }, { $ref: '#/$defs/Node' }] }],
      });
      expect(JSON.stringify(nested(both))).not.toContain('additionalProperties');
    });

    it('needs no `allOf` for what says the same or nothing', () => {
      expect(nested(t.intersection([t.string, t.string]))).toEqual(a);
      expect(nested(t.intersection([t.unknown, A, t.UnknownRecord]))).toEqual({
        type: 'object',
        properties: { a },
        required: ['a'],
      });
    });

    it('defines properties of every name', () => {
      const hostile = t.type({ ['__proto__']: t.string, constructor: t.number });
      const schema = ioTsJsonSchema(t.intersection([hostile, t.partial({ ['__proto__']: t.string })]));
      expect(Object.keys(schema.properties ?? {})).toEqual(['__proto__', 'constructor']);
      expect(Object.getPrototypeOf(schema.properties)).toBe(Object.prototype);
      expect(schema.required).toEqual(['__proto__', 'constructor']);
    });
  });

  describe('recursion', () => {
    const next = { anyOf: [{ $ref: '#/$defs/Node' }, { type: 'null' }] };
    const definition = { type: 'object', properties: { name: { type: 'string' }, next }, required: ['name', 'next'] };

    it('inlines a recursive root and refers to its definition', () => {
      expect(ioTsJsonSchema(node)).toEqual({ ...definition, $defs: { Node: definition } });
    });

    it('keeps a description beside the reference', () => {
      expect(ioTsJsonSchema(t.type({ head: describeCodec(node, 'The first one') }))).toEqual({
        type: 'object',
        properties: { head: { $ref: '#/$defs/Node', description: 'The first one' } },
        required: ['head'],
        $defs: { Node: definition },
      });
      expect(ioTsJsonSchema(describeCodec(node, 'The first one')).description).toBe('The first one');
    });

    it('tells two definitions of one name apart', () => {
      const other: t.Mixed = recursion('Node', (self) => t.type({ others: t.array(self) }));
      const schema = ioTsJsonSchema(t.type({ node, other }));
      expect(schema.properties).toEqual({ node: { $ref: '#/$defs/Node' }, other: { $ref: '#/$defs/Node2' } });
      expect(Object.keys(schema.$defs ?? {})).toEqual(['Node', 'Node2']);
    });

    it('follows codecs that need each other', () => {
      const person: t.Mixed = recursion('Person', () => t.type({ jobs: t.array(job) }));
      const job: t.Mixed = recursion('A job!', () => t.type({ boss: person }));
      expect(ioTsJsonSchema(person)).toMatchObject({
        type: 'object',
        properties: { jobs: { items: { $ref: '#/$defs/A_job' } } },
        $defs: { Person: { type: 'object' }, A_job: { properties: { boss: { $ref: '#/$defs/Person' } } } },
      });
    });

    it('merges a recursive part, and drops definitions that nothing needs', () => {
      const flat: t.Mixed = recursion('Flat', () => A);
      expect(ioTsJsonSchema(t.intersection([flat, B]))).toEqual({
        type: 'object',
        properties: { a: { type: 'string' }, b: { type: 'number' } },
        required: ['a'],
      });
    });
  });

  describe('what cannot be expressed', () => {
    const when = custom('When');

    it.each<[string, AnyCodec, string, string]>([
      ['a function', t.type({ run: t.Function }), 'input.run', 'Function'],
      ['a bigint', t.type({ list: t.array(t.bigint) }), 'input.list[]', 'bigint'],
      ['a custom codec', t.type({ items: t.array(t.type({ when })) }), 'input.items[].when', 'When'],
      ['a piped codec', t.type({ 'a b': t.string.pipe(when) }), 'input["a b"]', 'pipe(string, When)'],
      [
        'undefined in an array',
        t.type({ list: t.array(t.union([t.string, t.undefined])) }),
        'input.list[]',
        '(string | undefined)',
      ],
      ['undefined inside a tuple', t.tuple([t.undefined, t.string]), 'input[0]', 'undefined'],
      ['undefined at the root', t.union([A, t.undefined]), 'input', '({ a: string } | undefined)'],
      ['keys that are no strings', t.record(t.number, t.string), 'input', '{ [K in number]: string }'],
      ['values of a record', t.record(t.string, when), 'input.*', 'When'],
      ['a literal that JSON lacks', t.type({ x: t.literal(NaN) }), 'input.x', 'null'],
      ['a union at the root', t.union([A, B]), 'input', '({ a: string } | Partial<{ b: number }>)'],
      [
        'a union in a root intersection',
        t.intersection([A, t.union([A, B])]),
        'input',
        '({ a: string } & ({ a: string } | Partial<{ b: number }>))',
      ],
    ])('refuses %s', (_, codec, path, found) => {
      expect(errorOf(codec)).toMatchObject({ _tag: 'JsonSchemaError', name: 'JsonSchemaError', path, found });
      expect(errorOf(codec).message).toContain(`\`${path}\``);
    });

    it('says what to do', () => {
      expect(errorOf(t.type({ when })).message).toBe(
        '`input.when` cannot be written as JSON Schema: found the codec `When`, which does not show what it decodes ' +
          'from. Wrap it: describeCodec(codec, { schema: {...} }).',
      );
    });

    it('refuses a strict codec that intersects itself, for its own definition would forbid the rest', () => {
      const strict: t.Mixed = recursion('Strict', (self) =>
        t.strict({ child: t.union([t.null, t.intersection([self, A])]) }),
      );
      expect(errorOf(strict).path).toBe('input.child');
    });
  });
});
