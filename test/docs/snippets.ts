import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

/** The root of the project. */
export const ROOT = resolve(__dirname, '../..');

/** A piece of TypeScript that stands in the documentation. */
export interface Snippet {
  /** Where it stands: file and line. */
  readonly where: string;
  readonly code: string;
}

const FOLDERS = ['src', 'operators', 'marbles', 'docs'];
const FENCE = /^[ \t]*(?:\* ?)?```ts\n([\s\S]*?)^[ \t]*(?:\* ?)?```/gm;

/** Every block fenced as `ts` in the docstrings, the README and `docs/`. */
export function allSnippets(): Snippet[] {
  const files = FOLDERS.flatMap((folder) => filesBelow(join(ROOT, folder)));
  return [join(ROOT, 'README.md'), ...files].flatMap(snippetsOf);
}

/** The blocks fenced as `ts` in one file. */
export function snippetsOf(file: string): Snippet[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(FENCE)].map((match) => ({
    where: `${relative(ROOT, file)}:${String(text.slice(0, match.index).split('\n').length)}`,
    code: file.endsWith('.ts') ? (match[1] ?? '').replace(/^[ \t]*\* ?/gm, '') : (match[1] ?? ''),
  }));
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /(?<!\.spec)\.(ts|md)$/.test(name))
    .map((name) => join(folder, name));
}
