import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { reply, textReply, toolUse } from '../support/replies.js';
import { strictServer } from '../support/strictServer.js';
import { ROOT, snippetsOf } from './snippets.js';

describe('the first example of the README', () => {
  const code = snippetsOf(join(ROOT, 'README.md'))[0]?.code ?? '';

  it('has no more than twenty-five lines', () => {
    expect(code.trim().split('\n').length).toBeLessThanOrEqual(25);
  });

  it('runs: two tools in parallel, then the answer', async () => {
    const server = await strictServer([
      {
        events: reply({
          content: [
            toolUse({ id: 'toolu_1', name: 'get_time', input: { time_zone: 'Europe/Oslo' } }),
            toolUse({ id: 'toolu_2', name: 'get_time', input: { time_zone: 'America/Lima' } }),
          ],
        }),
      },
      { events: textReply(['Six hours ', 'apart.']) },
    ]);

    const { stdout, stderr, exitCode } = await run(code, server.url);
    await server.close();

    expect({ stdout, exitCode, refusals: server.refusals }).toEqual({
      stdout: 'Six hours apart.',
      exitCode: 0,
      refusals: [],
    });
    expect(stderr.match(/get_time: \d+ ms/g)).toHaveLength(2);
  }, 30_000);
});

interface Finished {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | null;
}

/** Runs code as a program in the root of the project, against a server on loopback. */
function run(code: string, url: string): Promise<Finished> {
  const folder = mkdtempSync(join(ROOT, 'temp-readme-'));
  const file = join(folder, 'main.ts');
  writeFileSync(file, code);
  const env = { ...process.env, ANTHROPIC_API_KEY: 'test-key', ANTHROPIC_BASE_URL: url };
  const child = spawn(process.execPath, ['--import', 'tsx', file], { cwd: ROOT, env });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (text: Buffer) => (stdout += text.toString()));
  child.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
  return new Promise((resolve) => {
    child.on('close', (exitCode) => {
      rmSync(folder, { recursive: true });
      resolve({ stdout, stderr, exitCode });
    });
  });
}
