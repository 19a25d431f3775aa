import { machine, versions } from './machine.mjs';

/** `2.03 (1.98–2.11)`: the median, and the quartiles where there is something between them. */
function cellText(cell) {
  if (cell === null) return '–';
  const { low, middle, high, count } = cell;
  return count < 2 ? digits(middle) : `${digits(middle)} (${digits(low)}–${digits(high)})`;
}

/** Three significant digits, which is more than any of this is good for. */
function digits(number) {
  if (Math.abs(number) >= 100) return number.toFixed(0);
  if (Math.abs(number) >= 10) return number.toFixed(1);
  return number.toFixed(2);
}

/** A table in Markdown, padded so that it reads well in a terminal too. */
export function tableText({ title, unit, columns, rows }) {
  const lines = [['', ...columns.map(String)], ...rows.map(({ row, cells }) => [row, ...cells.map(cellText)])];
  const widths = lines[0].map((_, at) => Math.max(3, ...lines.map((line) => line[at].length)));
  const [head, ...body] = lines.map((line) => `| ${line.map((text, at) => pad(text, widths[at], at)).join(' | ')} |`);
  const rule = `| ${widths.map((width, at) => (at === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  return [`${title}${unit ? ` (${unit})` : ''}:`, '', head, rule, ...body].join('\n');
}

const pad = (text, width, at) => (at === 0 ? text.padEnd(width) : text.padStart(width));

/** One scenario: what it is, its tables, and who is missing from them. */
export function scenarioText({ title, about, tables, skipped }) {
  const missing = skipped.map(([name, reason]) => `- ${name}: ${reason}.`);
  return [
    `## ${title}`,
    about,
    ...tables.filter(({ rows }) => rows.length > 0).map(tableText),
    ...(missing.length > 0 ? [['Not shown:', '', ...missing].join('\n')] : []),
  ].join('\n\n');
}

/** The whole of RESULTS.md. */
export function reportText({ scenarios, command, date, commit, seconds }) {
  const facts = [
    ...machine(),
    ['Date', date],
    ['Commit', commit],
    ['Command', `\`${command}\`, which took ${Math.round(seconds / 60)} minutes`],
  ];
  return `# What was measured

Written by \`npm run bench -- --save\`; how it is measured and how to read it: [README.md](README.md). A cell is the
median, and in brackets the first and third quartile. Smaller is better everywhere.

![The ratios as bars](results.svg)

${facts.map(([name, value]) => `- ${name}: ${value}`).join('\n')}

Versions: ${versions()
    .map(([name, version]) => `${name} ${version}`)
    .join(', ')}.

${scenarios.map(scenarioText).join('\n\n')}
`;
}
