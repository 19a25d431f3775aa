import type * as t from 'io-ts';
import { optionError } from '../errors/failures.js';
import { checkLength } from './checkLength.js';
import { createTextCodec, type CheckedText } from './createTextCodec.js';
import { refuse } from './refuse.js';
import { unsafeCharacter } from './unsafeCharacter.js';

/** Which identifiers are allowed. */
export interface IdentifierOptions {
  /** The most characters it may have, in UTF-16 units. Default: 64. */
  readonly maxChars?: number;
  /**
   * What the whole name must match; `^` and `$` are added. No flags but `u`, because JSON Schema has none. Default:
   * `[A-Za-z_][A-Za-z0-9_-]*`.
   */
  readonly pattern?: RegExp;
}

const DEFAULT_PATTERN = /[A-Za-z_][A-Za-z0-9_-]*/;

/**
 * A codec of names that are safe as an object's key and, by default, as an argument of a command.
 *
 * It refuses empty names, the names that every JavaScript object has (`__proto__`, `constructor`, `toString` and so
 * on), `prototype`, and names that do not match the pattern: by default ASCII letters, digits, `_` and `-`, with a
 * letter or `_` first. Control and invisible characters are refused with any pattern.
 *
 * Gotcha: your own pattern can be slow on hostile text; it is tried on at most `maxChars` characters.
 *
 * @returns A codec from string to the same string.
 * @throws OptionError when an option is invalid.
 * @example
 * ```ts
 * import { identifier } from 'rxclaude/codecs';
 * import * as t from 'io-ts';
 *
 * const input = t.type({
 *   column: identifier(),
 *   ticket: identifier({ maxChars: 12, pattern: /[A-Z]+-[0-9]+/ }),
 * });
 * ```
 * @see {@link boundedString}
 */
export function identifier(options: IdentifierOptions = {}): t.Type<string> {
  const { maxChars = 64, pattern = DEFAULT_PATTERN } = options;
  checkLength('identifier.maxChars', maxChars);
  const whole = wholly(pattern);
  const letters = 'letters, digits, `_` and `-`, with a letter or `_` first';
  const form = pattern === DEFAULT_PATTERN ? letters : `a name that matches ${whole.source}`;
  return createTextCodec({
    name: `an identifier of at most ${String(maxChars)} characters`,
    schema: {
      type: 'string',
      description: `An identifier: ${form}.`,
      minLength: 1,
      maxLength: maxChars,
      pattern: whole.source,
    },
    check(text): CheckedText {
      if (text.length > maxChars) return refuse(`an identifier of at most ${String(maxChars)} characters`);
      if (text === '' || unsafeCharacter(text) !== undefined || !whole.test(text)) return refuse(form);
      if (isReserved(text)) return refuse('another name: every JavaScript object has this one');
      return { _tag: 'Right', right: text };
    },
  });
}

/** Tells whether a name has a meaning in JavaScript. `__proto__` has one even when Node was started without it. */
function isReserved(name: string): boolean {
  return name === '__proto__' || name === 'prototype' || name in Object.prototype;
}

function wholly(pattern: unknown): RegExp {
  const expected = 'a regular expression without flags but `u`';
  if (!(pattern instanceof RegExp) || !/^u?$/.test(pattern.flags)) {
    throw optionError('identifier.pattern', expected, pattern);
  }
  try {
    return new RegExp(`^(?:${pattern.source})$`, 'u');
  } catch {
    throw optionError('identifier.pattern', `${expected}, and valid with it`, pattern);
  }
}
