// The packed package in a stranger's hands: installed with its peers in a folder of its own, compiled against by each
// TypeScript that we promise, with no lib check skipped, and run as an ES module and as CommonJS.
import { execFile } from 'node:child_process';
import { copyFileSync, cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { bin, main, node, pack, readJson, root } from './lib.mjs';

const compilers = { 5.9: 'typescript-5.9', '6.0': 'typescript', '7.0': 'typescript-7.0' };

/** The programs: what to compile, what to run of it (nothing where only a bundler could), and with which compilers. */
const programs = [
  { project: 'esm/tsconfig.json', run: 'esm/main.mjs' },
  { project: 'esm/tsconfig.bundler.json' },
  { project: 'cjs/tsconfig.json', run: 'cjs/main.cjs' },
  { project: 'cjs/tsconfig.node10.json', run: 'cjs/main.cjs', only: '5.9' },
];

const expected = {
  calls: [['get_weather', { city: 'Oslo' }]],
  reason: 'finished',
  stop_reason: 'end_turn',
  rounds: 2,
  messages: 4,
  output_tokens: 10,
  started: 'assistant',
  kit: {
    drawn: 'result  [Bs]-o-t-c-(emEC|) <svg',
    replayed: ['ping', 'TruncatedStreamError'],
    pass: true,
    marble: 'function',
  },
};

/** package.json and package-lock.json of the consumer: the versions of our own lock, so nothing is looked up anew. */
function manifests(tarball) {
  const lock = readJson(join(root, 'package-lock.json')).packages;
  const own = readJson(join(root, 'package.json'));
  const packages = {};

  function add(name, from) {
    // As Node looks a package up: nested beside the one that needs it, or further out.
    const nested = `${from}/node_modules/${name}`;
    const at = from !== '' && lock[nested] ? nested : `node_modules/${name}`;
    if (packages[at]) return;
    const { version, integrity, dependencies = {}, peerDependencies, peerDependenciesMeta } = lock[at];
    packages[at] = { version, integrity, dependencies, peerDependencies, peerDependenciesMeta };
    for (const dependency of Object.keys(dependencies)) add(dependency, at);
  }

  // Without the optional ones: the package works without them.
  const peers = Object.keys(own.peerDependencies).filter((name) => !own.peerDependenciesMeta?.[name]?.optional);
  for (const name of [...Object.keys(own.dependencies ?? {}), ...peers, '@types/node']) add(name, '');
  const file = `file:${basename(tarball)}`;
  const dependencies = Object.fromEntries(
    [...peers, '@types/node'].map((name) => [name, packages[`node_modules/${name}`].version]),
  );
  const manifest = { name: 'consumer', private: true, dependencies: { [own.name]: file, ...dependencies } };
  packages[`node_modules/${own.name}`] = {
    version: own.version,
    resolved: file,
    dependencies: own.dependencies,
    peerDependencies: own.peerDependencies,
    peerDependenciesMeta: own.peerDependenciesMeta,
  };
  return { manifest, lock: { name: 'consumer', lockfileVersion: 3, packages: { '': manifest, ...packages } } };
}

async function check(folder, version, { project, run }) {
  const title = `TypeScript ${version}, ${project}`;
  const out = join('out', version, project.replace(/\W/g, '-'));
  try {
    await node([bin(compilers[version], 'tsc'), '-p', project, ...(run ? ['--outDir', out] : ['--noEmit'])], {
      cwd: folder,
    });
    const output = run && JSON.parse(await node([join(out, run)], { cwd: folder }));
    if (output && JSON.stringify(output) !== JSON.stringify(expected)) {
      throw new Error(`ran, and printed ${JSON.stringify(output)}\nin place of       ${JSON.stringify(expected)}`);
    }
    console.log(`${title}: compiles${run ? ' and runs' : ''}`);
  } catch (error) {
    // A mismatch with the SDK's types is explained at great length; the first lines name it.
    throw new Error([title, ...error.message.split('\n').slice(0, 12)].join('\n'));
  }
}

await main(async () => {
  const { tarball } = await pack();
  const folder = mkdtempSync(join(tmpdir(), 'rxclaude-consumer-'));
  try {
    cpSync(join(root, 'test/consumer'), folder, { recursive: true });
    copyFileSync(tarball, join(folder, basename(tarball)));
    const { manifest, lock } = manifests(tarball);
    writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
    writeFileSync(join(folder, 'package-lock.json'), JSON.stringify(lock));
    const flags = ['--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    await promisify(execFile)('npm', ['ci', ...flags], { cwd: folder });

    const { name, bin: commands } = readJson(join(root, 'package.json'));
    const command = join(folder, 'node_modules', name, commands['rxclaude-marbles']);
    const made = await node([command, 'from', 'reply.sse'], { cwd: folder });
    if (!made.includes("marble('reply', ({ reply, scriptClaude, expectEvents })")) throw new Error(`made ${made}`);
    console.log('rxclaude-marbles makes a test of a recording');

    const checks = Object.keys(compilers)
      .flatMap((version) => programs.map((program) => ({ version, program })))
      .filter(({ version, program }) => !program.only || program.only === version);
    const failures = [];
    // Two at a time: more only fight for the cores.
    const worker = async () => {
      for (let next = checks.shift(); next; next = checks.shift()) {
        await check(folder, next.version, next.program).catch((error) => failures.push(error.message));
      }
    };
    await Promise.all([worker(), worker()]);
    if (failures.length > 0) throw new Error(failures.join('\n\n').replaceAll(`${folder}/`, ''));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
