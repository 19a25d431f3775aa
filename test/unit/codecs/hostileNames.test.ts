import * as t from 'io-ts';
import { allowedUrl } from '../../../src/codecs/allowedUrl.js';
import { boundedString } from '../../../src/codecs/boundedString.js';
import { identifier } from '../../../src/codecs/identifier.js';
import { pathInside } from '../../../src/codecs/pathInside.js';
import { defineTool } from '../../../src/tools/defineTool.js';
import type { Decoded } from '../../../src/tools/Tool.js';

const codecs: readonly (readonly [string, t.Type<string>, string])[] = [
  ['boundedString', boundedString({ maxChars: 200 }), 'text'],
  ['identifier', identifier(), 'text'],
  ['allowedUrl', allowedUrl(), 'https://Example.com'],
  ['pathInside', pathInside('.'), 'src'],
];
const NAMES = [...Object.getOwnPropertyNames(Object.prototype), 'prototype', 'length', 'then'];
const FIELDS = NAMES.filter((name) => name !== '__proto__');

/** Decodes what Claude wrote, as a tool does. */
async function decode(input: t.Mixed, json: string): Promise<Decoded<unknown>> {
  return defineTool({ name: 'x', description: 'X.', input, run: () => '' }).decode(JSON.parse(json));
}

function rightOf(decoded: Decoded<unknown>): unknown {
  if (decoded._tag === 'Left') throw new Error(JSON.stringify(decoded.left));
  return decoded.right;
}

describe.each(codecs)('%s and hostile names', (_, codec, good) => {
  const taken = (codec.decode(good) as { right: string }).right;
  const before = Object.getOwnPropertyNames(Object.prototype).join();
  afterEach(() => {
    expect(Object.getOwnPropertyNames(Object.prototype).join()).toBe(before);
    expect({}).not.toHaveProperty('evil');
  });

  it.each(FIELDS)('is a field named %s like any other', async (name) => {
    const json = `{${JSON.stringify(name)}:${JSON.stringify(good)}}`;
    const decoded = rightOf(await decode(t.type({ [name]: codec }), json)) as Record<string, unknown>;
    expect(Object.hasOwn(decoded, name) && decoded[name]).toBe(taken);
  });

  it('can do without a field named `__proto__`, and is unharmed by one', async () => {
    const decoded = await decode(t.type({ ['__proto__']: codec }), `{"__proto__":${JSON.stringify(good)}}`);
    if (decoded._tag === 'Right') expect(Object.getPrototypeOf(decoded.right)).toBe(Object.prototype);
  });

  it.each(NAMES)('misses a field named %s that only a prototype has', async (name) => {
    const decoded = await decode(t.type({ [name]: codec }), '{}');
    expect(decoded).toMatchObject({ _tag: 'Left', left: [{ path: [name] }] });
  });

  it.each(NAMES)('refuses an object in place of a text in a field named %s', async (name) => {
    const decoded = await decode(t.type({ [name]: codec }), `{${JSON.stringify(name)}:{"evil":1}}`);
    expect(decoded).toMatchObject({ _tag: 'Left', left: [{ path: [name] }] });
  });

  it.each(NAMES)('is unmoved by a field named %s that it does not know', async (name) => {
    const json = `{${JSON.stringify(name)}:"evil","field":${JSON.stringify(good)}}`;
    expect(rightOf(await decode(t.type({ field: codec }), json))).toHaveProperty('field', taken);
  });

  it.each(NAMES)('is unmoved by the value %s', async (name) => {
    const decoded = await decode(t.type({ field: codec }), JSON.stringify({ field: name }));
    if (decoded._tag === 'Right') expect(typeof (decoded.right as { field: unknown }).field).toBe('string');
  });

  it('is the value of a record of any keys', async () => {
    const json = `{${NAMES.map((name) => `${JSON.stringify(name)}:${JSON.stringify(good)}`).join()}}`;
    const decoded = rightOf(await decode(t.type({ map: t.record(t.string, codec) }), `{"map":${json}}`));
    const { map } = decoded as { map: Record<string, string> };
    expect(new Set(Object.values(map))).toEqual(new Set([taken]));
    expect(Object.getPrototypeOf(map)).toBe(Object.prototype);
  });

  it('is the key of a record', async () => {
    const json = `{${NAMES.map((name) => `${JSON.stringify(name)}:{"evil":1}`).join()}}`;
    const input = t.type({ map: t.record(codec, t.UnknownRecord) });
    const { map } = rightOf(await decode(input, `{"map":${json}}`)) as { map: object };
    expect(Object.getPrototypeOf(map)).toBe(Object.prototype);
  });
});

// io-ts copies an object with `Object.assign` when a codec changes one of its fields, and makes an own `__proto__` of it
// the prototype of the copy. That is for the place where inputs are decoded to mend: drop `.failing` then.
describe.each(codecs.filter(([, codec, good]) => !codec.is(good)))('%s, which changes its text,', (_, codec, good) => {
  it('lets no `__proto__` become the prototype of an input', async () => {
    const input = t.intersection([t.type({ field: codec }), t.partial({ force: t.literal(false) })]);
    const json = `{"__proto__":{"force":true},"field":${JSON.stringify(good)}}`;
    expect(rightOf(await decode(input, json))).not.toHaveProperty('force');
  });
});
