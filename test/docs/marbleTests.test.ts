import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { claude, LEGEND, marbleFor, SIGNS } from '../../marbles/index.js';
import { formatCassette } from '../../marbles/recordings/index.js';
import { toSse } from '../support/sse.js';
import { outputOf } from './runSnippet.js';
import { allSnippets, ROOT } from './snippets.js';

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

/** What the examples find in a file: a reply of two chunks. */
const [start, rest] = [
  claude.message(claude.textBlock('Hel', 'lo')).slice(0, 3),
  claude.message(claude.textBlock('Hel', 'lo')).slice(3),
];
const cassette = formatCassette({
  version: 1,
  exchanges: [
    {
      request: { time: 0, method: 'POST', path: '/v1/messages', headers: {} },
      response: { time: 805, status: 200, headers: { 'content-type': 'text/event-stream' } },
      chunks: [
        { time: 812, text: toSse(start) },
        { time: 843, text: toSse(rest) },
      ],
      end: { time: 843, how: 'complete' },
    },
  ],
});

/** The frameworks of the examples: each declares its tests here. */
const frameworks = { 'node:test': { it, test: it }, 'rxclaude/marbles/vitest': marbleFor(it) };

/** What is declared only, or needs a network, is there for the compiler alone. */
function isRun(code: string): boolean {
  return !/^declare |^import Anthropic|appendFileSync|writeFileSync|process\./m.test(code);
}

describe('docs/marble-tests.md', () => {
  it('has examples that are run', () => {
    expect(fences.filter(({ language, code }) => language === 'ts' && isRun(code)).length).toBeGreaterThan(8);
  });

  fences.forEach((fence, at) => {
    if (fence.language !== 'ts' || !isRun(fence.code)) return;
    const output = outputOf(fence.code, { ...frameworks, 'node:fs': { readFileSync: () => cassette } });
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

describe('examples of marble tests elsewhere', () => {
  const examples = allSnippets().filter(
    ({ where, code }) => code.includes('marbles') && !where.startsWith('docs/marble-tests.md') && isRun(code),
  );

  it('are there', () => {
    expect(examples.length).toBeGreaterThan(4);
  });

  for (const { where, code } of examples) {
    const output = outputOf(code, frameworks);
    it(`${where} runs`, () => {
      expect(output).toBe('');
    });
  }
});
