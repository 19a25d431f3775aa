import fc from 'fast-check';
import { canonicalJson } from '../../../src/json/canonicalJson.js';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** The same value, with the keys of each object in another order. */
function shuffled(value: Json): Json {
  if (Array.isArray(value)) return value.map(shuffled);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, field]) => [key, shuffled(field)] as const);
  return Object.fromEntries(entries.reverse());
}

const json = fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<Json>;

describe('canonicalJson', () => {
  it('sorts the keys of objects, however deep, and nothing else', () => {
    expect(canonicalJson({ b: [{ d: 1, c: 2 }, 1], a: { f: null, e: [] } })).toBe(
      '{"a":{"e":[],"f":null},"b":[{"c":2,"d":1},1]}',
    );
    expect(canonicalJson([2, 1])).not.toBe(canonicalJson([1, 2]));
  });

  it('keeps a field named `__proto__` apart from none', () => {
    const odd: unknown = JSON.parse('{"__proto__":{"b":1,"a":2},"x":1}');
    expect(canonicalJson(odd)).toBe('{"__proto__":{"a":2,"b":1},"x":1}');
    expect(canonicalJson(odd)).not.toBe(canonicalJson({ x: 1 }));
  });

  it('is the same for equal values, whatever the order of their keys', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(canonicalJson(shuffled(value))).toBe(canonicalJson(value));
      }),
    );
  });

  it('is JSON of the same value, so that no two values have the same text', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});
