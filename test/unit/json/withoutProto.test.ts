import fc from 'fast-check';
import * as t from 'io-ts';
import { defineTool, describeCodec as described } from 'rxclaude';
import { withoutProto } from '../../../src/json/withoutProto.js';

const parsed = (text: string): unknown => JSON.parse(text);

describe('withoutProto', () => {
  it.each([
    ['{"__proto__":{"admin":true}}', '{}'],
    ['{"a":1,"__proto__":null,"b":2}', '{"a":1,"b":2}'],
    ['{"a":{"b":[{"__proto__":1,"c":2}]}}', '{"a":{"b":[{"c":2}]}}'],
    ['[[{"__proto__":[]}],1]', '[[{}],1]'],
  ])('makes of %s %s', (text, expected) => {
    const value = parsed(text);
    expect(JSON.stringify(withoutProto(value))).toBe(expected);
    expect(JSON.stringify(value)).toBe(text);
  });

  it('leaves other odd names alone', () => {
    const value = parsed('{"constructor":{"prototype":1},"__defineGetter__":2,"proto":3}');
    expect(withoutProto(value)).toBe(value);
  });

  it('gives back the same value where there is nothing to take out', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        fc.pre(!JSON.stringify(value).includes('"__proto__"'));
        expect(withoutProto(value)).toBe(value);
      }),
    );
  });

  it('leaves what it does not touch as the same objects', () => {
    const value = parsed('{"kept":{"a":1},"__proto__":1}') as { kept: object };
    expect((withoutProto(value) as { kept: object }).kept).toBe(value.kept);
  });

  it('leaves none, however deep', () => {
    const key = fc.oneof(fc.constant('__proto__'), fc.string({ maxLength: 3 }));
    const { value: anyJson } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.integer(),
        fc.array(tie('value')),
        fc.array(fc.tuple(key, tie('value'))).map(Object.fromEntries),
      ),
    }));
    fc.assert(
      fc.property(anyJson, (value) => {
        expect(JSON.stringify(withoutProto(value))).not.toContain('"__proto__":');
      }),
    );
  });
});

describe('a codec that converts', () => {
  const count = described(
    new t.Type<number, string>(
      'Count',
      t.number.is,
      (text, context) => (typeof text === 'string' ? t.success(Number(text)) : t.failure(text, context)),
      String,
    ),
    { schema: { type: 'string' } },
  );
  const tool = defineTool({
    name: 'k',
    description: 'Counts.',
    input: t.type({ n: count, inner: t.type({ n: count }) }),
    run: () => '',
  });

  it('gives the tool an input whose prototype nobody has set', () => {
    const input = parsed('{"n":"1","inner":{"n":"2","__proto__":{"admin":true}},"__proto__":{"admin":true}}');
    const decoded = tool.decode(input) as { right: { inner: object } };
    expect(decoded).toMatchObject({ _tag: 'Right', right: { n: 1, inner: { n: 2 } } });
    for (const object of [decoded.right, decoded.right.inner]) {
      expect(Object.getPrototypeOf(object)).toBe(Object.prototype);
      expect('admin' in object).toBe(false);
    }
  });
});
