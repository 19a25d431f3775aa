// The marble kit in a browser: bundled from dist/esm, run in Chromium, and its pictures measured with real fonts.
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual, promisify } from 'node:util';
import { build } from 'esbuild';
import { main, root } from './lib.mjs';

const flags = `--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
  --disable-component-update --disable-sync --virtual-time-budget=20000 --dump-dom`.split(/\s+/);

const answered =
  'round_start,message_start,content_block_start,content_block_delta,content_block_delta,content_block_stop';
const events = `${answered},message_delta,message_stop,round_end,conversation_end`;
const expected = {
  text: 'result  (BC#)',
  matched: true,
  replayed: [events, events, 'false'],
  flaws: { short: [], long: [], troubled: [] },
  measured: true,
};

/** Debian's Chromium, installed where it is missing. */
function chromium() {
  const find = () => ['chromium', 'chromium-browser', 'google-chrome'].find((name) => isCommand(name));
  const found = find();
  if (found) return found;
  const quiet = { stdio: 'ignore', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  execFileSync('apt-get', ['update'], quiet);
  execFileSync('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], quiet);
  return find();
}

function isCommand(name) {
  try {
    execFileSync(name, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

await main(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rxclaude-browser-'));
  try {
    const browser = chromium();
    const { outputFiles } = await build({
      entryPoints: [join(root, 'test/browser/kit.ts')],
      bundle: true,
      write: false,
      format: 'iife',
      target: 'es2022',
      platform: 'browser',
      alias: {
        rxclaude: join(root, 'dist/esm/src/index.js'),
        'rxclaude/marbles': join(root, 'dist/esm/marbles/index.js'),
        'rxclaude/recordings': join(root, 'dist/esm/marbles/recordings/index.js'),
      },
    });
    const page = join(folder, 'kit.html');
    const script = outputFiles[0].text.replaceAll('</script', '<\\/script');
    writeFileSync(page, `<!doctype html><meta charset="utf-8"><title>running</title><body><script>${script}</script>`);
    const args = [...flags, `--user-data-dir=${join(folder, 'profile')}`, `file://${page}`];
    const { stdout } = await promisify(execFile)(browser, args, { maxBuffer: 64 * 1024 * 1024, timeout: 120_000 });
    const [, title = 'nothing'] = /<title>([\s\S]*?)<\/title>/.exec(stdout) ?? [];
    const said = title
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&quot;', '"')
      .replaceAll('&amp;', '&');
    if (!said.startsWith('done ')) throw new Error(`The page said: ${said}`);
    const result = JSON.parse(said.slice('done '.length));
    if (!isDeepStrictEqual(result, expected)) throw new Error(`The page found ${JSON.stringify(result, null, 2)}`);
    console.log(`the kit runs in ${browser}; nothing overlaps in ${Object.keys(expected.flaws).length} pictures`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
