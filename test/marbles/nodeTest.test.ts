import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');

it('the kit works in node:test, where it passes and where it fails', () => {
  const args = ['--import', 'tsx', '--test', '--test-reporter', 'tap', 'test/nodeTest/kit.node.ts'];
  const { status, stdout } = spawnSync(process.execPath, args, {
    cwd: ROOT,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] },
  });
  expect(status).toBe(1);
  expect(stdout).toMatch(/^ +ok 1 - declares a test$/m);
  expect(stdout).toMatch(/^ +ok 2 - declares a test with promises$/m);
  expect(stdout).toMatch(/^ +ok 3 - leaves a test out # SKIP$/m);
  expect(stdout).toMatch(/^ +ok 4 - runs a test$/m);
  expect(stdout).toMatch(/^ +ok 5 - runs a test with promises$/m);
  expect(stdout).toMatch(/^ +not ok 6 - fails$/m);
  expect(stdout).toContain('Replies are left over: scriptClaude was given 1, but 0 requests were sent.');
}, 30_000);
