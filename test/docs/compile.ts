import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, type Snippet } from './snippets.js';

const TSC = join(ROOT, 'node_modules/typescript-7.0/bin/tsc');

/** What the compiler says of the snippets, each as a module of its own in the project. */
export function compile(snippets: readonly Snippet[]): string[] {
  const folder = mkdtempSync(join(ROOT, 'temp-snippets-'));
  try {
    snippets.forEach(({ code }, at) => {
      writeFileSync(join(folder, `${String(at)}.ts`), `${code}\nexport {};\n`);
    });
    const compilerOptions = { noUnusedLocals: false, noUnusedParameters: false };
    const config = { extends: '../tsconfig.json', compilerOptions, include: ['*.ts'] };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
    // The compiler in Go: it takes a fifth of the time of the one in JavaScript.
    const { stdout, stderr } = spawnSync(process.execPath, [TSC, '-p', folder], { cwd: folder, encoding: 'utf8' });
    const told = `${stdout}${stderr}`.trim();
    // `3.ts(1,2): error TS2322: …`, the lines that go on with it indented.
    return told === '' ? [] : told.split(/\n(?!\s)/).map((error) => withPlace(error, snippets));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function withPlace(error: string, snippets: readonly Snippet[]): string {
  const [, at, said] = /^(\d+)\.ts(.*)$/s.exec(error) ?? [];
  return at === undefined ? error : `${snippets[Number(at)]?.where ?? ''} ${said ?? ''}`;
}
