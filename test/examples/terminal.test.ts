import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { build } from 'esbuild';
import { parseDiagram } from '../../marbles/diagram/parseDiagram.js';
import { listen, sendJson, type Loopback } from '../support/loopback.js';
import { callsReply, textReply } from '../support/replies.js';
import { strictServer } from '../support/strictServer.js';

const ROOT = join(__dirname, '../..');
const KEY = 'sk-test-0123456789';

/** How the program is started: compiled once for all tests, or as the README says. */
const folder = mkdtempSync(join(ROOT, 'examples/terminal/temp-'));
const NODE = [process.execPath, join(folder, 'main.mjs')];
const NPM = ['npm', '--silent', 'start', '--'];

beforeAll(async () => {
  await build({
    entryPoints: [join(ROOT, 'examples/terminal/main.ts')],
    outfile: join(folder, 'main.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
  });
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** The program in a pipe, without the developer's own key and settings. */
class Program {
  stdout = '';
  stderr = '';
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  readonly #exit: Promise<unknown[]>;

  constructor(args: readonly string[], env: Record<string, string> = {}, command = NODE) {
    this.child = spawn(command[0] ?? '', [...command.slice(1), ...args], {
      cwd: ROOT,
      env: { PATH: process.env['PATH'], TZ: 'UTC', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stdout.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    this.#exit = once(this.child, 'close');
    running.add(this.child);
  }

  /** Resolves once the program has printed the text. */
  async printed(text: string): Promise<void> {
    while (!this.stdout.includes(text)) await once(this.child.stdout, 'data');
  }

  /** The exit code, or the signal that it died of. */
  async exit(): Promise<unknown> {
    const [code, signal] = await this.#exit;
    return code ?? signal;
  }
}

const running = new Set<Program['child']>();
const servers = new Set<Loopback>();
afterEach(async () => {
  for (const child of running) child.kill('SIGKILL');
  await Promise.all([...servers].map(async (server) => server.close()));
  running.clear();
  servers.clear();
});

function api<Server extends Loopback>(server: Server): { server: Server; env: Record<string, string> } {
  servers.add(server);
  return { server, env: { ANTHROPIC_API_KEY: KEY, ANTHROPIC_BASE_URL: server.url } };
}

jest.setTimeout(30_000);

describe('without a key', () => {
  it('answers from the real results of its tools, in plain lines', async () => {
    const program = new Program(['What is the weather in Lisbon and Tokyo, and what is 17.5 * 42?']);

    expect(await program.exit()).toBe(0);
    const { stdout } = program;
    expect(stdout).toMatch(/^No ANTHROPIC_API_KEY: a scripted stand-in/);
    expect(stdout).toMatch(/→ get_weather {2}city: Lisbon, days: 3\n/);
    expect(stdout).toMatch(/… get_weather {2}city: Tokyo, days: 3 {2}1 of 3\n/);
    expect(stdout).toMatch(/✓ calculate {2}expression: 17\.5 \* 42 {2}\d+ ms\n {2}735\n/);
    const [, found] = /✓ get_weather {2}city: Lisbon, days: 3 {2}\d+ ms\n {2}(.+)\n/.exec(stdout) ?? [];
    const [, answer = ''] = stdout.split('── round 2 ──');
    expect(answer).toContain(`Lisbon: ${String(found).replaceAll(' · ', '; ')}.`);
    expect(answer).toContain('17.5 * 42 = 735.');
    expect(answer).toMatch(/\n2 rounds · 3 tool calls · [\d,]+ input tokens, \d+ output tokens · [\d.]+ s\n$/);
    expect(stdout).not.toMatch(/[\u001b\r]/);
    expect(program.stderr).toBe('');
  });

  it('draws the run after the answer where it is asked to', async () => {
    const program = new Program(['--marbles', 'Weather in Lisbon and Tokyo, and what is 17.5 * 42?']);

    expect(await program.exit()).toBe(0);
    const [, diagram = ''] = program.stdout.split(/\n2 rounds · 3 tool calls · .* s\n\n/);
    const { signs, scale } = parseDiagram(diagram);
    expect(scale).toBe(50);
    expect(signs.map(({ letter }) => letter).join('')).toMatch(/^B.*C\|$/);
    expect(new Set(signs.map(({ lane }) => lane))).toEqual(
      new Set(['claude', 'get_weather', 'get_weather#2', 'calculate', 'result']),
    );
  });

  it('saves the run as a picture where it is asked to', async () => {
    const file = join(folder, 'run.svg');
    const program = new Program(['--svg', file, 'What is 17.5 * 42?']);
    expect(await program.exit()).toBe(0);
    const svg = readFileSync(file, 'utf8');
    expect(svg).toMatch(/^<svg [\s\S]*<title[\s\S]*What is 17\.5 \* 42\?[\s\S]*calculate[\s\S]*<\/svg>\s*$/);
    expect(program.stderr).toContain(`The run as a picture: ${file}`);
  });

  it('says so when the picture cannot be saved', async () => {
    const program = new Program(['--svg', join(ROOT, 'no such folder', 'run.svg'), 'What is 17.5 * 42?']);
    expect(await program.exit()).toBe(1);
    expect(program.stdout).toContain('17.5 * 42 = 735.');
    expect(program.stderr).toContain('The picture was not saved: Error: ENOENT');
  });

  it('stops at once on SIGINT, with exit code 130, and on SIGTERM, with 143', async () => {
    const stopped = async (signal: NodeJS.Signals, code: number, command = NODE) => {
      const program = new Program(['What is the weather in Rome and Oslo this week?'], {}, command);
      await program.printed('2 of 5');
      program.child.kill(signal);

      expect(await program.exit()).toBe(code);
      expect(program.stdout).not.toContain('round 2');
      expect(program.stderr).toBe('');
    };

    await Promise.all([stopped('SIGINT', 130), stopped('SIGTERM', 143), stopped('SIGINT', 130, NPM)]);
  });

  it('is quiet when nobody reads on, as with `| head -1`', async () => {
    const program = new Program([]);
    await program.printed('\n');
    program.child.stdout.destroy();

    expect(await program.exit()).toBe(0);
    expect(program.stderr).toBe('');
  });
});

describe('with a key', () => {
  it('talks to the API, and lets nobody write into the terminal but itself', async () => {
    const { server, env } = api(
      await strictServer([
        { events: callsReply({ id: 't1', name: 'current_time', input: { place: '\u001b[31mNowhere\u0007' } }) },
        { events: textReply(['Half an es', '\u001b', '[2Jcape\r', ' and \u009b1mthe rest.']) },
      ]),
    );
    const program = new Program(['What', 'time?', '--debug'], { ...env, ANTHROPIC_MODEL: 'claude-haiku-4-5' });

    expect(await program.exit()).toBe(0);
    expect(server.refusals).toEqual([]);
    expect(server.requests).toHaveLength(2);
    expect(server.requests[0]?.body).toMatchObject({
      model: 'claude-haiku-4-5',
      messages: [{ role: 'user', content: 'What time?' }],
    });
    expect(program.stdout).toContain('✗ current_time  place: Nowhere');
    expect(program.stdout).toContain('and the rest.');
    expect(program.stderr).toContain('conversation_end');
    expect(program.stdout + program.stderr).not.toMatch(/[^\P{Cc}\n]/u);
    expect(program.stdout + program.stderr).not.toContain(KEY);
  });

  it('says in one line what is wrong and what to do: key, model, address', async () => {
    const { server, env } = api(
      await listen(async ({ body }, response) => {
        const nobody = (body as { model: string }).model === 'nobody';
        const error = nobody ? { type: 'not_found_error' } : { type: 'authentication_error', message: `no ${KEY}` };
        sendJson(response, nobody ? 404 : 401, { type: 'error', error });
      }),
    );
    const closed = api(await listen(async () => undefined));
    await closed.server.close();
    const programs = [
      { env, line: /^The API key is not valid \(401\)\. .*ANTHROPIC_API_KEY.*\n$/ },
      { env: { ...env, ANTHROPIC_MODEL: 'nobody' }, line: /^There is no model "nobody" at .*ANTHROPIC_MODEL.*\n$/ },
      { env: closed.env, line: /^Nothing answers at 127\.0\.0\.1:\d+: connection refused\. .*ANTHROPIC_BASE_URL\.\n$/ },
    ].map(({ env, line }) => ({ program: new Program(['Hi'], env), line }));

    for (const { program, line } of programs) {
      expect(await program.exit()).toBe(1);
      expect(program.stderr).toMatch(line);
      expect(program.stdout + program.stderr).not.toContain(KEY);
    }
    expect(server.requests).toHaveLength(2);
  });

  it('ends the request on SIGINT, even before there is an answer', async () => {
    const closed: Promise<unknown>[] = [];
    const { server, env } = api(
      await listen(async (_request, response) => {
        closed.push(once(response, 'close'));
        await closed[0];
      }),
    );
    const program = new Program(['Hi'], env);
    await program.printed('round 1');
    while (server.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    program.child.kill('SIGINT');

    expect(await program.exit()).toBe(130);
    await closed[0];
    expect(program.stderr).toBe('');
  });
});

it('knows --help, and refuses what it does not know', async () => {
  const help = new Program(['--help']);
  const unknown = new Program(['--frobnicate']);

  expect(await help.exit()).toBe(0);
  expect(help.stdout).toMatch(/^Usage: npm start .*ANTHROPIC_API_KEY/s);
  expect(await unknown.exit()).toBe(2);
  expect(unknown.stderr).toBe("Unknown option '--frobnicate'. Try --help.\n");
  expect(unknown.stdout).toBe('');
});
