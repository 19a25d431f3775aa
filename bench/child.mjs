// Measures one contender in one scenario and prints the result as a line of JSON:
// node [--expose-gc] child.mjs SCENARIO CONTENDER [full|quick]
const [scenarioName, contenderName, size = 'quick'] = process.argv.slice(2);

const { default: scenario } = await import(`./scenarios/${scenarioName}.mjs`);
const { default: contender } = await import(`./contenders/${contenderName}.mjs`);

const skipped = (await contender.missing?.()) ?? reasonNotTo(contender);
const result = skipped ? { skipped } : { cells: await scenario.measure(contender, scenario.sizes[size]) };
console.log(JSON.stringify({ name: contender.name, ...result }));
// Sockets that were kept alive for a next request would keep the process alive, too.
process.exit();

function reasonNotTo({ cannot = {}, [scenario.needs]: ability }) {
  if (cannot[scenario.needs]) return cannot[scenario.needs];
  return ability ? undefined : `has no \`${scenario.needs}\``;
}
