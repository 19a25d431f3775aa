/**
 * What letters mean, in lines of a bounded length.
 *
 * @param legend The meaning of each letter.
 * @param used Text that has the letters that are to be explained.
 * @param prefix What each line begins with.
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
