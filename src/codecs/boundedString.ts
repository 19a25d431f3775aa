import type * as t from 'io-ts';
import { optionError } from '../errors/failures.js';
import { checkLength } from './checkLength.js';
import { createTextCodec, type CheckedText } from './createTextCodec.js';
import { refuse } from './refuse.js';
import { ONE_LINE, SEVERAL_LINES, unsafeCharacter } from './unsafeCharacter.js';

/** How long a text may be, and whether it may have several lines. */
export interface BoundedStringOptions {
  /** The most characters it may have, in UTF-16 units as `length` counts them. */
  readonly maxChars: number;
  /** The fewest characters it may have, in code points: an emoji of two units is one. Default: 0. */
  readonly minChars?: number;
  /** Whether line feeds (`\n`, `\r\n`) and tabs are allowed. Default: false. */
  readonly multiline?: boolean;
}

/**
 * A codec of text with a limited length, without control characters or characters that hide or reorder text.
 *
 * It refuses control characters, line and paragraph separators (U+2028, U+2029), bidirectional overrides and isolates,
 * zero-width spaces and byte order marks, tag characters, and halves of surrogate pairs. Text that it accepts stays as
 * it is: nothing is trimmed or normalized.
 *
 * Each limit is counted so that accepted text satisfies the JSON Schema too, which counts code points.
 *
 * Gotcha: the text is still untrusted. Escape it where it becomes HTML, SQL or part of a command.
 *
 * @returns A codec from string to the same string.
 * @throws OptionError unless `maxChars` is a whole number of at least 1, and `minChars` one from 0 to `maxChars`.
 * @example
 * ```ts
 * import { defineTool } from 'rxclaude';
 * import { boundedString } from 'rxclaude/codecs';
 * import * as t from 'io-ts';
 *
 * const addNote = defineTool({
 *   name: 'add_note',
 *   description: 'Adds a note.',
 *   input: t.type({
 *     title: boundedString({ minChars: 1, maxChars: 80 }),
 *     text: boundedString({ maxChars: 4000, multiline: true }),
 *   }),
 *   run: ({ title, text }) => `Noted "${title}", ${text.length} characters.`,
 * });
 * ```
 * @see {@link identifier}
 */
export function boundedString(options: BoundedStringOptions): t.Type<string> {
  const { maxChars, minChars = 0, multiline = false } = options;
  checkLength('boundedString.maxChars', maxChars);
  if (!Number.isInteger(minChars) || minChars < 0 || minChars > maxChars) {
    throw optionError('boundedString.minChars', 'a whole number from 0 to `maxChars`', minChars);
  }
  const range = minChars === 0 ? `at most ${String(maxChars)}` : `${String(minChars)} to ${String(maxChars)}`;
  const name = `text of ${range} characters`;
  return createTextCodec({
    name,
    schema: {
      type: 'string',
      description: multiline
        ? 'Text, without control characters other than line feeds and tabs.'
        : 'One line of text, without control characters.',
      ...(minChars > 0 && { minLength: minChars }),
      maxLength: maxChars,
      pattern: multiline ? SEVERAL_LINES : ONE_LINE,
    },
    check(text): CheckedText {
      // The upper limit first: text that is too long is not searched.
      if (text.length > maxChars) return refuse(`${name}, found ${String(text.length)}`);
      if (isShorter(text, minChars)) return refuse(`${name}, found ${String(Array.from(text).length)}`);
      const unsafe = unsafeCharacter(text, multiline);
      if (unsafe === undefined) return { _tag: 'Right', right: text };
      return refuse(`text without control or invisible characters, found ${unsafe}`);
    },
  });
}

function isShorter(text: string, codePoints: number): boolean {
  return text.length < 2 * codePoints && Array.from(text).length < codePoints;
}
