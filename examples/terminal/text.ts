/**
 * Makes foreign text safe for a terminal: no escape sequences, no control characters other than newline and tab, nothing
 * that changes the direction of writing.
 */
export function clean(text: string): string {
  return text.replace(ESCAPE_SEQUENCE, '').replace(/[^\P{Cc}\n\t]|\p{Bidi_Control}/gu, '');
}

/** Colours and cursor movement, or a command to the terminal such as its title. An incomplete one is left for `clean` to take apart. */
const ESCAPE_SEQUENCE = /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)/gu;

/** `clean`, on one line. */
export function oneLine(text: string): string {
  return clean(text).replace(/\s+/gu, ' ').trim();
}

const WIDE = /^(?:\p{Emoji_Presentation}|.\ufe0f|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f])/u;
const WIDE_TOO = /^[\uff01-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/u;
const NO_WIDTH = /^[\p{Mn}\p{Me}\p{Cf}]/u;
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** How many columns a text takes. */
export function columnsOf(text: string): number {
  return cells(text).reduce((sum, [, width]) => sum + width, 0);
}

/** Cuts a text to a number of columns, with an ellipsis where something is missing. */
export function truncate(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  let kept = '';
  let room = columns - 1;
  for (const [cell, width] of cells(text)) {
    room -= width;
    if (room < 0) break;
    kept += cell;
  }
  return `${kept}…`;
}

/** Breaks a paragraph into lines, between words where that is possible. */
export function wrap(paragraph: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  const finish = (): void => {
    lines.push(line.trimEnd());
    line = '';
  };
  for (const word of paragraph.replaceAll('\t', '  ').match(/\s*\S+|\s+$/gu) ?? []) {
    if (line !== '' && columnsOf(line + word) > columns) finish();
    let rest = lines.length > 0 && line === '' ? word.trimStart() : word;
    while (columnsOf(rest) > columns) {
      const head = truncate(rest, columns + 1).slice(0, -1);
      if (head === '') break;
      line = head;
      finish();
      rest = rest.slice(head.length);
    }
    line += rest;
  }
  finish();
  return lines;
}

function cells(text: string): [cell: string, width: number][] {
  return Array.from(graphemes.segment(text), ({ segment }) => [segment, widthOf(segment)]);
}

function widthOf(grapheme: string): number {
  if (WIDE.test(grapheme) || WIDE_TOO.test(grapheme)) return 2;
  return NO_WIDTH.test(grapheme) ? 0 : 1;
}
