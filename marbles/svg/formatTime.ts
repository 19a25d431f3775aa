const SECOND = 1_000;
const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** How long something took, as short as one reads it: `296 ms`, `1.2 s`, `2 min 5 s`. */
export function formatDuration(milliseconds: number): string {
  return format(milliseconds, milliseconds < MINUTE * SECOND ? 1 : 0);
}

/** A moment on the time axis, to the millisecond: `296 ms`, `1.204 s`. */
export function formatMoment(milliseconds: number): string {
  return format(milliseconds, 3);
}

/** @param decimals How many of a second. */
function format(time: number, decimals: number): string {
  const milliseconds = Number.isFinite(time) ? Math.max(0, Math.round(time)) : 0;
  if (milliseconds < SECOND) return `${milliseconds} ms`;
  const rounded = Number((milliseconds / SECOND).toFixed(decimals));
  const hours = Math.floor(rounded / HOUR);
  const minutes = Math.floor((rounded - hours * HOUR) / MINUTE);
  const seconds = Number((rounded - hours * HOUR - minutes * MINUTE).toFixed(decimals));
  const parts: readonly (readonly [amount: number, unit: string])[] = [
    [hours, 'h'],
    [minutes, 'min'],
    [seconds, 's'],
  ];
  return parts.flatMap(([amount, unit]) => (amount === 0 ? [] : [`${amount} ${unit}`])).join(' ');
}
