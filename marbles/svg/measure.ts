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
/** Half of what a dot takes up; the many small events are dots. */
export const DOT = 3;
/** From a marble to what is written beside it. */
export const NOTE_GAP = 5;
/** Between two things in one lane. */
export const ITEM_GAP = 5;
/** From one lane to the next. */
export const LANE_HEIGHT = 38;
/** From a lane's middle to the line on which the count of its dots is written. */
export const COUNT_LINE = 18;
/** The height of the time axis of a system. */
export const AXIS_HEIGHT = 42;
/** What is left free around the picture. */
export const MARGIN = 24;
/** From the names of the lanes to the lanes. */
export const LABEL_GAP = 14;
/** Between two systems. */
export const SYSTEM_GAP = 26;

/** How far text reaches above the line it is written on, of its size. */
export const ASCENT = 0.8;

/** Where text of a size is written to stand in the middle of `y`. */
export function baseline(y: number, size: number): number {
  return y + size * 0.35;
}

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
