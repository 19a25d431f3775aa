import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LEGEND } from '../../marbles/index.js';
import { parseRow } from '../../marbles/diagram/parseRow.js';
import { ROOT } from './snippets.js';

/** The TypeScript files below some folders. */
function files(...folders: string[]): string[] {
  return folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))
      .map((name) => join(folder, name)),
  );
}

/** Lines of marbles in docstrings: `in   -K-(wST)m|   K tool_call, ...`. */
const rows = files('src', 'operators', 'marbles').flatMap((file) =>
  [...readFileSync(join(ROOT, file), 'utf8').matchAll(/^ *\* (in|out|reply|source|subscribe|one|two) +(\S.*)$/gm)]
    .map(([, label = '', rest = '']) => ({ file, label, row: rest.split(/ {2,}/)[0] ?? '' }))
    // Beside marbles, `in` and `out` may name values: what has no time in it is none.
    .filter(({ row }) => /[-|#(]/.test(row) && /^[-\w()[\]|#^!. ]+$/.test(row) && row.includes('-')),
);

describe('diagrams in docstrings', () => {
  it('are there', () => {
    expect(rows.length).toBeGreaterThan(20);
  });

  it.each(rows.map(({ file, label, row }) => [`${file}, ${label}`, row]))('%s: %s can be read', (_, row) => {
    expect(parseRow(row.replace(/[\^!]/g, 'x')).length).toBeGreaterThan(0);
  });
});

describe('the letters of a spec', () => {
  const specs = readdirSync(join(ROOT, 'marbles/specs')).filter((name) => name.endsWith('.spec.ts'));
  const legends = specs.map((name) => {
    const lines = readFileSync(join(ROOT, 'marbles/specs', name), 'utf8').match(/^\/\/ \S .*$/gm) ?? [];
    return [name, lines.flatMap(entries)] as const;
  });

  it.each(legends)('%s are explained in the words of the legend', (_, explained) => {
    for (const [letter, meaning] of explained) expect([letter, meaning]).toEqual([letter, LEGEND[letter]]);
  });

  it('are explained in nearly all of them', () => {
    expect(legends.filter(([, explained]) => explained.length > 0).length).toBeGreaterThan(specs.length - 6);
  });
});

/** `// s message_start  o a text block starts`, entry by entry. A line that does not begin with a letter of the legend is prose. */
function entries(line: string): (readonly [string, string])[] {
  const found = line
    .slice('// '.length)
    .split(/ {2,}/)
    .map((entry) => [entry.charAt(0), entry.slice(2)] as const);
  return found.every(([letter, meaning]) => letter in LEGEND && meaning !== '' && /^\S /.test(`${letter} `)) &&
    found.some(([letter, meaning]) => LEGEND[letter] === meaning)
    ? found
    : [];
}
