import { plain } from './xml.js';

/** Sizes of text. */
export const TEXT = {
  title: 16,
  subtitle: 11.5,
  lane: 12,
  letter: 10.5,
  note: 10.5,
  count: 9.5,
  axis: 10,
  legend: 11,
} as const;

/** The radius of a marble. */
export const RADIUS = 10;
/** Half the width of a dot. The many small events are dots. */
export const DOT = 3;
/** The space from a marble to its note. */
export const NOTE_GAP = 5;
/** The space between two things in a lane. */
export const ITEM_GAP = 5;
/** The distance between lanes. */
export const LANE_HEIGHT = 38;
/** The distance from the middle of a lane to the baseline of the count of its dots. */
export const COUNT_LINE = 18;
/** The height of the time axis of a system. */
export const AXIS_HEIGHT = 42;
/** The margin around the picture. */
export const MARGIN = 24;
/** The space between the names of the lanes and the lanes. */
export const LABEL_GAP = 14;
/** The space between two systems. */
export const SYSTEM_GAP = 26;

/** The height of text above its baseline, as a part of its size. */
export const ASCENT = 0.8;

/** The baseline that centres text of a size on `y`. */
export function baseline(y: number, size: number): number {
  return y + size * 0.35;
}

/** The fonts of a picture: all of them are monospaced. */
export const FONTS = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace";

/** The width of a character, as a part of the font's size. The widest of the fonts, SF Mono, has 0.618. */
const NARROW = 0.62;
/** The width of a sign that comes from another font, which may be as wide as it is high. */
const WIDE = 1.1;
const FIRST_WIDE = 0x1100;
/** Characters beyond Latin that all of the fonts have. */
const IN_ALL_FONTS = /[‐-…]/;

/** The greatest width of a text, in pixels. */
export function widthOf(text: string, size: number): number {
  let width = 0;
  for (const character of plain(text)) width += widthOfCharacter(character) * size;
  return width;
}

function widthOfCharacter(character: string): number {
  return character < String.fromCodePoint(FIRST_WIDE) || IN_ALL_FONTS.test(character) ? NARROW : WIDE;
}

/** The text, cut to the width of `room`. */
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
