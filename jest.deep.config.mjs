// The long tests at their full counts, or at those of RXCLAUDE_RUNS: each suite that takes its counts from
// test/support/runs.ts, where they are explained.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import config from './jest.config.mjs';

process.env.RXCLAUDE_RUNS ??= '1';

const tests = join(import.meta.dirname, 'test');
const suites = readdirSync(tests, { recursive: true }).filter(
  (name) => name.endsWith('.test.ts') && readFileSync(join(tests, name), 'utf8').includes('/support/runs.js'),
);

/** @type {import('jest').Config} */
export default { ...config, testMatch: suites.map((name) => `<rootDir>/test/${name}`) };
