import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const child = fileURLToPath(new URL('../child.mjs', import.meta.url));

/**
 * Measures one contender in one scenario, in a process of its own.
 *
 * @returns Its name, and the cells of its tables or why there are none: `{ name, cells }`, `{ name, skipped }`.
 */
export async function measureInChild(scenario, contender, size) {
  const args = [...(scenario.flags ?? []), child, scenario.name, contender, size];
  const env = { ...process.env, NODE_ENV: 'production' };
  try {
    const { stdout } = await promisify(execFile)(process.execPath, args, { env, maxBuffer: 2 ** 26 });
    return JSON.parse(stdout.trim().split('\n').at(-1));
  } catch (error) {
    // One that fails must not take the others with it; it is told of where its figures are missing.
    process.exitCode = 1;
    console.error(error.stderr ?? error);
    return { name: contender, skipped: 'failed' };
  }
}
