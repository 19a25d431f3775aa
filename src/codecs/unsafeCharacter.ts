/**
 * Control characters, halves of surrogate pairs, separators of lines and paragraphs, and what is not seen but changes
 * what is: the order of writing, blanks without width, tags. Joiners stay, which emoji and some scripts need.
 */
const UNSAFE =
  /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u180E\u200B\u202A-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB\u{E0000}-\u{E007F}]/u;
/** The same, save line feeds, with a carriage return before them or without, and tabs. */
const UNSAFE_IN_LINES = new RegExp(`(?!\\r?\\n|\\t)${UNSAFE.source}`, 'u');

/** One line without control characters, as a `pattern` of JSON Schema. It leaves out the rest of what is unsafe. */
export const ONE_LINE = '^[^\\u0000-\\u001F\\u007F-\\u009F]*$';
/** Several such lines, with tabs in them. */
export const SEVERAL_LINES = '^([^\\u0000-\\u001F\\u007F-\\u009F]|\\t|\\r?\\n)*$';

/** The first unsafe character of a text, as `U+202E`; `undefined` when there is none. */
export function unsafeCharacter(text: string, multiline = false): string | undefined {
  const found = (multiline ? UNSAFE_IN_LINES : UNSAFE).exec(text)?.[0].codePointAt(0);
  return found === undefined ? undefined : `U+${found.toString(16).toUpperCase().padStart(4, '0')}`;
}
