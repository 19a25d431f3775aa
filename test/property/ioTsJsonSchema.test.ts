import { Validator, type Schema } from '@cfworker/json-schema';
import fc from 'fast-check';
import * as t from 'io-ts';
import { isDeepStrictEqual } from 'node:util';
import { describeCodec } from '../../src/ioTs/describeCodec.js';
import { ioTsJsonSchema } from '../../src/ioTs/ioTsJsonSchema.js';
import { share, times } from '../support/runs.js';

/** A codec with values that it takes. A strict one drops what its schema forbids, so only `isOpen` ones say the same. */
interface Sample {
  readonly codec: t.Mixed;
  readonly value: fc.Arbitrary<unknown>;
  readonly isOpen: boolean;
}

const KEYS = ['a', 'b', 'c'];

const leaves: readonly Sample[] = [
  { codec: t.string, value: fc.string(), isOpen: true },
  { codec: t.number, value: fc.double({ noNaN: true, noDefaultInfinity: true }), isOpen: true },
  { codec: t.Int, value: fc.integer(), isOpen: true },
  { codec: t.boolean, value: fc.boolean(), isOpen: true },
  { codec: t.null, value: fc.constant(null), isOpen: true },
  { codec: t.literal('a'), value: fc.constant('a'), isOpen: true },
  { codec: t.literal(1), value: fc.constant(1), isOpen: true },
  { codec: t.keyof({ b: null, c: null }), value: fc.constantFrom('b', 'c'), isOpen: true },
  { codec: t.UnknownRecord, value: fc.dictionary(fc.string(), fc.jsonValue()), isOpen: true },
  { codec: t.UnknownArray, value: fc.array(fc.jsonValue()), isOpen: true },
];

function fields(parts: ReadonlyMap<string, Sample>, isPartial: boolean): fc.Arbitrary<unknown> {
  const values = Object.fromEntries([...parts].map(([key, { value }]) => [key, value]));
  return isPartial ? fc.record(values, { requiredKeys: [] }) : fc.record(values);
}

function objectOf(parts: ReadonlyMap<string, Sample>, kind: 'type' | 'partial' | 'strict'): Sample {
  const props = Object.fromEntries([...parts].map(([key, { codec }]) => [key, codec]));
  const isOpen = kind !== 'strict' && [...parts.values()].every((part) => part.isOpen);
  return { codec: t[kind](props), value: fields(parts, kind === 'partial'), isOpen };
}

function listOf({ codec, value, isOpen }: Sample, kind: 'type' | 'strict'): Sample {
  const list = t.recursion<unknown, unknown, unknown, t.Mixed>('List', (self) =>
    t[kind]({ head: codec, tail: t.union([self, t.null]) }),
  );
  const one = value.map((head) => ({ head, tail: null }));
  return {
    codec: list,
    value: fc.tuple(value, one).map(([head, tail]) => ({ head, tail })),
    isOpen: isOpen && kind === 'type',
  };
}

/** Two objects as one: what both know is taken from the second, which is often refused by the first. */
function intersectionOf(a: Sample, b: Sample): Sample {
  const value = fc.tuple(a.value, b.value).map(([left, right]) => ({ ...(left as object), ...(right as object) }));
  return { codec: t.intersection([a.codec, b.codec]), value, isOpen: a.isOpen && b.isOpen };
}

const { object } = fc.letrec<{ sample: Sample; object: Sample; plain: Sample }>((tie) => ({
  plain: fc
    .tuple(
      fc.uniqueArray(fc.tuple(fc.constantFrom(...KEYS), tie('sample')), { maxLength: 3, selector: ([key]) => key }),
      fc.constantFrom('type' as const, 'partial' as const, 'strict' as const),
    )
    .map(([parts, kind]) => objectOf(new Map(parts), kind)),
  object: fc.oneof(
    tie('plain'),
    fc.tuple(tie('plain'), tie('plain')).map(([a, b]) => intersectionOf(a, b)),
    fc
      .tuple(tie('sample'), fc.constantFrom('type' as const, 'strict' as const))
      .map(([sample, kind]) => listOf(sample, kind)),
  ),
  sample: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(...leaves),
    tie('object'),
    tie('sample').map(({ codec, value, isOpen }) => ({ codec: t.array(codec), value: fc.array(value), isOpen })),
    tie('sample').map(({ codec, value, isOpen }) => ({
      codec: t.record(t.string, codec),
      value: fc.dictionary(fc.constantFrom(...KEYS), value),
      isOpen,
    })),
    tie('sample').map(({ codec, ...rest }) => ({ codec: describeCodec(t.readonly(codec), 'text'), ...rest })),
    fc.tuple(tie('sample'), tie('sample')).map(([a, b]) => ({
      codec: t.union([a.codec, b.codec]),
      value: fc.oneof(a.value, b.value),
      isOpen: a.isOpen && b.isOpen,
    })),
    fc.tuple(tie('sample'), tie('sample')).map(([a, b]) => ({
      codec: t.tuple([a.codec, b.codec]),
      value: fc.tuple(a.value, b.value),
      isOpen: false,
    })),
  ),
}));

function validatorOf(codec: t.Mixed): Validator {
  return new Validator(ioTsJsonSchema(codec) as Schema, '2020-12');
}

/** Values near to what the codec takes, and values that are far from it, all as JSON would carry them. */
function inputs({ value }: Sample): fc.Arbitrary<unknown> {
  const mutated = fc.tuple(value, fc.constantFrom(...KEYS), fc.jsonValue()).map(([base, key, other]) => {
    return typeof base === 'object' && !Array.isArray(base) ? { ...base, [key]: other } : other;
  });
  return fc.oneof(value, mutated, fc.jsonValue()).map((input) => JSON.parse(JSON.stringify(input)) as unknown);
}

const cases = object.chain((one) => fc.tuple(fc.constant(one), fc.array(inputs(one), { minLength: 5, maxLength: 5 })));

describe('ioTsJsonSchema, for every codec', () => {
  it('accepts nothing that the codec refuses, and all that an open codec accepts', () => {
    let accepted = 0;
    fc.assert(
      fc.property(cases, ([{ codec, isOpen }, values]) => {
        const validator = validatorOf(codec);
        for (const value of values) {
          const isDecoded = codec.decode(value)._tag === 'Right';
          const { valid } = validator.validate(value);
          if (valid) accepted += 1;
          if (isOpen || valid) expect([value, valid]).toEqual([value, isDecoded]);
        }
      }),
      times(200),
    );
    expect(accepted).toBeGreaterThan(share(200));
  });

  it('accepts what a strict codec keeps whole', () => {
    fc.assert(
      fc.property(cases, ([{ codec }, values]) => {
        const validator = validatorOf(codec);
        for (const value of values) {
          const decoded = codec.decode(value);
          const isWhole = decoded._tag === 'Right' && isDeepStrictEqual(decoded.right, value);
          if (isWhole) expect([value, validator.validate(value).errors]).toEqual([value, []]);
        }
      }),
      times(100),
    );
  });

  it('gives one object without a choice at its top, as JSON data, the same each time', () => {
    fc.assert(
      fc.property(object, ({ codec }) => {
        const schema = ioTsJsonSchema(codec);
        expect(schema.type).toBe('object');
        for (const keyword of ['anyOf', 'oneOf', 'allOf', '$ref']) expect(schema).not.toHaveProperty(keyword);
        expect(JSON.parse(JSON.stringify(schema))).toEqual(schema);
        expect(ioTsJsonSchema(codec)).toEqual(schema);
      }),
    );
  });
});
