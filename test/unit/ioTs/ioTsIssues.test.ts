import * as t from 'io-ts';
import { describeCodec } from '../../../src/ioTs/describeCodec.js';
import { ioTsIssues } from '../../../src/ioTs/ioTsIssues.js';

function issues(codec: t.Mixed, input: unknown): unknown {
  const decoded = codec.decode(input);
  return decoded._tag === 'Left' ? ioTsIssues(decoded.left) : [];
}

/** A codec without a tag that hides another one. */
function piped(name: string, codec: t.Mixed): t.Mixed {
  return (t.unknown as t.Mixed).pipe(codec, name);
}

const isLong = (text: string): boolean => text.length > 3;

describe('ioTsIssues', () => {
  it('leads to the wrong field', () => {
    const codec = t.type({
      list: t.array(t.type({ at: t.tuple([t.string, t.number]) })),
      map: t.record(t.string, t.string),
    });
    expect(issues(codec, { list: [{ at: ['a', 1] }, { at: ['a', 'b'] }], map: { '0': 5 } })).toEqual([
      { path: ['list', 1, 'at', 1], expected: 'number', found: 'b' },
      { path: ['map', '0'], expected: 'string', found: 5 },
    ]);
  });

  it('tells a missing field and a wrong root', () => {
    expect(issues(t.type({ a: t.string }), {})).toEqual([{ path: ['a'], expected: 'string', found: undefined }]);
    expect(issues(t.type({ a: t.string }), 1)).toEqual([{ path: [], expected: '{ a: string }', found: 1 }]);
  });

  it('is not misled by wrappers', () => {
    const codec = t.readonly(
      t.exact(t.intersection([t.type({ a: t.readonlyArray(t.string) }), t.partial({ b: t.Int })])),
    );
    expect(issues(codec, { a: ['x', 2], b: 1.5 })).toEqual([
      { path: ['a', 1], expected: 'string', found: 2 },
      { path: ['b'], expected: 'Int', found: 1.5 },
    ]);
  });

  it('has one issue for a field that two parts of an intersection refuse', () => {
    const a = t.type({ a: t.string });
    expect(issues(t.intersection([a, t.type({ a: t.string, b: t.string })]), { b: 'x' })).toEqual([
      { path: ['a'], expected: 'string', found: undefined },
    ]);
    expect(issues(t.intersection([a, t.partial({ b: t.string })]), null)).toEqual([
      { path: [], expected: '{ a: string } & Partial<{ b: string }>', found: null },
    ]);
  });

  it.each<[string, t.Mixed, unknown, readonly unknown[]]>([
    ['literals', t.union([t.literal('a'), t.literal('b'), t.number]), true, [[], '"a" | "b" | number', true]],
    [
      'a union in a union',
      t.union([t.string, t.union([t.number, t.null])]),
      true,
      [[], 'string | number | null', true],
    ],
    ['an optional', t.type({ x: t.union([t.string, t.undefined]) }), { x: 5 }, [['x'], 'string', 5]],
    ['a union with a name', t.type({ x: t.union([t.string, t.null], 'Label') }), { x: 5 }, [['x'], 'Label', 5]],
    [
      'a described union',
      t.type({ x: describeCodec(t.union([t.string, t.null]), 'y') }),
      {},
      [['x'], 'string | null', undefined],
    ],
    ['a union whose object was tried', t.union([t.string, t.type({ a: t.string })]), { a: 1 }, [['a'], 'string', 1]],
    ['a union whose array was tried', t.union([t.string, t.array(t.number)]), [1, 'x'], [[1], 'number', 'x']],
    [
      'a union with no telling branch',
      t.union([t.type({ a: t.string }), t.type({ b: t.string })]),
      {},
      [[], '{ a: string } | { b: string }', {}],
    ],
    [
      'a recursive union',
      t.recursion<unknown, unknown, unknown, t.Mixed>('Tree', (self) => t.union([t.string, t.array(self)])),
      ['a', ['b', 5]],
      [[1, 1], 'Tree', 5],
    ],
  ])('reports %s', (_, codec, input, [path, expected, found]) => {
    expect(issues(codec, input)).toEqual([{ path, expected, found }]);
  });

  describe('unions with a tag', () => {
    const circle = t.type({ kind: t.literal('circle'), radius: t.number });
    const square = t.intersection([
      t.strict({ kind: t.literal('square') }),
      t.type({ side: t.number, unit: t.literal('m') }),
    ]);

    it.each([
      ['that io-ts knows of', t.union([circle, square])],
      ['that io-ts does not know of', t.union([circle, square, t.null])],
      ['that are optional', t.union([t.undefined, t.union([circle, square])])],
    ])('%s report the branch that was meant', (_, codec) => {
      expect(issues(t.type({ shape: codec }), { shape: { kind: 'square', side: 'x', unit: 'in' } })).toEqual([
        { path: ['shape', 'side'], expected: 'number', found: 'x' },
        { path: ['shape', 'unit'], expected: '"m"', found: 'in' },
      ]);
    });

    it.each([
      ['that io-ts knows of', t.union([circle, square])],
      ['that io-ts does not know of', t.union([circle, square, t.null])],
    ])('%s report a tag that fits none', (_, codec) => {
      const expected = '"circle" | "square"';
      expect(issues(codec, { kind: 'line' })).toEqual([{ path: ['kind'], expected, found: 'line' }]);
      expect(issues(codec, {})).toEqual([{ path: ['kind'], expected, found: undefined }]);
    });
  });

  it('puts the names of refinements in words', () => {
    const anonymous = t.refinement(
      t.string,
      (
        () => () =>
          false
      )(),
    );
    expect(issues(t.refinement(t.string, isLong), 'a')).toEqual([
      { path: [], expected: 'string (isLong)', found: 'a' },
    ]);
    expect(issues(t.refinement(t.string, isLong, 'Long'), 'a')).toEqual([{ path: [], expected: 'Long', found: 'a' }]);
    expect(issues(anonymous, 'a')).toEqual([{ path: [], expected: 'string (refined)', found: 'a' }]);
  });

  it('keeps messages', () => {
    const even = new t.Type<number, number>(
      'Even',
      (value): value is number => typeof value === 'number',
      (value, context) => t.failure(value, context, 'must be even'),
      Number,
    );
    expect(issues(t.type({ n: even }), { n: 3 })).toEqual([
      { path: ['n'], expected: 'Even', found: 3, message: 'must be even' },
    ]);
  });

  it('names a custom codec whose inside failed, and still finds the field that it looked at', () => {
    const hidden = piped('Hidden', t.union([t.type({ a: t.string }), t.null]));
    expect(issues(piped('Text', t.union([t.string, t.number])), [])).toEqual([
      { path: [], expected: 'Text', found: [] },
    ]);
    expect(issues(t.type({ x: hidden }), { x: { a: 1 } })).toContainEqual({
      path: ['x', 'a'],
      expected: 'string',
      found: 1,
    });
  });

  it('takes what was sent for what was found, not what a converter made of it', () => {
    const date = new t.Type<Date, string>(
      'Date',
      (value): value is Date => value instanceof Date,
      (value) => t.success(new Date(String(value))),
      String,
    );
    const future = t.refinement(date, (value) => value.getFullYear() > 3000, 'Future');
    expect(issues(future, '2020-01-01')).toEqual([{ path: [], expected: 'Future', found: '2020-01-01' }]);
  });
});
