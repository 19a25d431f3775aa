/** What each letter of a diagram means. Lower case is what Claude sends, upper case is what rxclaude adds. */
export const LEGEND: Readonly<Record<string, string>> = {
  s: 'message_start',
  o: 'a text block starts',
  t: 'text',
  h: 'a thinking block starts',
  g: 'thinking',
  f: 'signature of a thinking block',
  d: 'a redacted_thinking block starts',
  k: 'a tool_use block starts',
  v: 'a server tool is called',
  i: "a piece of a tool's input",
  r: 'the result of a server tool starts',
  b: 'another block starts',
  n: 'another piece of a block, such as a citation',
  c: 'content_block_stop',
  w: 'message_delta with stop_reason tool_use',
  e: 'message_delta with stop_reason end_turn',
  x: 'message_delta with stop_reason max_tokens or model_context_window_exceeded',
  y: 'message_delta with stop_reason pause_turn',
  z: 'message_delta with another stop_reason, or none',
  m: 'message_stop',
  p: 'ping',
  u: 'an event of another type',
  H: 'response',
  B: 'round_start',
  R: 'round_retry',
  E: 'round_end',
  C: 'conversation_end',
  I: 'tool_input',
  K: 'tool_call',
  A: 'approval_request',
  D: 'approval_decision',
  S: 'tool_start',
  P: 'tool_progress',
  W: 'tool_result',
  X: 'tool_result with is_error',
};

/** What each sign of a diagram means that is not a letter. */
export const SIGNS: Readonly<Record<string, string>> = {
  '-': 'nothing happens for the time of one character (1 ms, unless the ruler says otherwise)',
  '12ms': 'nothing happens for that long',
  '(ab)': 'a, then b, at the same time; takes the time of all its characters, as in rxjs',
  '[ab]': 'a, then b, at the same time; takes the time of one character',
  '|': 'the stream completes',
  '#': 'the stream fails',
  '=': 'in the lane of a call: the tool runs',
  '.': 'in the lane of a call: it waits to start; in the lane of an approval: it waits for the decision',
};

/**
 * Explains letters, in lines of at most `columns` characters.
 *
 * @param legend The meaning of each letter.
 * @param used Text with the letters to explain.
 * @param prefix The start of each line.
 */
export function legendLines(
  legend: Readonly<Record<string, string>>,
  used: string,
  prefix: string,
  columns: number,
): string {
  const lines: string[] = [];
  let line = prefix;
  for (const [letter, meaning] of Object.entries(legend)) {
    if (!used.includes(letter)) continue;
    const entry = `  ${letter} ${meaning}`;
    if (line !== prefix && line.length + entry.length > columns) {
      lines.push(line);
      line = prefix;
    }
    line += entry;
  }
  return [...lines, line].join('\n');
}
