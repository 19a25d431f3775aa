import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { bench } from './prepare.mjs';

/** What was measured on; nothing that tells whose machine it is. */
export function machine() {
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  return [
    ['CPU', `${cpus()[0]?.model.trim() ?? 'unknown'}, ${availableParallelism()} cores`],
    ['Memory', `${gigabytes} GB`],
    ['System', system()],
    ['Node', process.version],
  ];
}

/** What of the library was measured: the commit, and whether something differs from it. */
export function commit() {
  const git = (...args) => execFileSync('git', args, { cwd: bench, encoding: 'utf8' }).trim();
  return `${git('rev-parse', '--short', 'HEAD')}${git('status', '--porcelain') === '' ? '' : ', and changes to it'}`;
}

/** What was measured, by name. */
export function versions() {
  const peers = Object.keys(readJson('package.json').devDependencies);
  return [
    ['rxclaude', readJson('../package.json').version],
    ['rxjs', readJson('../node_modules/rxjs/package.json').version],
    ...peers.map((name) => [name, readJson(`node_modules/${name}/package.json`).version]),
  ];
}

function system() {
  const release = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  return /^PRETTY_NAME="?([^"\n]+)/m.exec(release)?.[1] ?? type();
}

const readJson = (path) => JSON.parse(readFileSync(join(bench, path), 'utf8'));
