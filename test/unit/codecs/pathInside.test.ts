import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PathFileSystem } from '../../../src/codecs/PathFileSystem.js';
import { pathInside } from '../../../src/codecs/pathInside.js';
import { decodedBy, refusalBy, schemaOf, validatorOf } from './support.js';
import { tagged } from '../../support/errors.js';

const LINK = 'expected a path inside the root, not through a link that leads out of it, nowhere or in a circle';
const CLOSED = 'expected a path inside the root, through folders that can be entered';

describe('pathInside', () => {
  const top = fs.mkdtempSync(join(fs.realpathSync(tmpdir()), 'codecs-'));
  const root = join(top, 'root');
  const outside = join(top, 'outside');
  const link = (from: string, to: string): void => {
    fs.symlinkSync(to, join(root, from));
  };

  beforeAll(() => {
    fs.mkdirSync(join(root, 'src/deep'), { recursive: true });
    fs.mkdirSync(join(root, '..a'));
    fs.mkdirSync(join(outside, 'dir'), { recursive: true });
    fs.mkdirSync(join(top, 'root-twin'));
    fs.writeFileSync(join(root, 'src/a.ts'), '');
    fs.writeFileSync(join(outside, 'secret'), '');
    fs.symlinkSync(root, join(top, 'alias'));
    link('good', 'src');
    link('goodAbsolute', join(root, 'src/deep'));
    link('goodFile', 'src/a.ts');
    link('twice', 'good/deep');
    link('self', '.');
    link('out', outside);
    link('outFile', join(outside, 'secret'));
    link('outRelative', '../outside');
    link('outDeep', 'src/../../outside/dir');
    link('parent', '..');
    link('slash', '/');
    link('twin', '../root-twin');
    link('outTwice', 'out/dir');
    link('src/deep/out', '../../../outside');
    link('dangling', 'nothing');
    link('danglingOut', join(outside, 'nothing'));
    link('danglingDeep', join(outside, 'no/thing'));
    link('danglingTwice', 'danglingOut');
    link('loop', 'loop');
    link('ping', 'pong');
    link('pong', 'ping');
  });
  afterAll(() => {
    fs.rmSync(top, { recursive: true });
  });

  const codec = (): ReturnType<typeof pathInside> => pathInside(root);

  it.each([
    ['src/a.ts', 'src/a.ts'],
    ['./src/a.ts', 'src/a.ts'],
    ['src//a.ts', 'src/a.ts'],
    ['src/./deep/.', 'src/deep'],
    ['src/', 'src'],
    ['.', ''],
    ['./', ''],
    ['new.txt', 'new.txt'],
    ['new/deeper/b.txt', 'new/deeper/b.txt'],
    ['src/new/b.txt', 'src/new/b.txt'],
    ['.env', '.env'],
    ['..a', '..a'],
    ['..a/..b', '..a/..b'],
    ['a..b/c', 'a..b/c'],
    ['a/~', 'a/~'],
    ['.~lock', '.~lock'],
    ['a~', 'a~'],
    ['100%.txt', '100%.txt'],
    ['a%20b', 'a%20b'],
    ['$HOME/a', '$HOME/a'],
    ['-rf', '-rf'],
    ['a b/c d', 'a b/c d'],
    ['Übung/你好.txt', 'Übung/你好.txt'],
    ['console/nullable.ts', 'console/nullable.ts'],
    ['common.ts', 'common.ts'],
    ['__proto__/constructor', '__proto__/constructor'],
    ['good/a.ts', 'src/a.ts'],
    ['good/new.ts', 'src/new.ts'],
    ['goodAbsolute', 'src/deep'],
    ['goodFile', 'src/a.ts'],
    ['twice/new/x', 'src/deep/new/x'],
    ['self/self/src', 'src'],
  ])('takes %p', (text, below) => {
    const real = below === '' ? root : join(root, below);
    expect(decodedBy(codec(), text)).toBe(real);
    expect(validatorOf(codec())(text)).toBe(true);
    expect(codec().is(real)).toBe(true);
    expect(codec().is(text)).toBe(false);
    expect(decodedBy(codec(), codec().encode(real))).toBe(real);
    expect(codec().encode(real)).toBe(below || '.');
  });

  it.each([
    '..',
    '../',
    './..',
    '../outside/secret',
    'src/..',
    'src/../src/a.ts',
    'src/../../outside/secret',
    'new/../../../outside',
    'src/..//a',
    '..\\outside',
    'src\\..\\..\\outside',
    'src/..\\a',
    '%2e%2e/outside',
    '%2E%2E%2Foutside',
    '..%2foutside',
    '..%5coutside',
    '.%2e/outside',
    '%252e%252e/outside',
    '%25252e%25252e%25252foutside',
    'src/%2e%2e/a',
    '．．/outside',
    '‥/outside',
    '․․/outside',
    '..／outside',
    '..＼outside',
    '﹒﹒/outside',
    '％2e％2e/outside',
  ])('refuses %p, which goes up', (text) => {
    expect(refusalBy(codec(), text)).toBe('expected a path inside the root, without `..`');
    expect(codec().is(`${root}/${text}`)).toBe(false);
  });

  it.each([
    '/',
    '/etc/passwd',
    '//server/share',
    '///etc/passwd',
    '\\etc\\passwd',
    '\\\\server\\share',
    '\\\\?\\C:\\Windows',
    '\\\\.\\pipe\\a',
    '//?/C:/Windows',
    'C:',
    'c:a',
    'C:\\Windows',
    'C:/Windows',
    '/proc/self/environ',
  ])('refuses %p, which begins elsewhere', (text) => {
    expect(refusalBy(codec(), text)).toBe('expected a path inside the root, relative to it');
  });

  it.each([
    ['file:ads', 'without `:`'],
    ['src/a.ts::$DATA', 'without `:`'],
    ['file:///etc/passwd', 'without `:`'],
    ['src/C:/Windows', 'without `:`'],
    ['src\\a.ts', 'with `/` instead of `\\`'],
    ['~', 'without a leading `~`'],
    ['~/.ssh/id_rsa', 'without a leading `~`'],
    ['./~', 'without a leading `~`'],
    ['.//./~/a', 'without a leading `~`'],
    ['~root/a', 'without a leading `~`'],
    ['a.', 'without names that end in a dot or a space'],
    ['a./b', 'without names that end in a dot or a space'],
    ['a ', 'without names that end in a dot or a space'],
    [' ', 'without names that end in a dot or a space'],
    ['...', 'without names that end in a dot or a space'],
    ['.../...//', 'without names that end in a dot or a space'],
    ['.. /a', 'without names that end in a dot or a space'],
    ['. ./a', 'without names that end in a dot or a space'],
    ['con', 'without names of Windows devices'],
    ['NUL', 'without names of Windows devices'],
    ['src/Aux.c', 'without names of Windows devices'],
    ['prn.txt', 'without names of Windows devices'],
    ['COM1', 'without names of Windows devices'],
    ['lpt9.log/a', 'without names of Windows devices'],
    ['COM¹', 'without names of Windows devices'],
    ['ＮＵＬ', 'without names of Windows devices'],
    ['nul .txt', 'without names of Windows devices'],
    ['CONIN$', 'without names of Windows devices'],
    ['a\0', 'without control or invisible characters'],
    ['src/a.ts\0.png', 'without control or invisible characters'],
    ['\0', 'without control or invisible characters'],
    ['a\n', 'without control or invisible characters'],
    ['a\tb', 'without control or invisible characters'],
    ['a\u007F', 'without control or invisible characters'],
    ['a\u0085', 'without control or invisible characters'],
    ['a\u202Etxt.exe', 'without control or invisible characters'],
    ['.\u200B./a', 'without control or invisible characters'],
    ['a\uD800', 'without control or invisible characters'],
    ['\uFEFFa', 'without control or invisible characters'],
  ])('refuses %j', (text, expected) => {
    expect(refusalBy(codec(), text)).toBe(`expected a path inside the root, ${expected}`);
  });

  it('refuses what is empty or too long', () => {
    expect(refusalBy(codec(), '')).toBe('expected a path inside the root; the root itself is `.`');
    expect(validatorOf(codec())('')).toBe(false);
    expect(refusalBy(codec(), 'a'.repeat(4097))).toBe('expected a path of at most 4096 characters');
    expect(refusalBy(codec(), '../'.repeat(1_000_000))).toBe('expected a path of at most 4096 characters');
    expect(refusalBy(pathInside(root, { maxChars: 3 }), 'abcd')).toBe('expected a path of at most 3 characters');
    expect(refusalBy(codec(), 'a'.repeat(300))).toBe(CLOSED);
  });

  it.each([
    'out',
    'out/',
    'out/secret',
    'out/dir/new',
    'out/new/er',
    'outFile',
    'outRelative/secret',
    'outDeep/x',
    'parent',
    'parent/outside/secret',
    'slash',
    'slash/etc/passwd',
    'twin',
    'twin/x',
    'outTwice/x',
    'src/deep/out/secret',
    'good/deep/out',
    'twice/out/secret',
    'self/out/secret',
    'dangling',
    'dangling/x',
    'danglingOut',
    'danglingOut/x/y',
    'danglingDeep',
    'danglingTwice',
    'self/danglingOut',
    'loop',
    'loop/x',
    'ping/x',
  ])('refuses %p, which is a link that leads astray', (text) => {
    expect(refusalBy(codec(), text)).toBe(LINK);
    expect(codec().is(`${root}/${text}`)).toBe(false);
  });

  it('takes a link that leads out and back in, for what it leads to', () => {
    fs.symlinkSync(join(root, 'src'), join(outside, 'back'));
    expect(decodedBy(codec(), 'out/back/a.ts')).toBe(join(root, 'src/a.ts'));
  });

  it('refuses what lies below a file', () => {
    expect(refusalBy(codec(), 'src/a.ts/b')).toBe(CLOSED);
    expect(refusalBy(codec(), 'goodFile/b/c')).toBe(CLOSED);
  });

  it('takes an absolute path that begins with the root, as given or as it really is', () => {
    const alias = join(top, 'alias');
    for (const one of [root, alias, `${alias}/`]) {
      const aliased = pathInside(one);
      expect(decodedBy(aliased, join(root, 'good/a.ts'))).toBe(join(root, 'src/a.ts'));
      expect(decodedBy(aliased, root)).toBe(root);
      expect(decodedBy(aliased, `${root}/`)).toBe(root);
      expect(decodedBy(aliased, `${root}//etc/passwd`)).toBe(join(root, 'etc/passwd'));
      expect(decodedBy(aliased, `${root}/../outside`)).toBeUndefined();
      expect(decodedBy(aliased, `${root}/out/secret`)).toBeUndefined();
      for (const other of [`${root}-twin`, `${root}-twin/a`, `${root}x`, top, join(outside, 'secret'), `/${root}`])
        expect(refusalBy(aliased, other)).toBe('expected a path inside the root, relative to it');
    }
    expect(decodedBy(pathInside(alias), join(alias, 'src/a.ts'))).toBe(join(root, 'src/a.ts'));
    expect(decodedBy(pathInside(root), join(alias, 'src/a.ts'))).toBeUndefined();
    expect(pathInside(root).encode(join(outside, 'a'))).toBe(join(outside, 'a'));
  });

  it('keeps to the folder that the root was when the codec was made', () => {
    const moving = join(top, 'moving');
    fs.mkdirSync(moving);
    const kept = pathInside(moving);
    expect(decodedBy(kept, 'a')).toBe(join(moving, 'a'));
    fs.rmdirSync(moving);
    fs.symlinkSync(outside, moving);
    for (const text of ['.', 'secret', 'new']) expect(refusalBy(kept, text)).toBe(LINK);
    fs.unlinkSync(moving);
    for (const text of ['.', 'a']) expect(refusalBy(kept, text)).toBe(LINK);
  });

  it('holds below the root of the file system and below a relative root', () => {
    expect(decodedBy(pathInside('/'), 'no such folder/a')).toBe('/no such folder/a');
    expect(decodedBy(pathInside('/'), '/no such folder/a')).toBe('/no such folder/a');
    expect(decodedBy(pathInside('/'), '.')).toBe('/');
    expect(decodedBy(pathInside('/'), '/')).toBe('/');
    expect(pathInside('/').encode('/')).toBe('.');
    expect(refusalBy(pathInside('/'), '/../etc')).toContain('without `..`');
    const cwd = fs.realpathSync('.');
    expect(decodedBy(pathInside('src'), 'index.ts')).toBe(join(cwd, 'src/index.ts'));
    expect(decodedBy(pathInside('src'), 'src/index.ts')).toBe(join(cwd, 'src/src/index.ts'));
  });

  it('does not tell Claude where the root is', () => {
    const texts = ['', '..', '/x', 'out', 'loop', 'src/a.ts/b', 'a:b'].map((text) => refusalBy(codec(), text));
    expect(JSON.stringify([schemaOf(codec()), codec().name, texts])).not.toContain(top);
    expect(schemaOf(codec())).toEqual({
      type: 'string',
      description: 'A path relative to the root, with `/` between names and without `..`.',
      minLength: 1,
      maxLength: 4096,
      pattern: '^[^\\u0000-\\u001F\\u007F-\\u009F]*$',
    });
  });

  it.each<[string, unknown]>([
    ['an empty path', ''],
    ['a folder that does not exist', '/no/such/folder'],
    ['a file', __filename],
    ['a path with NUL', 'a\0'],
    ['no string', 5],
    ['nothing', undefined],
    ['a URL', new URL('file:///tmp')],
  ])('refuses %s as a root', (_, wrong) => {
    expect(() => pathInside(wrong as string)).toThrow(tagged('OptionError'));
    expect(() => pathInside(wrong as string)).toThrow('`pathInside.root` must be the path of an existing folder');
  });

  it('refuses an unusable bound', () => {
    for (const maxChars of [0, -1, 1.5, Infinity, NaN])
      expect(() => pathInside(root, { maxChars })).toThrow('`pathInside.maxChars`');
  });
});

describe('pathInside on other file systems', () => {
  const failure = (code: string): Error => Object.assign(new Error(code), { code });
  /** A file system of given folders and links. */
  const fake = (folders: readonly string[], links: Readonly<Record<string, string>> = {}): PathFileSystem => ({
    realpathSync(path) {
      const found = Object.hasOwn(links, path) ? links[path] : path;
      if (found !== undefined && folders.includes(found)) return found;
      throw failure('ENOENT');
    },
    lstatSync(path) {
      if (!folders.includes(path) && !Object.hasOwn(links, path)) throw failure('ENOENT');
      return { isDirectory: () => true };
    },
  });

  it('takes the file system that it is given', () => {
    const virtual = fake(['/w', '/w/a', '/x'], { '/w/in': '/w/a', '/w/out': '/x', '/w/gone': '/y' });
    const codec = pathInside('/w', { fileSystem: virtual });
    expect(decodedBy(codec, 'a/b')).toBe('/w/a/b');
    expect(decodedBy(codec, 'in')).toBe('/w/a');
    expect(refusalBy(codec, 'out')).toBe(LINK);
    expect(refusalBy(codec, 'gone')).toBe(LINK);
    expect(decodedBy(pathInside('.', { fileSystem: fs }), 'a')).toBe(join(fs.realpathSync('.'), 'a'));
  });

  it('knows the paths of Windows', () => {
    const windows = fake(['C:\\w', 'C:\\w\\a', 'C:\\w\\a\\b', 'D:\\x'], { 'C:\\w\\out': 'D:\\x', 'C:/w': 'C:\\w' });
    for (const root of ['C:\\w', 'C:/w']) {
      const codec = pathInside(root, { fileSystem: windows });
      expect(decodedBy(codec, 'a/b/new/c.txt')).toBe('C:\\w\\a\\b\\new\\c.txt');
      expect(decodedBy(codec, '.')).toBe('C:\\w');
      expect(decodedBy(codec, 'C:\\w\\a\\b')).toBe('C:\\w\\a\\b');
      expect(decodedBy(codec, 'C:/w/a')).toBe('C:\\w\\a');
      expect(codec.is('C:\\w\\a\\b')).toBe(true);
      expect(codec.encode('C:\\w\\a\\b')).toBe('a/b');
      expect(codec.encode('C:\\w')).toBe('.');
      for (const bad of [
        'out',
        'out/x',
        'C:\\wx',
        'C:\\w\\..\\x',
        'D:\\x',
        'C:',
        'C:a',
        '\\x',
        '\\\\s\\x',
        'a\\..\\..\\x',
      ])
        expect(decodedBy(codec, bad)).toBeUndefined();
      for (const bad of ['a/nul', 'a:b', 'C:\\w\\a:b', 'C:\\w\\C:\\x', 'a. ', 'a\\b'])
        expect(decodedBy(codec, bad)).toBeUndefined();
    }
    const drive = pathInside('D:\\', { fileSystem: fake(['D:\\', 'D:\\x']) });
    expect(decodedBy(drive, 'x/y')).toBe('D:\\x\\y');
    expect(decodedBy(drive, '.')).toBe('D:\\');
    expect(decodedBy(drive, 'D:\\x')).toBe('D:\\x');
    const share = pathInside('\\\\s\\w', { fileSystem: fake(['\\\\s\\w', '\\\\s\\w\\a']) });
    expect(decodedBy(share, 'a/b')).toBe('\\\\s\\w\\a\\b');
    expect(decodedBy(share, '\\\\s\\other')).toBeUndefined();
  });

  it.each(['EACCES', 'EIO', 'ENOTDIR', 'ELOOP'])('refuses what cannot be looked at (%s)', (code) => {
    const broken = (method: keyof PathFileSystem): PathFileSystem => {
      const whole = fake(['/w', '/w/a']);
      const fails = (path: string): boolean => path !== '/w';
      return {
        realpathSync(path) {
          if (method === 'realpathSync' && fails(path)) throw failure(code);
          return whole.realpathSync(path);
        },
        lstatSync(path) {
          if (method === 'lstatSync' && fails(path)) throw failure(code);
          return whole.lstatSync(path);
        },
      };
    };
    for (const method of ['realpathSync', 'lstatSync'] as const)
      expect(refusalBy(pathInside('/w', { fileSystem: broken(method) }), 'a')).toBe(code === 'ELOOP' ? LINK : CLOSED);
  });

  it('asks for a file system where there is none', () => {
    const given = process.getBuiltinModule;
    for (const missing of [undefined, () => undefined]) {
      Object.assign(process, { getBuiltinModule: missing });
      try {
        expect(() => pathInside('.')).toThrow(tagged('OptionError'));
        expect(() => pathInside('.')).toThrow('`pathInside.fileSystem` must be given in browsers');
        expect(() => pathInside('.', { fileSystem: fs })).not.toThrow();
      } finally {
        Object.assign(process, { getBuiltinModule: given });
      }
    }
  });
});
