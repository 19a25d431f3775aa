import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LEGEND, SIGNS } from '../../marbles/index.js';
import { outputOf } from './runSnippet.js';
import { ROOT } from './snippets.js';

const page = readFileSync(join(ROOT, 'docs/marble-tests.md'), 'utf8');
/** The fenced blocks of the page, in order. */
const fences = [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language = '', code = '']) => ({
  language,
  code,
}));
/** The rows of its tables whose first cell is code. */
const rows = new Map(
  [...page.matchAll(/^\| `(\S+)` +\| (.+?) +\|$/gm)].map(([, sign = '', meaning = '']) => [
    sign.replaceAll('\\|', '|'),
    meaning,
  ]),
);

/** What is declared only, or needs a network, is there for the compiler alone. */
function isRun({ language, code }: (typeof fences)[number]): boolean {
  return language === 'ts' && !/^declare |^import Anthropic|from 'node:test'/m.test(code);
}

describe('docs/marble-tests.md', () => {
  it('has examples that are run', () => {
    expect(fences.filter(isRun).length).toBeGreaterThan(8);
  });

  fences.forEach((fence, at) => {
    if (!isRun(fence)) return;
    // Marble tests declare themselves here.
    const output = outputOf(fence.code);
    const next = fences[at + 1];
    const shown = next?.language === 'text' ? next.code : '';
    it(`example ${at + 1} prints ${shown === '' ? 'nothing' : 'what stands below it'}`, () => {
      expect(output.trimEnd()).toBe(shown.trimEnd());
    });
  });

  it.each(Object.entries({ ...LEGEND, ...SIGNS }))('the legend explains %s as the kit does', (sign, meaning) => {
    expect(rows.get(sign)).toBe(meaning);
  });
});
