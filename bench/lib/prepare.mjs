import { spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const bench = fileURLToPath(new URL('..', import.meta.url));
const root = join(bench, '..');
const built = join(root, 'dist/esm/src/index.js');

/** Builds rxclaude when what is built is older than its sources. */
export async function prepareBuild() {
  if (!existsSync(join(root, 'node_modules'))) throw new Error('Run `npm ci` in the root of the repository first.');
  if (modified(built) >= Math.max(newest(join(root, 'src')), newest(join(root, 'operators')))) return;
  console.error('Building rxclaude …');
  await run(process.execPath, [join(root, '.ci/build.mjs')], root);
}

/** Installs the peers when they are missing, or not those of the lock file. */
export async function preparePeers() {
  if (modified(join(bench, 'node_modules/.package-lock.json')) >= modified(join(bench, 'package-lock.json'))) return;
  console.error('Installing the peers …');
  await run('npm', ['ci'], bench, { shell: process.platform === 'win32' });
}

const modified = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0);

function newest(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Math.max(...entries.map((entry) => modified(join(entry.parentPath ?? entry.path, entry.name))));
}

function run(command, args, cwd, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'ignore', 'inherit'], ...options });
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(`${command} ${args.join(' ')} failed`))));
  });
}
