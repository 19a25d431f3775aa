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
