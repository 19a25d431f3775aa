import fc from 'fast-check';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, sep } from 'node:path';
import * as t from 'io-ts';
import { allowedUrl } from '../../src/codecs/allowedUrl.js';
import { boundedString } from '../../src/codecs/boundedString.js';
import { identifier } from '../../src/codecs/identifier.js';
import { pathInside } from '../../src/codecs/pathInside.js';
import { decodedBy, validatorOf } from '../unit/codecs/support.js';
import { times } from '../support/runs.js';

/** Any text at all: with control characters, halves of pairs, and what JavaScript has names for. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'binary-ascii', maxLength: 40 }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 20 }).map((units) => String.fromCharCode(...units)),
  fc.constantFrom(...Object.getOwnPropertyNames(Object.prototype)),
);

/** Text put together from the pieces that matter. */
const textOf = (...pieces: readonly string[]): fc.Arbitrary<string> =>
  fc
    .array(fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...pieces) }, anyText), { maxLength: 8 })
    .map((all) => all.join(''));

/** What every codec of text must do. Gives what it decodes to. */
function checked(codec: t.Type<string>, isValid: (value: unknown) => boolean, text: string): string | undefined {
  const decoded = decodedBy(codec, text);
  expect(codec.is(text)).toBe(decoded === text);
  if (decoded === undefined) return undefined;
  expect(isValid(text)).toBe(true);
  expect(codec.is(decoded)).toBe(true);
  expect(codec.decode(codec.encode(decoded))).toEqual(t.success(decoded));
  return decoded;
}

describe('pathInside', () => {
  const top = fs.mkdtempSync(join(fs.realpathSync(tmpdir()), 'codecs-'));
  const root = join(top, 'root');
  const names = ['a', 'b', 'in', 'out', 'up', 'gone', 'loop', 'file', 'far'];
  beforeAll(() => {
    fs.mkdirSync(join(root, 'a/b/a'), { recursive: true });
    fs.mkdirSync(join(top, 'outside/a'), { recursive: true });
    fs.writeFileSync(join(root, 'file'), '');
    for (const folder of ['', 'a', 'a/b'])
      for (const [name, to] of Object.entries({
        in: join(root, 'a'),
        out: join(top, 'outside'),
        up: '..',
        gone: join(top, 'outside/gone'),
        loop: 'loop',
        far: '/',
      }))
        fs.symlinkSync(to, join(root, folder, name));
    fs.symlinkSync(join(root, 'a'), join(top, 'outside/in'));
  });
  afterAll(() => {
    fs.rmSync(top, { recursive: true });
  });

  const hostile = textOf(
    ...names,
    '/',
    '/',
    '/',
    '.',
    '..',
    '\\',
    ':',
    '~',
    '%2e',
    '%2f',
    '．',
    ' ',
    'new',
    '\0',
    'nul',
    root,
    top,
  );
  const likely = fc
    .array(fc.constantFrom(...names, '.', '', 'new'), { minLength: 1, maxLength: 6 })
    .map((all) => all.join('/'));

  /** The nearest thing that exists, links followed as the system does. */
  function nearest(path: string): string {
    try {
      return fs.realpathSync.native(path);
    } catch {
      return nearest(dirname(path));
    }
  }

  it('takes only what leads inside, and gives the real path', () => {
    const codec = pathInside(root);
    const isValid = validatorOf(codec);
    const isInside = (path: string): boolean => path === root || path.startsWith(root + sep);
    fc.assert(
      fc.property(fc.oneof(hostile, likely), (text) => {
        const path = checked(codec, isValid, text);
        if (path === undefined) return;
        expect(isInside(path)).toBe(true);
        expect(isInside(nearest(path))).toBe(true);
        expect(path.split(sep)).not.toContain('..');
        // Nothing on the way is a link any more, not even one that leads nowhere.
        for (let at = path; at !== root; at = dirname(at))
          expect(fs.lstatSync(at, { throwIfNoEntry: false })?.isSymbolicLink() ?? false).toBe(false);
      }),
      times(2_000),
    );
  });

  it('takes what leads inside', () => {
    const codec = pathInside(root);
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b', 'in', 'new', '.'), { minLength: 1, maxLength: 6 }), (all) => {
        expect(decodedBy(codec, all.join('/'))).toBeDefined();
      }),
    );
  });
});

describe('allowedUrl', () => {
  const number = fc.oneof(fc.integer({ min: 0, max: 300 }), fc.constantFrom(127, 10, 169, 254, 192, 168, 172, 16, 0));
  const part = fc.tuple(number, fc.constantFrom(10, 8, 16)).map(([value, base]) => {
    return base === 10 ? String(value) : (base === 8 ? '0' : '0x') + value.toString(base);
  });
  const address = fc.oneof(
    fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('.')),
    fc.integer({ min: 0, max: 0xffffffff }).map(String),
    fc.ipV4Extended(),
    fc.ipV6().map((text) => `[${text}]`),
    fc.ipV4().map((text) => `[::ffff:${text}]`),
  );
  const host = fc.oneof(
    address,
    fc.domain(),
    textOf('example.com', 'a', '.', 'localhost', 'local', 'internal', '1', '%2e', '。'),
  );
  const url = fc
    .tuple(
      fc.constantFrom('https://', 'HTTPS://', 'http://', 'https:', 'file://', ''),
      fc.constantFrom('', '', '', 'a@', '@'),
      host,
      textOf('/', '?', '#', ':', ':443', ':80', '\\', '@', 'a', 'é'),
    )
    .map((parts) => parts.join(''));
  const text = fc.oneof(url, fc.webUrl({ withFragments: true, withQueryParameters: true }), anyText);

  const octets = (name: string): readonly number[] => name.split('.').map(Number);
  /** The ranges that matter most, told in another way. */
  const isPrivate = (name: string): boolean => {
    if (name.startsWith('[')) return !/^\[[23]/.test(name) || /^\[(2001:db8:|2002:|2001::|2001:0:)/.test(name);
    const [a = -1, b = -1] = /^[\d.]+$/.test(name) ? octets(name) : [];
    const isV4 = a >= 224 || [0, 10, 127].includes(a) || (a === 169 && b === 254) || (a === 192 && b === 168);
    return (
      isV4 ||
      (a === 172 && b >= 16 && b < 32) ||
      (a === 100 && b >= 64 && b < 128) ||
      !name.includes('.') ||
      /\.(localhost|local|internal)$/.test(name)
    );
  };

  it('takes only public https, and gives what parses to the same', () => {
    const codec = allowedUrl();
    const isValid = validatorOf(codec);
    fc.assert(
      fc.property(text, (one) => {
        const href = checked(codec, isValid, one);
        if (href === undefined) return;
        const parsed = new URL(href);
        expect(parsed.href).toBe(href);
        expect(new URL(one).href).toBe(href);
        expect(parsed).toMatchObject({ protocol: 'https:', username: '', password: '', port: '' });
        expect(isPrivate(parsed.hostname)).toBe(false);
      }),
      times(2_000),
    );
  });

  it('takes only the hosts, schemes and ports that are listed', () => {
    const codec = allowedUrl({ schemes: ['http', 'ws'], hosts: ['example.com', '*.example.com'], ports: [8080] });
    const isValid = validatorOf(codec);
    const start = fc.constantFrom('http://', 'ws://', 'https://', 'http:', '//');
    const name = fc.constantFrom('', '', 'a.', 'a.B.', '.', 'evil', 'a@', '%61.', 'é.');
    const end = textOf('', '.', '.evil.org', ':8080', ':80', ':443', ':22', '/', 'x', '#', '?', '@evil.org', '%2e');
    const near = fc.tuple(start, name, fc.constantFrom('example.com', 'EXAMPLE。com', 'evil.org'), end);
    fc.assert(
      fc.property(
        fc.oneof(
          near.map((parts) => parts.join('')),
          text,
        ),
        (one) => {
          const href = checked(codec, isValid, one);
          if (href === undefined) return;
          const { protocol, hostname, port } = new URL(href);
          expect(['http:', 'ws:']).toContain(protocol);
          expect(['', '8080']).toContain(port);
          expect(hostname).toMatch(/^(.+\.)?example\.com$/);
        },
      ),
      times(2_000),
    );
  });
});

describe('boundedString', () => {
  const options = fc.record({
    minChars: fc.nat(4),
    maxChars: fc.integer({ min: 4, max: 12 }),
    multiline: fc.boolean(),
  });

  it('takes what satisfies its schema, and of ASCII all that does', () => {
    const lines = textOf('\r\n', '\n', '\r', '\t', 'a', '\u202E', '😀');
    fc.assert(
      fc.property(options, fc.oneof(anyText, lines), (bounds, text) => {
        const codec = boundedString(bounds);
        const isValid = validatorOf(codec);
        const decoded = checked(codec, isValid, text);
        expect([undefined, text]).toContain(decoded);
        if (/^[\0-\x7F]*$/.test(text)) expect(isValid(text)).toBe(decoded === text);
        expect(decoded ?? '').not.toMatch(/[\p{Cs}\u202A-\u202E\u2066-\u2069\uFEFF]/u);
      }),
      times(1_000),
    );
  });
});

describe('identifier', () => {
  it('takes no name that an object has, and nothing that its schema does not', () => {
    const codec = identifier();
    const isValid = validatorOf(codec);
    fc.assert(
      fc.property(fc.oneof(anyText, textOf('a', '_', '-', '1', '__proto__', 'constructor')), (text) => {
        const decoded = checked(codec, isValid, text);
        if (decoded === undefined) return;
        expect(decoded in Object.prototype).toBe(false);
        expect(Object.keys({ [decoded]: 1 })).toEqual([decoded]);
        expect({ ...JSON.parse(`{"${decoded}":1}`) }).toEqual({ [decoded]: 1 });
      }),
      times(1_000),
    );
  });
});
