/**
 * Control characters, halves of surrogate pairs, line and paragraph separators, and invisible characters that change
 * the text: writing direction, zero-width spaces, tags. Joiners are allowed, because emoji and some scripts need them.
 */
const UNSAFE =
  /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u180E\u200B\u202A-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB\u{E0000}-\u{E007F}]/u;
/** The same, except for line feeds, with or without a carriage return before them, and tabs. */
const UNSAFE_IN_LINES = new RegExp(`(?!\\r?\\n|\\t)${UNSAFE.source}`, 'u');

/**
 * One line without control characters, as a `pattern` of JSON Schema. It does not cover the other unsafe characters.
 */
export const ONE_LINE = '^[^\\u0000-\\u001F\\u007F-\\u009F]*$';
/** Several such lines, with tabs in them. */
export const SEVERAL_LINES = '^([^\\u0000-\\u001F\\u007F-\\u009F]|\\t|\\r?\\n)*$';

/** The first unsafe character of a text, as `U+202E`; `undefined` when there is none. */
export function unsafeCharacter(text: string, multiline = false): string | undefined {
  const found = (multiline ? UNSAFE_IN_LINES : UNSAFE).exec(text)?.[0].codePointAt(0);
  return found === undefined ? undefined : `U+${found.toString(16).toUpperCase().padStart(4, '0')}`;
}
