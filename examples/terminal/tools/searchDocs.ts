import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import * as t from 'io-ts';
import { concatMap, connect, defer, from, map, merge, scan, switchMap, takeLast } from 'rxjs';
import { defineTool, describeCodec } from 'rxclaude';

const ROOT = new URL('../../../', import.meta.url);
const FOLDERS = ['docs/', 'operators/', 'src/'];

/** It returns an Observable: the last value is the result, those before it are progress. */
export const searchDocs = defineTool({
  name: 'search_docs',
  description: "Searches rxclaude's own docs and doc comments. Gives the best lines, with file and line number.",
  input: t.type({ query: describeCodec(t.string, 'A name such as timeoutGuard, or a few words') }),
  idempotent: true,
  run: ({ query }) => {
    const words = query.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? [];
    return defer(listDocs).pipe(
      switchMap((files) =>
        from(files).pipe(
          concatMap((file) => readFile(new URL(file, ROOT), 'utf8').then((text) => findIn(file, text, words))),
          scan((best, found) => [...best, ...found].sort((a, b) => b.score - a.score).slice(0, 5), [] as Hit[]),
          connect((best$) =>
            merge(
              best$.pipe(map((_, index) => ({ done: index + 1, of: files.length }))),
              best$.pipe(
                takeLast(1),
                map((best) => best.map(({ line }) => line)),
              ),
            ),
          ),
        ),
      ),
    );
  },
});

interface Hit {
  readonly score: number;
  readonly line: string;
}

/** The docs first: of equally good lines, the earlier one is shown. */
async function listDocs(): Promise<string[]> {
  const found = await Promise.all(
    FOLDERS.map(async (folder) => {
      const names = await readdir(fileURLToPath(new URL(folder, ROOT)), { recursive: true }).catch(() => []);
      return names.filter((name) => /(?<!\.spec)\.(?:md|ts)$/u.test(name)).map((name) => folder + name);
    }),
  );
  const top = await readdir(fileURLToPath(ROOT));
  return [...top.filter((name) => name.endsWith('.md')), ...found.flat()];
}

/** The sentences with at least one of the words: better with each further word, best in a file of that name. */
function findIn(file: string, text: string, words: readonly string[]): Hit[] {
  const isNamed = words.some((word) => file.toLowerCase().endsWith(`/${word}.ts`));
  return text.split('\n').flatMap((line, index) => {
    const [, prose = ''] = (file.endsWith('.md') ? IN_MARKDOWN : IN_COMMENT).exec(line) ?? [];
    const lower = prose.toLowerCase();
    const score = words.filter((word) => lower.includes(word)).length;
    if (score === 0) return [];
    return [{ score: score + (isNamed ? 0.5 : 0), line: `${file}:${String(index + 1)}: ${prose.slice(0, 160)}` }];
  });
}

/** A line that begins like a sentence and has at least five words. */
const IN_MARKDOWN = /^\W*(\p{Lu}(?:\S*\s+){4,}.*?)\s*$/u;
const IN_COMMENT = /^\s*(?:\/\*)?\*+ (\p{Lu}(?:\S*\s+){4,}.*?)(?:\s*\*\/)?$/u;
