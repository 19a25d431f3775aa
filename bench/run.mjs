// Runs the scenarios and prints their tables: node run.mjs [SCENARIO…] [--quick] [--rounds N] [--save]
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chartText } from './chart.mjs';
import { measureInChild } from './lib/children.mjs';
import { bench, prepareBuild, preparePeers } from './lib/prepare.mjs';
import { reportText, scenarioText } from './lib/report.mjs';
import { commit } from './lib/machine.mjs';
import { createResults } from './lib/results.mjs';

const order = ['events', 'input', 'live', 'loop', 'rounds', 'concurrent', 'heap', 'stop'];

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    save: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

async function main() {
  const names = positionals.length > 0 ? positionals : order;
  const unknown = names.filter((name) => !order.includes(name));
  if (unknown.length > 0) throw new Error(`No such scenario: ${unknown.join(', ')}. There are: ${order.join(', ')}.`);
  await prepareBuild();
  await preparePeers();

  const start = performance.now();
  const scenarios = [];
  for (const name of names) {
    const { default: scenario } = await import(`./scenarios/${name}.mjs`);
    scenarios.push(await runScenario(scenario));
    console.log(`\n${scenarioText(scenarios.at(-1))}`);
  }
  const seconds = (performance.now() - start) / 1000;
  console.log(`\n${Math.round(seconds)} s${options.quick ? '; --quick: the sizes were smaller than described' : ''}`);
  if (options.save)
    save({ scenarios, seconds, command: commandLine(), date: new Date().toISOString().slice(0, 10), commit: commit() });
}

/** Measures every contender once in each round, each time in a new process, so that a slow minute hits all alike. */
async function runScenario(scenario) {
  const start = performance.now();
  const results = createResults(scenario);
  const rounds = Number(options.rounds ?? (options.quick ? 1 : scenario.rounds));
  for (let round = 0; round < rounds; round++) {
    for (const contender of turned(scenario.contenders, round)) {
      if (round > 0 && scenario.once?.includes(contender)) continue;
      process.stderr.write(`${scenario.name} ${round + 1}/${rounds} ${contender}\n`);
      results.add(await measureInChild(scenario, contender, options.quick ? 'quick' : 'full'));
    }
  }
  process.stderr.write(`${scenario.name}: ${Math.round((performance.now() - start) / 1000)} s\n`);
  return results.summary();
}

/** Another one begins each time. */
const turned = (list, by) => [...list.slice(by % list.length), ...list.slice(0, by % list.length)];

function save(run) {
  writeFileSync(join(bench, 'RESULTS.md'), reportText(run));
  writeFileSync(join(bench, 'results.svg'), chartText(run));
  mkdirSync(join(bench, 'temp'), { recursive: true });
  writeFileSync(join(bench, 'temp/results.json'), JSON.stringify(run));
}

const commandLine = () =>
  ['npm run bench', ...(process.argv.length > 2 ? ['--', ...process.argv.slice(2)] : [])].join(' ');

if (options.help) {
  console.log(`npm run bench -- [SCENARIO…] [--quick] [--rounds N] [--save]

Scenarios: ${order.join(', ')}. All of them when none is named.
  --quick     small sizes and one round: to see that it works, not to be quoted
  --rounds N  how many processes measure each contender in turn; 1 to 3 unless told
  --save      writes RESULTS.md and results.svg`);
} else await main();
