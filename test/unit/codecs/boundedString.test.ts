import { boundedString, type BoundedStringOptions } from '../../../src/codecs/boundedString.js';
import { decodedBy, refusalBy, schemaOf, validatorOf } from './support.js';
import { tagged } from '../../support/errors.js';

describe('boundedString', () => {
  const line = boundedString({ maxChars: 20 });
  const lines = boundedString({ maxChars: 20, multiline: true });

  it.each([
    ['nothing', ''],
    ['blanks', '   '],
    ['plain text', 'Hello, world!'],
    ['other scripts', 'سلام مرحبا 你好'],
    ['an emoji of several joined', '👩‍👩‍👧'],
    ['an emoji with a variation selector', '❤️'],
    ['a joiner of letters', 'می‌خواهم'],
    ['marks of direction', 'a\u200Eb\u200Fc'],
    ['a no-break space', 'a\u00A0b'],
    ['the name of a prototype', '__proto__'],
    ['what belongs into HTML', '<script>'],
  ])('hands on %s as it is', (_, text) => {
    for (const codec of [line, lines]) {
      expect(decodedBy(codec, text)).toBe(text);
      expect(codec.is(text)).toBe(true);
      expect(validatorOf(codec)(text)).toBe(true);
    }
  });

  it.each([
    ['NUL', '\0', 'U+0000'],
    ['bell', '\u0007', 'U+0007'],
    ['backspace', '\b', 'U+0008'],
    ['escape', '\u001B[2J', 'U+001B'],
    ['delete', '\u007F', 'U+007F'],
    ['next line', '\u0085', 'U+0085'],
    ['a C1 escape', '\u009B', 'U+009B'],
    ['vertical tab', '\v', 'U+000B'],
    ['form feed', '\f', 'U+000C'],
    ['a lone carriage return', 'a\rb', 'U+000D'],
    ['two carriage returns', '\r\r\n', 'U+000D'],
    ['a line separator', '\u2028', 'U+2028'],
    ['a paragraph separator', '\u2029', 'U+2029'],
    ['an override of direction', 'a\u202Efdp.exe', 'U+202E'],
    ['an embedding', '\u202A', 'U+202A'],
    ['an isolate', '\u2066', 'U+2066'],
    ['the end of an isolate', '\u2069', 'U+2069'],
    ['a zero-width blank', 'pass\u200Bword', 'U+200B'],
    ['a word joiner', '\u2060', 'U+2060'],
    ['an invisible operator', '\u2063', 'U+2063'],
    ['a deprecated format character', '\u206F', 'U+206F'],
    ['a Mongolian vowel separator', '\u180E', 'U+180E'],
    ['a byte order mark', '\uFEFFa', 'U+FEFF'],
    ['an annotation', '\uFFF9', 'U+FFF9'],
    ['a tag', 'a\u{E0041}', 'U+E0041'],
    ['a language tag', '\u{E0001}', 'U+E0001'],
    ['the first half of a pair', 'a\uD83D', 'U+D83D'],
    ['the second half of a pair', '\uDE00a', 'U+DE00'],
    ['halves in the wrong order', '\uDE00\uD83D', 'U+DE00'],
  ])('refuses %s anywhere', (_, text, found) => {
    const message = `expected text without control or invisible characters, found ${found}`;
    for (const codec of [line, lines]) {
      expect(refusalBy(codec, text)).toBe(message);
      expect(refusalBy(codec, `ab${text}`)).toBe(message);
      expect(codec.is(text)).toBe(false);
    }
  });

  it.each([
    ['a line feed', 'a\nb'],
    ['a carriage return with a line feed', 'a\r\nb'],
    ['a tab', 'a\tb'],
    ['many', '\n\n\t\r\n\n'],
  ])('takes %s only where lines are asked for', (_, text) => {
    expect(decodedBy(lines, text)).toBe(text);
    expect(validatorOf(lines)(text)).toBe(true);
    expect(decodedBy(line, text)).toBeUndefined();
    expect(validatorOf(line)(text)).toBe(false);
  });

  it('bounds the length from above in UTF-16 units, from below in code points', () => {
    const codec = boundedString({ minChars: 2, maxChars: 4 });
    expect(decodedBy(codec, 'ab')).toBe('ab');
    expect(decodedBy(codec, '😀😀')).toBe('😀😀');
    expect(refusalBy(codec, 'a')).toBe('expected text of 2 to 4 characters, found 1');
    expect(refusalBy(codec, '😀')).toBe('expected text of 2 to 4 characters, found 1');
    expect(refusalBy(codec, 'abcde')).toBe('expected text of 2 to 4 characters, found 5');
    expect(refusalBy(codec, '😀😀a')).toBe('expected text of 2 to 4 characters, found 5');
  });

  it('shows its bounds in its schema', () => {
    expect(schemaOf(boundedString({ minChars: 1, maxChars: 80 }))).toEqual({
      type: 'string',
      description: 'One line of text, without control characters.',
      minLength: 1,
      maxLength: 80,
      pattern: '^[^\\u0000-\\u001F\\u007F-\\u009F]*$',
    });
    expect(schemaOf(lines)).toEqual({
      type: 'string',
      description: 'Text, without control characters other than line feeds and tabs.',
      maxLength: 20,
      pattern: '^([^\\u0000-\\u001F\\u007F-\\u009F]|\\t|\\r?\\n)*$',
    });
  });

  it('looks at a megabyte, and not at what is too long', () => {
    const codec = boundedString({ minChars: 1_000_000, maxChars: 1_000_000, multiline: true });
    expect(decodedBy(codec, '\r\n'.repeat(500_000))).toBeDefined();
    expect(refusalBy(codec, '\r'.repeat(1_000_000))).toContain('U+000D');
    expect(refusalBy(line, '\0'.repeat(10_000_000))).toContain('found 10000000');
  });

  it.each<[string, BoundedStringOptions]>([
    ['maxChars', { maxChars: 0 }],
    ['maxChars', { maxChars: 1.5 }],
    ['maxChars', { maxChars: Infinity }],
    ['maxChars', { maxChars: NaN }],
    ['maxChars', { maxChars: '9' as never }],
    ['maxChars', {} as never],
    ['minChars', { maxChars: 5, minChars: 6 }],
    ['minChars', { maxChars: 5, minChars: -1 }],
    ['minChars', { maxChars: 5, minChars: 0.5 }],
    ['minChars', { maxChars: 5, minChars: NaN }],
  ])('refuses an unusable `%s` at once', (option, options) => {
    expect(() => boundedString(options)).toThrow(tagged('OptionError'));
    expect(() => boundedString(options)).toThrow(`\`boundedString.${option}\``);
  });
});
