import fc from 'fast-check';

const refuse = (): never => {
  throw new Error('trapped');
};

/** Values that fight back: getters, conversions and proxies that throw, and cycles. */
export const HOSTILE: Readonly<Record<string, () => unknown>> = {
  'a getter that throws': () => Object.defineProperty({}, 'a', { enumerable: true, get: refuse }),
  'a `type` that throws in a list': () => [Object.defineProperty({}, 'type', { enumerable: true, get: refuse })],
  'a block whose `text` throws': () => [
    Object.defineProperty({ type: 'text' }, 'text', { enumerable: true, get: refuse }),
  ],
  'a `message` that throws': () => Object.defineProperty({}, 'message', { enumerable: true, get: refuse }),
  'an error whose `message` throws': () => Object.defineProperty(new Error('x'), 'message', { get: refuse }),
  'an error whose `message` is no text': () => Object.assign(new Error('x'), { message: Symbol('m') }),
  'a ToolError whose `content` throws': () =>
    Object.defineProperty(Object.assign(new Error('x'), { name: 'ToolError' }), 'content', { get: refuse }),
  'a `toJSON` that throws': () => ({ toJSON: refuse }),
  'a `toJSON` that gives nothing': () => ({ toJSON: () => undefined }),
  'a `toJSON` that gives a BigInt': () => ({ toJSON: () => 5n }),
  'a `toString` that throws': () => ({ toString: refuse, toJSON: () => undefined }),
  'a `then` that throws': () => Object.defineProperty({}, 'then', { get: refuse }),
  'a cycle': () => {
    const cycle: Record<string, unknown> = { a: [1n] };
    cycle['self'] = cycle;
    return cycle;
  },
  'a cycle in a block': () => {
    const block: Record<string, unknown> = { type: 'text', text: 'x' };
    block['cache_control'] = { self: block };
    return [block];
  },
  'a BigInt in a block': () => [{ type: 'text', text: 'x', cache_control: { ttl: 5n } }],
  'a list that holds itself': () => {
    const list: unknown[] = [];
    list.push(list);
    return list;
  },
  'a revoked proxy': () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  },
  'a revoked proxy of a list': () => {
    const { proxy, revoke } = Proxy.revocable([], {});
    revoke();
    return proxy;
  },
  'a proxy that traps everything': () =>
    new Proxy({}, Object.fromEntries(Object.getOwnPropertyNames(Reflect).map((trap) => [trap, refuse]))),
  'a proxy of a list that traps reads': () => new Proxy([1], { get: refuse }),
  'a class with private state': () =>
    new (class {
      readonly #secret = 1;
      get value(): number {
        return this.#secret;
      }
    })(),
  'a function': () => refuse,
  'a symbol': () => Symbol('s'),
  'an invalid date': () => new Date(NaN),
  'half a surrogate pair': () => '\ud83d',
  'half a surrogate pair in an object': () => ({ '\ud83d': ['\ude00'] }),
  'half a surrogate pair in a block': () => [{ type: 'text', text: 'a\ud83d' }],
  'half a surrogate pair beside the text of a block': () => [
    { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'a\ud83d' }, title: '\ude00' },
  ],
  'nesting without end': () => {
    let deep: unknown = 'core';
    for (let level = 0; level < 20_000; level++) deep = [deep];
    return deep;
  },
  'a weak map': () => new WeakMap(),
  'a regular expression': () => /x/g,
  'global objects': () => [globalThis.process.env, Math, JSON, Reflect],
};

/** Anything at all. */
export const anyValue: fc.Arbitrary<unknown> = fc.oneof(
  fc.anything({
    withBigInt: true,
    withBoxedValues: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withNullPrototype: true,
    withObjectString: true,
    withSparseArray: true,
    withTypedArray: true,
    stringUnit: 'binary',
  }),
  fc.string({ unit: fc.constantFrom('a', '😀', '\ud83d', '\ude00', '\u0000', '\n', '"') }),
);

const TYPES = ['text', 'image', 'document', 'search_result', 'tool_reference', 'browser_state', 'tool_use', 'rating'];

/** Lists of objects that look like content blocks and mostly are none. */
export const nearBlocks: fc.Arbitrary<unknown> = fc.array(
  fc.record(
    {
      type: fc.constantFrom(...TYPES),
      text: fc.oneof(fc.string(), fc.integer()),
      source: fc.oneof(
        fc.string(),
        fc.constant(null),
        fc.constant({ type: 'base64', media_type: 'image/png', data: 'AAAA' }),
      ),
      content: fc.oneof(fc.string(), fc.constant([{ type: 'text', text: 'x' }])),
      title: fc.string(),
      tool_name: fc.oneof(fc.string(), fc.integer()),
      tabs: fc.oneof(fc.constant([]), fc.string()),
      id: fc.integer(),
    },
    { requiredKeys: ['type'] },
  ),
  { minLength: 1, maxLength: 3 },
);
