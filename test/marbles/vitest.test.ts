import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');

it('the kit and its matchers work in Vitest, with its globals and without', () => {
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [vitest, 'run', '--config', 'test/vitest/vitest.config.mjs', '--reporter', 'json'],
    { cwd: ROOT, encoding: 'utf8', env: { PATH: process.env['PATH'], NODE_ENV: 'test' } },
  );
  const report = stdout.slice(stdout.indexOf('{'));
  expect({ status, stderr, report: JSON.parse(report) as unknown }).toMatchObject({
    status: 0,
    report: { numPassedTests: 8, numPendingTests: 1, numFailedTests: 0 },
  });
}, 60_000);
