/** Line breaks of every kind, and characters that move a terminal's cursor or change the direction of writing. */
const BREAKS = /[\s\u2028\u2029]+/g;
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** The text as one harmless line, cut to a length in characters. */
export function toOneLine(text: string, maxChars = Infinity): string {
  const line = text.replace(BREAKS, ' ').replace(CONTROLS, '\uFFFD');
  if (line.length <= maxChars) return line;
  const end = /[\ud800-\udbff]$/.test(line.slice(0, maxChars)) ? maxChars - 1 : maxChars;
  return `${line.slice(0, end)}… (${String(text.length)} chars)`;
}
