import { plain } from './xml.js';

/** What all text of a picture is written in: whichever of them there is, its characters are of one width. */
export const FONTS = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace";

/** How wide a character is, of the font's size. The widest of the fonts, SF Mono, takes 0.618. */
const NARROW = 0.62;
/** Signs that a font may not have are taken from another one, in which they are as wide as they are high. */
const WIDE = 1.1;
const FIRST_WIDE = 0x1100;
/** Signs that are at hand in all of the fonts, wherever they stand in Unicode. */
const IN_ALL_FONTS = /[‐-…]/;

/** How wide a text is at the most, in pixels. */
export function widthOf(text: string, size: number): number {
  let width = 0;
  for (const character of plain(text)) width += widthOfCharacter(character) * size;
  return width;
}

function widthOfCharacter(character: string): number {
  return character < String.fromCodePoint(FIRST_WIDE) || IN_ALL_FONTS.test(character) ? NARROW : WIDE;
}

/** The text, cut so that it is no wider than `room`. */
export function fitText(text: string, size: number, room: number): string {
  if (widthOf(text, size) <= room) return text;
  let width = widthOf('…', size);
  let kept = '';
  for (const character of plain(text)) {
    width += widthOf(character, size);
    if (width > room) break;
    kept += character;
  }
  return `${kept.trimEnd()}…`;
}
