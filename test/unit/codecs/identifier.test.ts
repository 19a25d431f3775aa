import * as t from 'io-ts';
import { identifier, type IdentifierOptions } from '../../../src/codecs/identifier.js';
import { decodedBy, refusalBy, schemaOf, validatorOf } from './support.js';
import { tagged } from '../../support/errors.js';

describe('identifier', () => {
  const name = identifier();

  it.each(['a', 'A1', '_', '__', 'user_name', 'user-name', 'proto', 'Constructor', 'x'.repeat(64), 'name', 'length'])(
    'takes %p',
    (text) => {
      expect(decodedBy(name, text)).toBe(text);
      expect(name.is(text)).toBe(true);
      expect(validatorOf(name)(text)).toBe(true);
    },
  );

  it.each([...Object.getOwnPropertyNames(Object.prototype), 'prototype'])('refuses %p, which objects have', (text) => {
    expect(decodedBy(name, text)).toBeUndefined();
    expect(decodedBy(identifier({ pattern: /.*/ }), text)).toBeUndefined();
    expect(name.is(text)).toBe(false);
  });

  it.each([
    ['nothing', ''],
    ['a blank', ' '],
    ['a blank in it', 'a b'],
    ['a blank around it', ' a'],
    ['a line feed at its end', 'a\n'],
    ['a line feed in it', 'a\nb'],
    ['NUL', 'a\0'],
    ['a digit in front', '1a'],
    ['a dash in front', '-rf'],
    ['an option', '--output=x'],
    ['a dot', 'a.b'],
    ['a slash', 'a/b'],
    ['a quote', "a'b"],
    ['SQL', 'a;drop table b'],
    ['an escape in markup', '&lt;'],
    ['a dollar sign', '$where'],
    ['letters that look alike', 'аdmin'],
    ['full-width letters', 'ａdmin'],
    ['letters with marks', 'é'],
    ['digits of another script', 'a٣'],
    ['the Kelvin sign', '\u212A'],
    ['the long s', 'ſ'],
    ['a joiner', 'a\u200Db'],
    ['a zero-width blank', 'a\u200B'],
    ['a byte order mark', '\uFEFFa'],
    ['a key of a prototype in a path', '__proto__.a'],
    ['too many characters', 'x'.repeat(65)],
    ['far too many characters', 'x'.repeat(1_000_000)],
  ])('refuses %s', (_, text) => {
    expect(decodedBy(name, text)).toBeUndefined();
    expect(validatorOf(name)(text)).toBe(false);
    expect(refusalBy(name, text)).toMatch(/^expected /);
  });

  it('can have another pattern, which all of it must match', () => {
    const ticket = identifier({ pattern: /[A-Z]+-[0-9]+|none/, maxChars: 8 });
    expect(decodedBy(ticket, 'AB-12')).toBe('AB-12');
    expect(decodedBy(ticket, 'none')).toBe('none');
    expect(decodedBy(ticket, 'xAB-12')).toBeUndefined();
    expect(decodedBy(ticket, 'AB-12x')).toBeUndefined();
    expect(decodedBy(ticket, 'nonex')).toBeUndefined();
    expect(decodedBy(ticket, 'AB-123456')).toBeUndefined();
    expect(refusalBy(ticket, 'x')).toBe('expected a name that matches ^(?:[A-Z]+-[0-9]+|none)$');
    expect(validatorOf(ticket)('AB-12')).toBe(true);
  });

  it('refuses empty and unseen text under any pattern', () => {
    const any = identifier({ pattern: /[^]*/ });
    for (const text of ['', '\0', 'a\nb', '\u202E', '\uD800']) expect(decodedBy(any, text)).toBeUndefined();
    expect(decodedBy(any, 'é b')).toBe('é b');
  });

  it('shows its form in its schema', () => {
    expect(schemaOf(name)).toEqual({
      type: 'string',
      description: 'An identifier: letters, digits, `_` and `-`, with a letter or `_` first.',
      minLength: 1,
      maxLength: 64,
      pattern: '^(?:[A-Za-z_][A-Za-z0-9_-]*)$',
    });
  });

  it('leaves out the keys of a record that it refuses', () => {
    const record = t.record(name, t.number);
    const decoded = record.decode(JSON.parse('{"a":1,"__proto__":2,"constructor":3,"b c":4}'));
    expect(decoded).toEqual(t.success({ a: 1 }));
    expect(Object.getPrototypeOf((decoded as { right: object }).right)).toBe(Object.prototype);
  });

  it.each<[string, IdentifierOptions]>([
    ['maxChars', { maxChars: 0 }],
    ['maxChars', { maxChars: Infinity }],
    ['pattern', { pattern: /a/i }],
    ['pattern', { pattern: /a/g }],
    ['pattern', { pattern: /a/m }],
    ['pattern', { pattern: /\a/ }],
    ['pattern', { pattern: 'a' as never }],
    ['pattern', { pattern: null as never }],
  ])('refuses an unusable `%s` at once', (option, options) => {
    expect(() => identifier(options)).toThrow(tagged('OptionError'));
    expect(() => identifier(options)).toThrow(`\`identifier.${option}\``);
  });
});
