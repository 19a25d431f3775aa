// What the steps of the gate share.
import { execFile, spawn } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..');

export const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));

/** The file of a package's command. `.bin` is no help: three compilers claim the name `tsc` there. */
export function bin(packageName, command = packageName) {
  const folder = join(root, 'node_modules', packageName);
  const { bin } = readJson(join(folder, 'package.json'));
  return join(folder, typeof bin === 'string' ? bin : bin[command]);
}

/** Runs a Node script without a shell; resolves to its output, or rejects with the output as the message. */
export function node(args, { cwd = root, env = {} } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout.on('data', (text) => (output += text));
    child.stderr.on('data', (text) => (output += text));
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve(output) : reject(new Error(output.trim() || `exit code ${String(code)}`)),
    );
  });
}

/** Runs a step's main function: a failure is printed without a stack, and fails the step. */
export async function main(run) {
  try {
    await run();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}

/** Packs what was built, as npm would publish it, and says what is in the tarball. */
export async function pack() {
  const folder = join(root, 'temp');
  mkdirSync(folder, { recursive: true });
  // Without scripts: `prepack` would build again what the gate has just built.
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  const { stdout } = await promisify(execFile)('npm', args, { cwd: root });
  const [{ filename, files, size }] = JSON.parse(stdout);
  return { tarball: join(folder, filename), files: files.map(({ path }) => path), size };
}
